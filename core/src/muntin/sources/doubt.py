"""When to believe a fault: not at once, for what is half written is whole a moment later."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

#: Seconds a fault must last, unchanged, before it is believed.
SETTLED = 0.25

#: Seconds after which a fault is believed even though its evidence keeps changing.
PATIENCE = 2.0

_FIRST_PAUSE = 0.02


class Doubt:
    """Holds a fault back until it has lasted.

    ``lasts(evidence)`` is called whenever the fault is seen, `clear` when it is not. `due` is the
    time, by `monotonic`, at which to look again.
    """

    def __init__(
        self,
        settled: float = SETTLED,
        patience: float = PATIENCE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settled = settled
        self._patience = patience
        self._monotonic = monotonic
        self._began = self._still_since = math.inf
        self._evidence: object = None
        self.due = math.inf

    @property
    def open(self) -> bool:
        """True while a fault has been seen and is not believed yet."""
        return self._began < math.inf

    @property
    def lasted(self) -> bool:
        """True once the fault has lasted long enough to be believed."""
        return self._monotonic() >= self._believed_at

    @property
    def _believed_at(self) -> float:
        return min(self._still_since + self._settled, self._began + self._patience)

    def lasts(self, evidence: object = None) -> bool:
        """Note that the fault is there, and return whether to believe it.

        Evidence that changes (a file that still grows) restarts the time, up to `patience`.
        """
        now = self._monotonic()
        if not self.open:
            self._began = self._still_since = now
        elif evidence != self._evidence:
            self._still_since = now
        self._evidence = evidence
        believed_at = self._believed_at
        self.due = min(now + max(_FIRST_PAUSE, now - self._still_since), believed_at)
        return now >= believed_at

    def clear(self) -> None:
        """Forget the fault: it is gone, or has been reported."""
        self._began = self._still_since = self.due = math.inf
        self._evidence = None
