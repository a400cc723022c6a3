"""What an update costs: one encode whoever watches, few bytes, no new models; nothing for nothing.

These are the figures that a slow machine shows as well as a fast one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.kit import PATIENCE, kpis, nav, nav_state, positions

from muntin.live.relay.audience import LoopAudience
from muntin.live.relay.relay import Relay
from muntin.live.stage import stage as module
from muntin.live.stage.stage import Stage
from muntin.settings import Config
from muntin.site import build_site
from muntin.state.snapshots import read
from muntin.testing import FakeClock

T = TypeVar("T")
CLOCK = FakeClock()


class Wire:
    """A viewer's socket that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.news = asyncio.Event()

    def send(self, frames: bytes) -> None:
        self.sent.append(frames)
        self.news.set()

    def owed(self) -> int:
        return 0

    def drop(self, code: int, reason: str) -> None:
        raise AssertionError(code, reason)


class Watched:
    """The Overview with all plugins, and so many viewers."""

    def __init__(self, folder: Path, viewers: int) -> None:
        self.site = build_site(Config(), state=str(folder), clock=CLOCK)
        self.publish(
            nav=nav(at=CLOCK()), nav_state=nav_state(at=CLOCK()), kpis_v7=kpis(at=CLOCK()),
            positions=positions(("BTCUSDT", 1.0, 60_000.0), at=CLOCK()),
        )  # fmt: skip
        page = self.site.page("overview")
        assert page is not None
        self._loop = asyncio.get_running_loop()
        self.stage = Stage(page, self.site.store, 0.02)
        self.relay = Relay(self.stage)
        self.wires = [Wire() for _ in range(viewers)]

    async def start(self) -> None:
        self.stage.start(LoopAudience(self.relay, self._loop))
        assert await asyncio.to_thread(self.stage.ready.wait, PATIENCE)
        assert self.stage.shown is not None
        for wire in self.wires:
            self.relay.join(wire, self.stage.shown.revision)
            wire.sent.clear()

    def publish(self, **documents: Any) -> None:
        feeds = self.site.store.feeds
        now = CLOCK.now
        self.site.store.publish(*(read(feeds[name], raw, now) for name, raw in documents.items()))

    async def sent(self, count: int) -> list[list[bytes]]:
        """Return what each viewer has been sent, once each has so many messages."""
        async with asyncio.timeout(PATIENCE):
            for wire in self.wires:
                while len(wire.sent) < count:
                    await wire.news.wait()
                    wire.news.clear()
        return [wire.sent for wire in self.wires]

    def models(self) -> set[str]:
        return {model.id for model in self.stage._scene.document.models}  # counted


def watching(folder: Path, viewers: int, job: Callable[[Watched], Awaitable[T]]) -> T:
    async def run() -> T:
        watched = Watched(folder, viewers)
        await watched.start()
        try:
            return await job(watched)
        finally:
            await asyncio.to_thread(watched.stage.stop)

    return asyncio.run(run())


@pytest.fixture
def encodes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return the frames of every encode there is."""
    made: list[bytes] = []
    encode = vars(module)["patch_frames"]

    def counted(events: Any) -> bytes:
        made.append(encode(events))
        return made[-1]

    monkeypatch.setattr(module, "patch_frames", counted)
    return made


async def change_nav(watched: Watched) -> list[list[bytes]]:
    for number in range(1, 4):
        watched.publish(nav=nav(12_000.0 + number, at=CLOCK()))
        await watched.sent(number)
    return await watched.sent(3)


@pytest.mark.parametrize("viewers", [1, 20])
def test_update_is_encoded_once_and_is_one_message_for_each(
    tmp_path: Path, encodes: list[bytes], viewers: int
) -> None:
    sent = watching(tmp_path, viewers, change_nav)

    assert len(encodes) == 3
    assert sent == [encodes] * viewers


def test_new_nav_costs_few_bytes(tmp_path: Path) -> None:
    """It was 2.7 kB with six holdings when this was written."""
    [sent] = watching(tmp_path, 1, change_nav)

    assert max(map(len, sent)) < 4_000


def test_update_builds_no_model(tmp_path: Path) -> None:
    async def job(watched: Watched) -> tuple[set[str], set[str]]:
        before = watched.models()
        await change_nav(watched)
        return before, watched.models()

    before, after = watching(tmp_path, 1, job)

    assert before
    assert after == before


def test_document_that_shows_nothing_new_costs_no_bytes(
    tmp_path: Path, encodes: list[bytes]
) -> None:
    """Neither written again as it was, nor with a key that no page reads."""

    async def job(watched: Watched) -> list[list[bytes]]:
        same = nav(12_500.0, at=CLOCK())
        watched.publish(nav=same)
        await watched.sent(1)
        watched.publish(nav=dict(same))
        watched.publish(nav={**same, "remark_of_the_producer": "x"})
        watched.publish(nav={**same, "remark_of_the_producer": "y"})
        await asyncio.to_thread(watched.stage.pull, lambda *_: None)
        watched.publish(nav=nav(13_000.0, at=CLOCK()))
        return await watched.sent(2)

    [sent] = watching(tmp_path, 1, job)

    assert sent == encodes
    assert b"12,500.00" in sent[0]
    assert b"13,000.00" in sent[1]
    assert len(sent) == 2
