"""Where Muntin loses: goals it misses, and figures in which another server is better."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.figures import middle, number
from bench.live import Live
from bench.opening import Opening
from bench.servers import PEERS_BY_NAME
from bench.starting import Start

Cases = Mapping[tuple[str, int], Sequence[Live]]


def lost(cases: Cases, starts: Sequence[Start], opened: Sequence[Opening]) -> list[str]:
    """Return a sentence for each goal missed and each figure another server is better in."""
    goals = [*_live_goals(cases), *_start_goals(starts), *_open_goals(opened)]
    missed = [
        f"{name}: {number(value)}, to reach: {'at most' if most else 'at least'} {number(bound)}"
        for name, value, bound, most in goals
        if (value > bound if most else value < bound)
    ]
    return [*missed, *_better_live(cases), *_better_start(starts), *_better_open(opened)]


#: Name, figure, bound, and whether the bound is the most it may be.
Goal = tuple[str, float, float, bool]


def _live_goals(cases: Cases) -> Iterator[Goal]:
    counts = [viewers for peer, viewers in cases if peer == "muntin"]
    if not counts:
        return
    viewers = max(counts)
    own, floor = cases["muntin", viewers], cases.get(("broadcast", viewers))
    yield f"delivered to {viewers} viewers, %", min(one.delivered for one in own), 100.0, False
    yield f"p99 with {viewers} viewers, ms", middle(one.late_by(0.99) for one in own), 250.0, True
    if floor:
        ratio = middle(mine.cpu_ms / bare.cpu_ms for mine, bare in zip(own, floor, strict=False))
        yield f"CPU with {viewers} viewers, times the bare broadcast's", ratio, 2.0, True
    join = middle(1000 * one.cpu_per_join for one in own)
    yield "CPU per new viewer, ms", join, 3.0, True
    yield "memory per viewer, kB", middle(one.kb_per_viewer for one in own), 60.0, True


def _start_goals(starts: Sequence[Start]) -> Iterator[Goal]:
    bounds = {"muntin": ("first page, s", 2.5), "plugins": ("`muntin plugins`, s", 0.15)}
    for name, (words, bound) in bounds.items():
        yield words, middle(one.seconds for one in starts if one.name == name), bound, True


def _open_goals(opened: Sequence[Opening]) -> Iterator[Goal]:
    cold = [one for one in opened if one.peer == "muntin" and not one.warm]
    warm = [one for one in opened if one.peer == "muntin" and one.warm]
    yield "first numbers, cold, ms", middle(one.times["numbers"] for one in cold), 250.0, True
    yield "charts drawn, cold, ms", middle(one.times["charts"] for one in cold), 800.0, True
    yield "charts drawn, warm, ms", middle(one.times["charts"] for one in warm), 350.0, True
    total = middle((one.http_bytes + one.socket_bytes) / 1e6 for one in cold)
    yield "bytes, cold, MB", total, 0.8, True
    yield "layout shift", max((one.shift for one in cold), default=0.0), 0.02, True


#: What a lower figure is better in.
_LOWER: Mapping[str, Callable[[Live], float]] = {
    "p50 ms": lambda one: one.late_by(0.5),
    "p99 ms": lambda one: one.late_by(0.99),
    "CPU ms per viewer-update": lambda one: one.cpu_ms,
    "memory kB per viewer": lambda one: one.kb_per_viewer,
}


def _better_live(cases: Cases) -> Iterator[str]:
    """Compare with each server at the largest number of viewers that both were given."""
    common = {peer: count for peer, count in cases if ("muntin", count) in cases}
    for peer, viewers in common.items():
        runs, own = cases[peer, viewers], cases["muntin", viewers]
        for name, figure in _LOWER.items():
            theirs, ours = middle(map(figure, runs)), middle(map(figure, own))
            if theirs < ours:
                label = PEERS_BY_NAME[peer].label
                yield f"{viewers} viewers, {name}: {label} {number(theirs)}, Muntin {number(ours)}"


def _better_start(starts: Sequence[Start]) -> Iterator[str]:
    ours = middle(one.seconds for one in starts if one.name == "muntin")
    for peer in PEERS_BY_NAME.values():
        theirs = middle(one.seconds for one in starts if one.name == peer.name)
        if theirs < ours:
            yield f"first page, s: {peer.label} {number(theirs)}, Muntin {number(ours)}"


def _better_open(opened: Sequence[Opening]) -> Iterator[str]:
    for warm in (False, True):
        for name in ("numbers", "link", "charts"):
            times = {
                peer: middle(
                    one.times[name] for one in opened if one.peer == peer and one.warm == warm
                )
                for peer in ("muntin", "panel")
            }
            if times["panel"] < times["muntin"]:
                words = f"{name}, {'warm' if warm else 'cold'}, ms"
                yield f"{words}: plain Panel {times['panel']:.0f}, Muntin {times['muntin']:.0f}"
