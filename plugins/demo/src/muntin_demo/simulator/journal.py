"""The logs on disk: the fund's past at once, then each event as it happens."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from muntin_demo.simulator.catalogue import CATALOGUE, log_dir, path_of
from muntin_demo.simulator.encoding import encode
from muntin_demo.simulator.files import append, publish
from muntin_demo.simulator.logs import LOGS, rows

if TYPE_CHECKING:
    from pathlib import Path

    from muntin_demo.simulator.record import Record

#: Bytes a log may have before it is rotated.
LIMIT = 10_000_000


def paths(state_dir: Path) -> frozenset[Path]:
    """The files that a fund writes for a state directory, whether they are there yet or not."""
    documents = (path_of(state_dir, name) for name in CATALOGUE)
    return frozenset((*documents, *(log_dir(state_dir).parent / name for name in LOGS)))


class Journal:
    """Writes what a fund's record holds to the logs, each event once."""

    def __init__(self, record: Record, state_dir: Path, limit: int = LIMIT) -> None:
        self._record = record
        self._root = log_dir(state_dir).parent
        self._limit = limit
        self._written: int | None = None

    def write(self) -> list[Path]:
        """The logs that grew, after every new event was written to them."""
        if self._written is None:
            return self._begin()
        grown: dict[Path, None] = {}
        for number, event in self._record.events(self._written):
            for name, row in rows(event):
                append(self._root / name, encode(row), self._limit)
                grown[self._root / name] = None
            self._written = number
        return list(grown)

    def _begin(self) -> list[Path]:
        """The logs of the fund's past, in place of what an earlier fund left."""
        lines: defaultdict[str, list[bytes]] = defaultdict(list)
        self._written = 0
        for number, event in self._record.events(0):
            self._written = number
            for name, row in rows(event):
                lines[name].append(encode(row))
        log_dir(self._root / "state").mkdir(parents=True, exist_ok=True)
        for name, encoded in lines.items():
            publish(self._root / name, b"".join(encoded))
        return [self._root / name for name in lines]
