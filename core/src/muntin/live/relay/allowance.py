"""How much one connection may send: reading slows down first, then the connection is closed."""

from __future__ import annotations

from dataclasses import dataclass

#: Seconds that the other end has to close a connection that was closed here; then it is cut off.
GRACE = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """A leaky bucket. A frame of any kind is one unit, and so are `unit` bytes."""

    #: Units that leak out per second: the rate at which anyone may send for ever.
    rate: float
    #: Units above which reading pauses until the surplus has leaked out.
    pause_above: float
    #: Units above which the connection is closed.
    close_above: float
    #: Bytes that cost as much as a frame.
    unit: int = 128
    #: Pauses while more is waiting all the time; beyond, the sender is not slowing down.
    pauses: int = 2


class Allowance:
    """What one connection has sent of late; the caller passes the time, in seconds."""

    __slots__ = ("_at", "_full", "_level", "_limits")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._level = self._at = 0.0
        self._full = 0

    def spend(self, now: float, units: float = 0.0, size: int = 0) -> bool:
        """Count units and bytes; return False if the connection is to be closed."""
        leaked = (now - self._at) * self._limits.rate
        self._level = max(0.0, self._level - leaked) + units + size / self._limits.unit
        self._at = now
        return self._level <= self._limits.close_above

    def pause(self, *, full: bool) -> float | None:
        """Return seconds to stop reading after a read, None if the connection is to be closed.

        `full` says that more is waiting: the read has filled its buffer.
        """
        surplus = self._level - self._limits.pause_above
        self._full = self._full + (surplus > 0) if full else 0
        if self._full > self._limits.pauses:
            return None
        return max(0.0, surplus / self._limits.rate)
