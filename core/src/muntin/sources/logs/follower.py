"""Reading on where it stopped, through rotation, truncation and replacement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from muntin.sources.files.reading import stamp
from muntin.sources.logs.lines import Lines, LogFile, Position, position
from muntin.sources.logs.rotation import archived, chain, opened
from muntin.sources.logs.rows import RowReader, Segment
from muntin.sources.logs.window import RowBuffer
from muntin.state.logs import Log


class LogFollower:
    """Follows a log by content through rotation, truncation, copies and replacement.

    The file read last is looked for under the log's name and the rotated ones: what follows in it,
    and every newer file, is new. If it is not found the log was truncated or replaced. Rows that
    are later than all seen before are then added, with a gap; otherwise the log is read again.
    """

    def __init__(self, log: Log[Any]) -> None:
        #: The window's rows; None before the first look.
        self.held: RowBuffer | None = None
        #: Counts the gaps and new beginnings.
        self.breaks = 0
        self.bytes_read = 0
        self._log = log
        self._live = Position()
        self._closed: tuple[Position, ...] = ()

    def follow(self, path: Path, now: datetime, *, sure: bool) -> bool:
        """Read what is new; return False where the log seems cut or replaced and `sure` is not set.

        Raise Unreadable if it cannot be read; then nothing has changed.
        """
        reader = RowReader(self._log, now)
        with opened(path) as live:
            if live is not None and self.held and self._live.matches(live):
                self._more(self.held, reader, [_rest(live, self._live)])
                self.bytes_read += live.bytes_read
                return True
        with chain(path) as files:
            try:
                return self._walk(path, files, reader, now, sure=sure)
            finally:
                self.bytes_read += sum(file.bytes_read for file in files)

    def _more(self, held: RowBuffer, reader: RowReader, segments: list[Segment]) -> None:
        batch = reader.read(segments)
        self._live = segments[0].lines.position()
        held.add(batch)

    def _walk(
        self, path: Path, files: list[LogFile], reader: RowReader, now: datetime, *, sure: bool
    ) -> bool:
        if self.held is None:
            self._begin(path, files, reader)
            return True
        found = _find(files, [self._live]) or _find(files, self._closed)
        unbroken = found is not None and (found[1] is self._live or not self._live.offset)
        if unbroken or not (self._live.offset or self._closed):
            closed = _closed(files)
            self._more(self.held, reader, _newer(files, found))
            self._closed = closed
            return True
        if not files[0].size and (len(files) == 1 or (found is not None and found[0] <= 1)):
            stamp(path)  # raises if the live file is gone, and nothing new is elsewhere
        if sure:
            self._mend(self.held, path, files, reader, found, now)
        return sure

    def _begin(self, path: Path, files: list[LogFile], reader: RowReader) -> None:
        segments = _newer(files, None)
        batch = reader.read(segments)
        closed = _closed(files)
        self._live = segments[0].lines.position()
        self._closed = closed
        self.held = RowBuffer(self._log)
        self.held.begin(batch, reader.start, whole=not archived(path))

    def _mend(
        self,
        held: RowBuffer,
        path: Path,
        files: list[LogFile],
        reader: RowReader,
        found: tuple[int, Position] | None,
        now: datetime,
    ) -> None:
        segments = _newer(files, found)
        batch = reader.read(segments)
        closed = _closed(files)
        newest = held.newest
        if newest is not None and batch.first is not None and batch.first <= newest:
            self._begin(path, files, reader)
        else:
            self._live = segments[0].lines.position()
            self._closed = closed
            held.add(batch)
            held.break_at(batch.first or now)
        self.breaks += 1


def _find(files: Sequence[LogFile], positions: Sequence[Position]) -> tuple[int, Position] | None:
    for index, file in enumerate(files):
        for known in positions:
            if known.matches(file):
                return index, known
    return None


def _newer(files: Sequence[LogFile], found: tuple[int, Position] | None) -> list[Segment]:
    """Return what follows the position found, newest first; everything if none was found."""
    if found is None:
        return [Segment(file, Lines(file), finished=index > 0) for index, file in enumerate(files)]
    last, known = found
    whole = [Segment(f, Lines(f), finished=i > 0) for i, f in enumerate(files[:last])]
    return [*whole, _rest(files[last], known, finished=last > 0)]


def _rest(file: LogFile, known: Position, *, finished: bool = False) -> Segment:
    return Segment(file, Lines(file, known.offset, inside=known.inside), finished=finished)


def _closed(files: Sequence[LogFile]) -> tuple[Position, ...]:
    return tuple(position(file, file.size) for file in files[1:] if file.size)
