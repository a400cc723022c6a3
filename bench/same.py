"""Looks, before anything is timed, whether all servers show the same and send what is counted."""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
from typing import Any

from bench.catalogue import MUNTIN, Peer
from bench.peers.broadcast import PLAIN, SHOWN
from bench.serving import Place, Running, serving
from bench.state import State, Written
from bench.viewers.pages import fetch


class Different(Exception):
    """A server does not show what the others show; nothing is timed."""


class Ear:
    """Keeps what a viewer receives."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self._new = asyncio.Event()

    def __call__(self, _viewer: Any, payload: bytes, _at: float) -> None:
        """Take a payload."""
        self.payloads.append(payload)
        self._new.set()

    async def hears(self, value: bytes) -> int:
        """Return the index of the first payload with this value; wait five seconds for it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                while True:
                    for index, payload in enumerate(self.payloads):
                        if value in payload:
                            return index
                    self._new.clear()
                    await self._new.wait()
        return -1


async def check(peers: list[Peer], place: Place, state: State) -> dict[str, int]:
    """Return the number of fields each page was found to show; raise if one lacks any.

    Muntin is always the first: its bytes of one update become the broadcast's template.
    """
    counts = {}
    for peer in [MUNTIN, *(one for one in peers if one is not MUNTIN)]:
        state.write_all()
        async with serving(peer, place) as server:
            counts[peer.name] = await _check(server, place, state)
    return counts


async def _check(server: Running, place: Place, state: State) -> int:
    peer, ear = server.peer, Ear()
    viewer = await server.join(ear)
    shown = 0
    if peer.page:
        text = words(await fetch(server.port, peer.path), *ear.payloads)
        fields = state.fields()
        lacking = {name: texts for name, texts in fields.items() if not _any(texts, text)}
        if lacking:
            raise Different(f"{peer.label} does not show {lacking}")
        shown = len(fields)
    await asyncio.sleep(0.6)
    ear.payloads.clear()
    written = state.write()
    index = await ear.hears(written.shown)
    if index < 0:
        raise Different(f"{peer.label} does not send an update of the NAV")
    if peer is MUNTIN:
        place.template.write_text(template(ear.payloads, index, written))
    viewer.close()
    return shown


def _any(texts: tuple[str, ...], text: str) -> bool:
    return any(one in text for one in texts)


def words(page: str, *payloads: bytes) -> str:
    """Return what a viewer can read in a page and in the document sent to it."""
    return " ".join(map(_plain, [page, *(one.decode(errors="replace") for one in payloads)]))


def _plain(text: str) -> str:
    text = text.encode().decode("unicode_escape") if "\\u" in text and text.isascii() else text
    return re.sub(r"</?[A-Za-z][^<>]*>", " ", html.unescape(html.unescape(text)))


def template(payloads: list[bytes], index: int, written: Written) -> str:
    """Return the payload of an update's three frames, its NAV replaced by placeholders."""
    message = b"".join(payloads[index - 2 : index + 1]).decode()
    plain = f"{written.nav}"
    return message.replace(written.shown.decode(), SHOWN).replace(plain, PLAIN)
