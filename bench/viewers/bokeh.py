"""Comes in where Bokeh's protocol is spoken: Muntin and both Panels."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from bench.viewers.pages import Refused, fetch
from bench.viewers.socket import Heard, Viewer, connect

#: WebSocket address and subprotocols, found in the page.
Find = Callable[[str], tuple[str, str]]

_PULL = (b'{"msgid":"1","msgtype":"PULL-DOC-REQ"}', b"{}", b"{}")


class _Welcome:
    """Greeted with ACK, asks for the document; passes on all that is heard."""

    def __init__(self, heard: Heard) -> None:
        self.document: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard = heard
        self._asked = False
        self._left = 0

    def __call__(self, viewer: Viewer, payload: bytes, at: float) -> None:
        """Take a payload."""
        if not self._asked and b'"ACK"' in payload[:200]:
            self._asked = True
            for part in _PULL:
                viewer.send(part)
        self._heard(viewer, payload, at)
        if b'"PULL-DOC-REPLY"' in payload[:200]:
            self._left = 2  # its metadata and its content are still to come
        elif self._left:
            self._left -= 1
            if self._left == 0 and not self.document.done():
                self.document.set_result(None)


async def join(
    port: int, path: str, find: Find, heard: Heard, *, narrow: bool = False, cookie: str = ""
) -> Viewer:
    """Return a viewer that has the page, the WebSocket and the document."""
    address, protocols = find(await fetch(port, path, cookie))
    welcome = _Welcome(heard)
    viewer = await connect(port, address, welcome, protocols, narrow=narrow, cookie=cookie)
    try:
        await asyncio.wait_for(welcome.document, 30)
    except (TimeoutError, asyncio.CancelledError):
        viewer.close()
        raise
    viewer.heard = heard
    return viewer


def of_muntin(html: str) -> tuple[str, str]:
    """Return where Muntin's page leads."""
    page, viewer = (_island(name, html) for name in ("mu-data", "mu-viewer"))
    if not page:
        raise Refused("no mu-data in the page")
    return f"{page['ws']}?rev={page['revision']}", f"bokeh, {(viewer or page)['token']}"


def _island(name: str, html: str) -> dict[str, Any]:
    """Return the data that a page carries under a name; nothing if it has none."""
    found = re.search(rf'<script[^>]*id="{name}"[^>]*>(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1]) if found else {}


def of_panel(app: str) -> Find:
    """Return what finds where a Panel app's page leads."""

    def find(html: str) -> tuple[str, str]:
        found = re.search(r'"token":"([^"]+)"', html)
        if not found:
            raise Refused("no session token in the page")
        return f"/{app}/ws", f"bokeh, {found[1]}"

    return find
