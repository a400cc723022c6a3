"""What a run is made of: workloads, the rows they find, and how much is asked of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bench.catalogue import PEERS_BY_NAME, Peer
from bench.figures import middle
from bench.serving import Place
from bench.state import State

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """What one server did in one case of a workload, in one repetition."""

    workload: str
    peer: str
    case: str
    figures: Mapping[str, float]
    #: How many viewers, or whatever else the case grows by.
    size: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A figure: its name with its unit, and whether less or more of it is better."""

    name: str
    better: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is asked: all of it, or a little of everything."""

    quick: bool
    updates: int
    ladder: tuple[int, ...] = ()

    def pick(self, whole: T, small: T) -> T:
        """Return one of two amounts."""
        return small if self.quick else whole


@dataclass(slots=True)
class Bench:
    """What a workload is handed: where, what, how much, and whom to tell."""

    place: Place
    state: State
    heavy: Place
    heavy_state: State
    scale: Scale
    say: Callable[[str], None]
    turn: int = 0


#: Runs a workload once against one server.
Run = Callable[[Bench, Peer], Awaitable[list[Row]]]


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of stress, what it tells, and which servers it is put on."""

    name: str
    title: str
    text: str
    columns: tuple[Column, ...]
    run: Run
    #: Seconds that a run takes with each server, in full and quick: for the time left.
    seconds: Mapping[str, tuple[float, float]]
    #: Repetitions in a full run.
    turns: int = 1
    #: The name of what a case is.
    case: str = "viewers"

    def peers(self, *, quick: bool) -> list[Peer]:
        """Return the servers it is put on; a quick run leaves out what takes no time at all."""
        return [PEERS_BY_NAME[name] for name, both in self.seconds.items() if both[quick] > 0]


@dataclass(slots=True)
class Found:
    """Everything that a run has measured."""

    rows: list[Row] = field(default_factory=list)
    #: Fields that each page was found to show.
    checked: dict[str, int] = field(default_factory=dict)
    #: What could not be measured, and why the run was not finished.
    failed: list[str] = field(default_factory=list)

    def of(self, workload: str, peer: str = "", case: str | None = None) -> list[Row]:
        """Return the rows of a workload, of one server or case."""
        return [
            row
            for row in self.rows
            if row.workload == workload
            and (not peer or row.peer == peer)
            and (case is None or row.case == case)
        ]

    def middle(self, rows: Iterable[Row], column: str) -> float:
        """Return the median of a figure, NaN if there is none."""
        return middle(row.figures.get(column, float("nan")) for row in rows)
