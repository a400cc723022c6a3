"""What the fund remembers: its NAV over time, its decisions and its closed trades."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.numbers import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muntin_demo.simulator.desk import Decision

#: Seconds between two points of the NAV's history; 500 of them reach back 25 hours.
GRID = 180.0
#: Points `nav_state.json` shows, and points `nav_log.json` keeps.
SERIES = 500
LOG = 720


@dataclass(frozen=True, slots=True)
class Point:
    """NAV and unrealised profit at one instant."""

    at: float
    nav: float
    unrealized: float

    def as_series(self) -> Document:
        """The point as `nav_state.json` writes it."""
        return {
            "nav": self.nav,
            "t": iso(self.at),
            "unrealized_pnl": self.unrealized,
            "equity": self.nav,
            "total_equity": self.nav,
        }

    def as_log(self) -> Document:
        """The point as `nav_log.json` writes it."""
        return {"nav": self.nav, "t": self.at, "unrealized_pnl": self.unrealized}


@dataclass(frozen=True, slots=True)
class Trade:
    """One closed trade: its profit after fees and the labels it counts under."""

    at: float
    symbol: str
    pnl: float
    labels: tuple[str, ...]
    #: LONG or SHORT, of what was closed.
    side: str
    qty: float
    entry: float
    exit: float
    fee: float
    #: When the position was opened.
    opened: float


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life of the executor."""

    at: float
    lag: float


class Record:
    """The fund's memory, bounded everywhere."""

    def __init__(self) -> None:
        self.decisions: deque[Decision] = deque(maxlen=1_500)
        self.trades: deque[Trade] = deque(maxlen=4_000)
        self._series: deque[Document] = deque(maxlen=SERIES - 1)
        self._log: deque[Document] = deque(maxlen=LOG - 1)
        self._events: deque[tuple[int, Decision | Heartbeat]] = deque(maxlen=9_000)
        self._count = 0

    def observe(self, point: Point) -> None:
        """Keep one more point of the NAV's history."""
        self._series.append(point.as_series())
        self._log.append(point.as_log())

    def note(self, event: Decision | Heartbeat) -> None:
        """Keep one more event for the logs."""
        self._count += 1
        self._events.append((self._count, event))

    def events(self, after: int) -> Sequence[tuple[int, Decision | Heartbeat]]:
        """The numbered events that came after that number, oldest first."""
        fresh: deque[tuple[int, Decision | Heartbeat]] = deque()
        for numbered in reversed(self._events):
            if numbered[0] <= after:
                break
            fresh.appendleft(numbered)
        return list(fresh)

    def series(self, current: Point) -> list[Document]:
        """The points of `nav_state.json`, the current one last."""
        return [*self._series, current.as_series()]

    def log(self, current: Point) -> list[Document]:
        """The points of `nav_log.json`, the current one last."""
        return [*self._log, current.as_log()]

    def closed(self, since: float) -> list[Trade]:
        """The trades closed since that instant, oldest first."""
        return [trade for trade in self.trades if trade.at >= since]

    def judged(self, now: float) -> list[Decision]:
        """The decisions of the last ten hours, oldest first."""
        return [decision for decision in self.decisions if decision.at >= now - 10.0 * HOUR]
