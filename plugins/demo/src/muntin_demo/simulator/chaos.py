"""Chaos: now and then a document goes wrong for some seconds, and then is right again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.mischief import MISCHIEFS, Mischief, Payload

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from muntin_demo.simulator.fund import Fund


#: How many documents there are for the mischief that hits all of them.
_ALL = max(len(mischief.targets) for mischief in MISCHIEFS)


def _unheard(_line: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A mischief under way."""

    mischief: Mischief
    targets: frozenset[str]
    until: float


class Chaos:
    """Picks what goes wrong, for how long, and tells about it in one line each."""

    def __init__(
        self,
        random: Random,
        report: Callable[[str], None] = _unheard,
        every: float = 10.0,
    ) -> None:
        self._random = random
        self._report = report
        self._every = every
        self._troubles: list[_Trouble] = []
        self._next: float | None = None
        self._wanted = random.choice(MISCHIEFS)

    @property
    def targets(self) -> frozenset[str]:
        """The names of the documents that are wrong just now."""
        return frozenset().union(*(trouble.targets for trouble in self._troubles))

    @property
    def mute(self) -> bool:
        """True while nothing at all is written, logs included."""
        return any(len(trouble.targets) == _ALL for trouble in self._troubles)

    def begin(self, now: float) -> frozenset[str]:
        """The documents to write at once, because they go wrong or are right again now."""
        before = self.targets
        self._troubles = [trouble for trouble in self._troubles if trouble.until > now]
        if self._next is None:
            self._next = now + self._pause()
        elif now >= self._next:
            self._strike(now, before)
        return before ^ self.targets

    def spoil(self, name: str, fund: Fund) -> Payload | None:
        """What lands on the disk in place of the document; None when nothing is wrong with it."""
        for trouble in self._troubles:
            if name in trouble.targets:
                return trouble.mischief.spoil(name, fund)
        return None

    def _pause(self) -> float:
        return self._every * self._random.uniform(0.6, 1.4)

    def _strike(self, now: float, before: frozenset[str]) -> None:
        """Begin the mischief whose turn it is, once documents it needs are all right."""
        mischief = self._wanted
        free = _free(mischief, before)
        if not free:
            return
        chosen = free if mischief.together else [self._random.choice(free)]
        seconds = self._random.uniform(0.3, 1.0) * mischief.longest
        self._troubles.append(_Trouble(mischief, frozenset(chosen), now + seconds))
        words = mischief.words.format(name=chosen[0])
        self._report(f"chaos: {words}, for {seconds:.0f} s")
        self._next = now + self._pause()
        self._wanted = self._random.choice(MISCHIEFS)


def _free(mischief: Mischief, busy: frozenset[str]) -> list[str]:
    """The documents the mischief could happen to now; none when it needs all and one is busy."""
    free = [name for name in mischief.targets if name not in busy]
    return [] if mischief.together and len(free) < len(mischief.targets) else free
