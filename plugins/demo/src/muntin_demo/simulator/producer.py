"""The producer: it lets the fund live by a clock, and writes what is due."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from muntin_demo.simulator.catalogue import CATALOGUE, document, path_of
from muntin_demo.simulator.encoding import encode
from muntin_demo.simulator.files import publish
from muntin_demo.simulator.journal import LIMIT, Journal
from muntin_demo.simulator.mischief import Payload

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from muntin_demo.simulator.chaos import Chaos
    from muntin_demo.simulator.fund import Fund


class Producer:
    """Writes a fund's documents to a directory, each in its own rhythm."""

    def __init__(
        self,
        fund: Fund,
        state_dir: Path,
        clock: Callable[[], float],
        pace: float = 1.0,
        chaos: Chaos | None = None,
        rotate_at: int = LIMIT,
    ) -> None:
        #: The fund whose documents these are.
        self.fund = fund
        self._state_dir = Path(state_dir)
        self._clock = clock
        self._pace = pace
        self._chaos = chaos
        self._journal = Journal(fund.record, self._state_dir, rotate_at)
        self._due = dict.fromkeys(CATALOGUE, float("-inf"))
        self._paths = {name: path_of(self._state_dir, name) for name in CATALOGUE}

    def tick(self, now: float) -> list[Path]:
        """The files written because they were due; the first tick writes all of them."""
        if float("-inf") in self._due.values():
            return self.write_all(now)
        self._advance(now)
        at_once = self._chaos.begin(now) if self._chaos else frozenset()
        written = [] if self._chaos and self._chaos.mute else self._journal.write()
        for name, due in self._due.items():
            if due <= now:
                every = CATALOGUE[name].every / self._pace
                self._due[name] = max(due + every, now)
            elif name not in at_once:
                continue
            written += self._put(name)
        return written

    def write_all(self, now: float) -> list[Path]:
        """Every file, written now; what follows is spread out evenly."""
        self._state_dir.mkdir(parents=True, exist_ok=True)
        self._advance(now)
        written = self._journal.write()
        for place, (name, entry) in enumerate(CATALOGUE.items(), start=1):
            self._due[name] = now + entry.every / self._pace * place / len(CATALOGUE)
            written += self._put(name)
        return written

    def write(self, name: str, now: float) -> Path:
        """The path of one named document, written now whether it is due or not."""
        self._state_dir.mkdir(parents=True, exist_ok=True)
        self._advance(now)
        self._put(name)
        return self._paths[name]

    def run(self, stop: Event) -> None:
        """Return when `stop` is set; until then, tick by the clock."""
        while not stop.is_set():
            self.tick(self._clock())
            pause = min(self._due.values()) - self._clock()
            stop.wait(min(1.0, max(0.02, pause)))

    def _advance(self, now: float) -> None:
        if now > self.fund.now:
            self.fund.step(now - self.fund.now)

    def _put(self, name: str) -> list[Path]:
        """The document's path when something was written, else nothing."""
        path = self._paths[name]
        payload = self._chaos.spoil(name, self.fund) if self._chaos else None
        if payload is None:
            payload = Payload(encode(document(self.fund, name)))
        if payload.data is None:
            return []
        if payload.in_place:
            path.write_bytes(payload.data)
        else:
            publish(path, payload.data)
        return [path]
