"""The rooms of private pages, made, and Panel's server loaded, only when a page is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from muntin.site import Site

if TYPE_CHECKING:
    from muntin.web.room import Room


class Rooms(Mapping[str, "Room"]):
    """The rooms that there are so far, by the slugs of their pages."""

    def __init__(self, site: Site, settled: Callable[[], object]) -> None:
        self._site = site
        #: Called once a room is made, for which much may have been loaded.
        self._settled = settled
        self._made: dict[str, Room] = {}
        self._making = asyncio.Lock()

    def __getitem__(self, slug: str) -> Room:
        return self._made[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    async def of(self, slug: str) -> Room:
        """Return the room of a private page, made if nobody asked for it before."""
        async with self._making:
            if slug not in self._made:
                make = await asyncio.get_running_loop().run_in_executor(None, _maker)
                self._made[slug] = room = make(self._site, slug)
                room.start()
                self._settled()
        return self._made[slug]

    def stop(self) -> None:
        """End every session."""
        for room in self._made.values():
            room.stop()


def _maker() -> type[Room]:
    """Return what makes rooms; to load it takes about half a second, which is not the loop's."""
    from muntin.web.room import Room

    return Room
