"""The nursery: a process with the heavy libraries imported, which bears servers by fork.

It is run as a file, not as a module, because nothing of Muntin may be imported here: a server must
read every file of Muntin and of plugins anew. It has one thread, so that forking is safe. Orders
come by standard input, a JSON object a line; news goes to the descriptor that the first one names.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import site
import sys
import threading
import time
from typing import Any

#: What nearly every server imports, and no author of a plugin changes.
HEAVY = (
    "bokeh.plotting", "brotli", "click", "holoviews", "holoviews.plotting.bokeh", "jinja2",
    "numpy", "pandas", "panel", "panel.io.server", "pluggy", "prometheus_client", "pydantic",
    "rich", "structlog", "tornado.httpserver", "tornado.web", "watchfiles",
)  # fmt: skip

#: Seconds that a server gets to end politely; it only reads, so nothing is lost.
GRACE = 0.3


def main() -> None:
    """Obey until the supervisor is gone."""
    for name in HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    server = 0
    news = -1
    while True:
        # A server that ends by itself is news; so is an order.
        ready, _, _ = select.select([0], [], [], 0.2 if server else None)
        if not ready:
            server = _reap(server, news)
            continue
        line = _line()
        server = _end(server)
        if not line:
            return
        order = json.loads(line)
        news = order["news"]
        server = _bear(order)


def _line() -> bytes:
    """Return one order, empty at the end of them."""
    found = b""
    while not found.endswith(b"\n"):
        part = os.read(0, 1)
        if not part:
            return b""
        found += part
    return found


def _bear(order: dict[str, Any]) -> int:
    ours, theirs = os.pipe()
    born = os.fork()
    if born:
        os.close(ours)
        # Kept open, and never written to: it closes when this process ends, however it ends.
        _LIFELINES[born] = theirs
        return born
    os.close(theirs)
    _live(order, ours)
    return 0  # never reached


#: The end of a pipe to each server that lives.
_LIFELINES: dict[int, int] = {}


def _live(order: dict[str, Any], lifeline: int) -> None:
    """Be the server, and never return."""
    code = 1
    try:
        silent = os.open(os.devnull, os.O_RDONLY)
        os.dup2(silent, 0)
        threading.Thread(target=_follow, args=(lifeline,), daemon=True).start()
        code = _serve(order)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001  # a fork must not get back into its parent's main()
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _serve(order: dict[str, Any]) -> int:
    sys.path[:] = order["path"]
    # What was installed since the supervisor began stands in files that are read at the start only.
    for place in order["sites"]:
        site.addsitedir(place)
    importlib.invalidate_caches()
    child = importlib.import_module("muntin.dev.child").Child(
        tuple(order["listening"]), order["news"], order["again"]
    )
    app = importlib.import_module("muntin.cli.app").app
    app.main(args=order["words"], prog_name="muntin", obj=child)
    return 0


def _follow(lifeline: int) -> None:
    """End this process when the nursery has ended."""
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


def _reap(server: int, news: int) -> int:
    """Return the server if it lives; else say how it ended."""
    ended, status = os.waitpid(server, os.WNOHANG)
    if not ended:
        return server
    os.close(_LIFELINES.pop(server))
    os.write(news, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


if __name__ == "__main__":
    main()
