"""Pauses between attempts that fail."""

from __future__ import annotations

import random
from collections.abc import Callable

#: Seconds that a pause may reach unless said otherwise.
LONGEST = 30.0


class Backoff:
    """Pauses that double from `first` to `longest` seconds while attempts fail.

    They are spread by a quarter, so that many clients do not return together.
    """

    def __init__(
        self,
        first: float,
        longest: float = LONGEST,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._longest = max(first, longest)
        self._spread = spread
        #: Attempts that have failed in a row.
        self.failures = 0

    def pause(self, at_least: float = 0.0) -> float:
        """Note a failure and return the seconds to wait before the next attempt."""
        usual = min(self._first * 2 ** min(self.failures, 20), self._longest)
        self.failures += 1
        return max(at_least, self.spread(usual))

    def spread(self, seconds: float) -> float:
        """Return a pause of about `seconds`, which does not count as a failure."""
        return seconds * (0.75 + 0.5 * self._spread())

    def reset(self) -> None:
        """Begin again with the first pause: an attempt has succeeded."""
        self.failures = 0
