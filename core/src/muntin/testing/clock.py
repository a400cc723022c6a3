"""A clock that tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime

#: Where a fake clock starts unless told otherwise: 2025-11-26T20:15:00Z.
START = 1764188100.0


class FakeClock:
    """Epoch seconds that stand still until `advance` is called."""

    def __init__(self, start: float = START) -> None:
        self.seconds = start

    def __call__(self) -> float:
        """Return the time now, epoch seconds."""
        return self.seconds

    @property
    def now(self) -> datetime:
        """The time now, UTC."""
        return datetime.fromtimestamp(self.seconds, UTC)

    def advance(self, seconds: float) -> None:
        """Move the clock forward; negative seconds move it back."""
        self.seconds += seconds
