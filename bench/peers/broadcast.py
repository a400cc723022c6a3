"""The floor: a bare Tornado WebSocket that sends everyone Muntin's bytes, and nothing else.

One message per update holds the payload of the frames Muntin sends for the same document, with the
new NAV in it. It parses the file, but draws nothing: no server in Python can do much less.
``python bench/peers/broadcast.py STATE_DIR TEMPLATE PORT``
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import sys
from pathlib import Path

from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

#: Stands in the template where the NAV belongs: written with thousands commas, and without.
SHOWN, PLAIN = "@SHOWN@", "@PLAIN@"

viewers: set[Socket] = set()


class Socket(WebSocketHandler):
    """One viewer."""

    def open(self, *_args: str, **_kwargs: str) -> None:
        """Add the viewer."""
        self.set_nodelay(True)
        viewers.add(self)

    def on_message(self, message: str | bytes) -> None:
        """Take no notice."""

    def on_close(self) -> None:
        """Forget the viewer."""
        viewers.discard(self)


class Page(RequestHandler):
    """Says that the server is up."""

    def get(self) -> None:
        """Send a word."""
        self.finish("broadcast")


def update(state: Path, template: str) -> str:
    """Return the message for the file as it is."""
    nav = json.loads((state / "nav.json").read_bytes())["nav_usd"]
    return template.replace(SHOWN, f"{nav:,.2f}").replace(PLAIN, f"{nav}")


def send(message: str) -> None:
    """Send the message to everyone."""
    for viewer in tuple(viewers):
        try:
            viewer.write_message(message)
        except WebSocketClosedError:
            viewers.discard(viewer)


def renames(folder: Path) -> int:
    """Return the file descriptor of an inotify that tells of files renamed into a folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    moved_to = 0x80
    if descriptor < 0 or libc.inotify_add_watch(descriptor, bytes(folder), moved_to) < 0:
        raise OSError(ctypes.get_errno(), "no inotify")
    return descriptor


async def main(state: Path, template: str, port: int) -> None:
    """Serve until killed."""
    Application([(r"/", Page), (r"/ws", Socket)]).listen(port, "127.0.0.1")
    events = renames(state)

    def changed() -> None:
        if b"nav.json" in os.read(events, 65536):
            send(update(state, template))

    asyncio.get_running_loop().add_reader(events, changed)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]).read_text(), int(sys.argv[3])))
