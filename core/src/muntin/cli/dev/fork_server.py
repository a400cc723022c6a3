"""The fork server: a process with the heavy libraries imported, which forks servers.

It is run as a file, not as a module, because nothing of Muntin may be imported here: each server
must read the current files of Muntin and of plugins. It has one thread, so that forking is safe.
Requests come on standard input, a JSON object a line; messages go to the file descriptor that the
request names. What the server calls comes pickled, so that only the fork imports it.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import importlib
import json
import os
import pickle
import select
import signal
import site
import sys
import threading
import time
from typing import Any

#: What nearly every server imports, and no author of a plugin edits.
HEAVY = (
    "bokeh.plotting",
    "brotli",
    "click",
    "holoviews",
    "holoviews.plotting.bokeh",
    "jinja2",
    "numpy",
    "pandas",
    "panel",
    "panel.io.server",
    "pluggy",
    "prometheus_client",
    "pydantic",
    "structlog",
    "tornado.httpserver",
    "tornado.web",
    "watchfiles",
)

#: Seconds that a server gets to end politely; it only reads, so nothing is lost.
GRACE = 0.3


def main() -> None:
    """Serve requests until the supervisor is gone."""
    for name in HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    server = 0
    messages = -1
    while True:
        # Wakes up for a request, and to notice that a server has ended.
        ready, _, _ = select.select([0], [], [], 0.2 if server else None)
        if not ready:
            server = _reap(server, messages)
            continue
        line = _line()
        server = _end(server)
        if not line:
            return
        request = json.loads(line)
        messages = request["messages"]
        server = _fork(request)


def _line() -> bytes:
    """Return one request, empty at the end of input."""
    found = b""
    while not found.endswith(b"\n"):
        part = os.read(0, 1)
        if not part:
            return b""
        found += part
    return found


def _fork(request: dict[str, Any]) -> int:
    """Fork a server and return its process id; in the fork, never return."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(reading)
        # Kept open, and never written to: it closes when this process ends, however it ends.
        _LIFELINES[child] = writing
        return child
    os.close(writing)
    _be_server(request, reading)
    return 0  # never reached


#: This end of a pipe to each running server.
_LIFELINES: dict[int, int] = {}


def _be_server(request: dict[str, Any], lifeline: int) -> None:
    """Run the server in this fork, and never return."""
    code = 1
    try:
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
        _serve(request)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001  # a fork must not return into its parent's main()
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _serve(request: dict[str, Any]) -> None:
    sys.path[:] = request["path"]
    # Installed packages may be listed in .pth files, which are only read at the start.
    for place in request["sites"]:
        site.addsitedir(place)
    importlib.invalidate_caches()
    call = pickle.loads(base64.b64decode(request["call"]))  # noqa: S301  # from our supervisor
    call()


def _end_with(lifeline: int) -> None:
    """End this process when the fork server has ended."""
    os.read(lifeline, 1)
    os._exit(1)


def _end(server: int) -> int:
    """End the server, politely if it can be done at once."""
    if not server:
        return 0
    with contextlib.suppress(ProcessLookupError):
        os.kill(server, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while time.monotonic() < until:
        if os.waitpid(server, os.WNOHANG)[0]:
            break
        time.sleep(0.01)
    else:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    os.close(_LIFELINES.pop(server))
    return 0


def _reap(server: int, messages: int) -> int:
    """Return the server if it runs; else report its exit code and return 0."""
    ended, status = os.waitpid(server, os.WNOHANG)
    if not ended:
        return server
    os.close(_LIFELINES.pop(server))
    os.write(messages, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


if __name__ == "__main__":
    main()
