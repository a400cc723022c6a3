"""Where Muntin loses: goals it misses, and figures in which another server is better."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.catalogue import PEERS_BY_NAME
from bench.figures import middle, number
from bench.ratios import each_best, same
from bench.rows import Found, Row, Workload
from bench.workloads import WORKLOADS


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach."""

    words: str
    bound: float
    figure: Callable[[Found], float]
    #: Whether the bound is the most it may be, or the least.
    most: bool = True


def _of(workload: str, case: str | None, column: str) -> Callable[[Found], float]:
    return lambda found: found.middle(found.of(workload, "muntin", case), column)


def _largest(column: str) -> Callable[[Found], float]:
    """Return the figure with the most viewers that Muntin was given."""

    def figure(found: Found) -> float:
        rows = found.of("W3", "muntin")
        size = max((row.size for row in rows), default=0)
        return found.middle((row for row in rows if row.size == size), column)

    return figure


def _held(found: Found) -> float:
    """Return the most viewers with 99.9 % delivered and a p99 under 250 ms.

    NaN if all numbers that were tried are held but 2,000 is none of them: that says nothing.
    """
    rows = found.of("W3", "muntin")
    sizes = sorted({row.size for row in rows})
    good = [size for size in sizes if _fine(found, [row for row in rows if row.size == size])]
    if not rows or (good == sizes and sizes[-1] < 2000):
        return math.nan
    return float(max(good, default=0))


def _fine(found: Found, runs: list[Row]) -> bool:
    return found.middle(runs, "delivered %") >= 99.9 and found.middle(runs, "p99 ms") < 250


def _floor(found: Found) -> float:
    """Return CPU over that of the broadcast, with the most viewers that both were given."""
    sizes = {row.size for row in found.of("W3", "broadcast")}
    common = sizes & {row.size for row in found.of("W3", "muntin")}
    return middle(1 / one for one in same(found, "broadcast", str(max(common, default=0))))


def _sustained(found: Found) -> float:
    """Return the most opens a second of which none failed."""
    rows = found.of("W2", "muntin")
    good = [row.size for row in rows if row.figures["failed %"] == 0]
    return float(max(good, default=0)) if rows else math.nan


def _wire(found: Found) -> float:
    rows = found.of("W1", "muntin", "cold")
    return (found.middle(rows, "HTTP kB") + found.middle(rows, "WebSocket kB")) / 1000


GOALS = (
    Goal("CPU per viewer-update, times the bare broadcast's", 2.0, _floor),
    Goal("Dash's CPU per viewer-update over Muntin's, each at its best", 50.0,
         lambda found: middle(each_best(found, "dash")), most=False),
    Goal("plain Panel's CPU per viewer-update over Muntin's, each at its best", 300.0,
         lambda found: middle(each_best(found, "panel")), most=False),
    Goal("viewers with 99.9 % delivered and p99 under 250 ms", 2000.0, _held, most=False),
    Goal("CPU ms per new viewer", 3.0, _largest("CPU ms per new viewer")),
    Goal("opens a second without a failure", 50.0, _sustained, most=False),
    Goal("memory kB per viewer", 60.0, _largest("memory kB per viewer")),
    Goal("memory after all have left, times before", 1.1,
         _of("W5", "idle, then gone", "after, times before")),
    Goal("first numbers painted, cold, ms", 250.0, _of("W1", "cold", "first numbers ms")),
    Goal("live and charts, cold, ms", 800.0, _of("W1", "cold", "charts ms")),
    Goal("live and charts, warm, ms", 350.0, _of("W1", "warm", "charts ms")),
    Goal("live and charts, returning, ms", 350.0, _of("W1", "returning", "charts ms")),
    Goal("MB over the wire, cold", 0.8, _wire),
    Goal("layout shift, cold", 0.02, _of("W1", "cold", "layout shift")),
    Goal("rename to pixel, p99 ms, beside 500 viewers", 250.0,
         _of("W4", "rename to pixel", "p99 ms")),
    Goal("the others' p99 beside stalled readers, times before", 1.2,
         _of("W9", None, "p99, times without")),
    Goal("the others' p99 beside floods, times alone", 2.0,
         _of("W13", "closed ones stay away", "p99, times alone")),
    Goal("/healthz beside floods, longest ms", 100.0,
         _of("W13", "closed ones stay away", "/healthz longest ms")),
    Goal("CPU per viewer-update signed in, times open", 1.1, _of("W12", "signed in", "times open")),
    Goal("loop blocked, ms, with the most viewers", 20.0, _largest("loop blocked ms")),
    Goal("first page, s", 2.5, _of("W0", "to the first page", "seconds")),
    Goal("`muntin plugins`, s", 0.15, _of("W0", "`muntin plugins`", "seconds")),
)  # fmt: skip


def lines(found: Found) -> tuple[list[list[str]], list[str], list[str]]:
    """Return the goals as rows of a table, those missed in words, and who is ahead in what."""
    rows, missed = [], []
    for goal in GOALS:
        value = goal.figure(found)
        if math.isnan(value):
            continue
        reached = value <= goal.bound if goal.most else value >= goal.bound
        bound = f"at {'most' if goal.most else 'least'} {number(goal.bound)}"
        rows.append([goal.words, bound, number(value), "reached" if reached else "**missed**"])
        if not reached:
            missed.append(f"**Goal missed**: {goal.words}: {number(value)}, to reach {bound}")
    return rows, missed, list(_ahead(found))


def _ahead(found: Found) -> Iterator[str]:
    """Yield, for each workload and server, what it is better in, each in the largest case."""
    for workload in WORKLOADS:
        for name, peer in PEERS_BY_NAME.items():
            if name != "muntin" and (better := list(_better(found, workload, name))):
                yield f"{workload.name}, {peer.label} is ahead: {'; '.join(better)}"


def _better(found: Found, workload: Workload, peer: str) -> Iterator[str]:
    for column in workload.columns:
        if not column.better:
            continue
        cases = dict.fromkeys(row.case for row in found.of(workload.name, peer))
        for case in reversed(cases):
            theirs, ours = (
                found.middle(found.of(workload.name, name, case), column.name)
                for name in (peer, "muntin")
            )
            if theirs < ours if column.better == "lower" else theirs > ours:
                words = f"{case} {workload.case}" if case.isdigit() else case
                yield f"{column.name} {number(theirs)} to {number(ours)} ({words})"
                break
