"""Viewers of the app: each comes in as a browser does, and notes how late every update is."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any

from bench.viewers.bokeh import Find, _island, join
from bench.viewers.pages import Refused
from bench.viewers.socket import Viewer

_AT = re.compile(rb"at (\d{10}\.\d{3})")


def of_broadcast(html: str) -> tuple[str, str]:
    """Return where the page of an app that Muntin broadcasts leads."""
    page = _island("mu-app-data", html)
    if not page:
        raise Refused("no mu-app-data in the page")
    return f"{page['ws']}?of={page['server']}", f"bokeh, {page['token']}"


@dataclass(slots=True)
class Crowd:
    """Viewers who look at the app at the same time."""

    port: int
    find: Find
    viewers: list[Viewer] = field(default_factory=list)
    #: Seconds from the app's own clock to each viewer, of every update since `begin`.
    late: list[float] = field(default_factory=list)
    counting: bool = False

    def heard(self, _viewer: Any, payload: bytes, _at: float) -> None:
        """Note an update, if there is one in the payload."""
        if self.counting and (found := _AT.search(payload)):
            self.late.append(time.time() - float(found[1]))

    async def come(self, count: int, at_once: int = 8) -> None:
        """Have viewers come in, some at a time; raise Refused or TimeoutError if they cannot."""
        for first in range(0, count, at_once):
            some = range(first, min(first + at_once, count))
            joined = (join(self.port, "/stream", self.find, self.heard) for _ in some)
            self.viewers += await asyncio.gather(*joined)

    def begin(self) -> None:
        """Count from here on."""
        self.late, self.counting = [], True

    def leave(self) -> None:
        """Have everyone leave."""
        for viewer in self.viewers:
            viewer.close()
        self.viewers = []
