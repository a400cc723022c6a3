"""Whatever a writer does, in whatever order: no row that could be seen is lost or doubled."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from muntin.sources.logs.rotation import rotated
from muntin.sources.logs.watched import WatchedLog
from muntin.state.logs import log
from muntin.testing import FakeClock

ROWS = log("rows", lambda row: row["n"])


class Writer(RuleBasedStateMachine):
    """A writer of a log with every bad habit; the follower looks after some of its steps."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "rows.jsonl"
        self.clock = FakeClock()
        self.followed = WatchedLog(ROWS, self.folder, self.clock)
        self.written: list[int] = []
        self.told: list[int] = []
        self.torn = b""
        self.count = 0
        self.rotations_unseen = 0

    def line(self, size: int = 1) -> bytes:
        self.count += 1
        self.clock.advance(1)
        row = {"ts": self.clock(), "n": self.count, "text": "x" * size}
        return json.dumps(row).encode() + b"\n"

    def write(self, data: bytes, *, copying: bool = False) -> None:
        if copying and self.path.exists():
            temporary = self.path.with_suffix(".tmp")
            temporary.write_bytes(self.path.read_bytes() + data)
            temporary.rename(self.path)
            return
        with self.path.open("ab") as file:
            file.write(data)

    @rule(rows=st.integers(1, 4), size=st.sampled_from([1, 700, 3000]), copying=st.booleans())
    def append(self, rows: int, size: int, copying: bool) -> None:
        self.complete_torn()
        for _ in range(rows):
            self.write(self.line(size), copying=copying)
            self.written.append(self.count)

    @rule(cut=st.integers(1, 30))
    def append_torn(self, cut: int) -> None:
        self.complete_torn()
        whole = self.line()
        self.write(whole[:cut])
        self.torn = whole[cut:]

    @rule()
    def complete_torn(self) -> None:
        if self.torn:
            self.write(self.torn)
            self.written.append(self.count)
            self.torn = b""

    @rule()
    def rotate(self) -> None:
        self.complete_torn()
        if self.path.exists() and self.rotations_unseen < 4:
            self.rotations_unseen += 1
            for number in reversed(range(6)):
                old = rotated(self.path, number)[0]
                if old.exists():
                    old.rename(rotated(self.path, number + 1)[0])

    @rule()
    def rotate_and_begin_anew(self) -> None:
        self.rotate()
        self.path.touch()

    @rule()
    def truncate_what_was_seen(self) -> None:
        self.complete_torn()
        self.look()
        if self.path.exists():
            self.path.write_bytes(b"")

    @rule()
    def truncate_in_sight(self) -> None:
        self.truncate_what_was_seen()
        self.look()

    @rule()
    def look(self) -> None:
        reading: Any = self.followed.look(impatient=True)
        self.rotations_unseen = 0
        if reading is not None and reading.value is not None:
            self.told = [entry.value for entry in reading.value.entries]
            assert reading.value.rejected == 0
        assert self.told == self.written

    @invariant()
    def fresh_follower_doubles_nothing(self) -> None:
        reading = WatchedLog(ROWS, self.folder, self.clock).look(impatient=True)
        if reading is not None and reading.value is not None:
            fresh = [entry.value for entry in reading.value.entries]
            assert fresh == sorted(set(fresh))

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


TestWriter = Writer.TestCase
TestWriter.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)
