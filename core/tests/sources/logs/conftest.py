"""A log, who follows it, and the store that takes what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin.sources.logs.watched import WatchedLog
from muntin.state.logs import Log, log
from muntin.state.snapshots import Reading
from muntin.state.store import Store
from muntin.testing import FakeClock

ROWS = log("rows", lambda row: row.get("n"), late_after=300, stale_after=3600)


def line(clock: FakeClock, n: int, ago: float = 0.0, **more: Any) -> bytes:
    """Return one line of a log, `ago` seconds old."""
    return json.dumps({"ts": clock() - ago, "n": n, **more}).encode() + b"\n"


class Desk:
    """A log, who follows it, and the store that takes what is told."""

    def __init__(self, root: Path, clock: FakeClock, feed: Log[Any] = ROWS) -> None:
        self.feed = feed
        self.clock = clock
        self.path = root / feed.path
        self.followed = WatchedLog(feed, root, clock)
        self.store = Store([feed], clock)

    def look(self) -> Reading | None:
        reading = self.followed.look(impatient=True)
        if reading is not None:
            self.store.publish(reading)
        return reading

    @property
    def value(self) -> Any:
        return self.store.snapshot[self.feed]

    @property
    def numbers(self) -> list[int]:
        self.look()
        return [entry.value for entry in self.value.entries]

    def append(self, *lines: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(b"".join(lines))


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(tmp_path, clock)


@pytest.fixture
def new_desk(tmp_path: Path, clock: FakeClock) -> Callable[..., Desk]:
    """Make a desk for a log with other bounds, or another path."""
    return lambda **more: Desk(tmp_path, clock, log("rows", lambda row: row["n"], **more))


@pytest.fixture
def row(clock: FakeClock) -> Callable[..., bytes]:
    return lambda n, ago=0.0, **more: line(clock, n, ago, **more)
