"""Writes RESULTS.md: what was measured, the ratios within the run, and where we lose."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine
from bench.figures import middle, number, spread, table
from bench.goals import lost
from bench.live import Live
from bench.opening import Opening
from bench.servers import PEERS_BY_NAME
from bench.starting import Start

#: Above this share of the server's core taken by others, figures are no measure of the server.
LOUD = 5.0


@dataclass(slots=True)
class Found:
    """Everything that a run has measured."""

    command: str
    began: float
    load: str
    #: Why the run was not finished; empty if it was.
    cut: str = ""
    checked: dict[str, int] = field(default_factory=dict)
    live: list[list[Live]] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    opened: list[Opening] = field(default_factory=list)

    def cases(self) -> dict[tuple[str, int], list[Live]]:
        """Return the repetitions of each case of "live"."""
        cases: dict[tuple[str, int], list[Live]] = {}
        for one in (one for turn in self.live for one in turn):
            cases.setdefault((one.peer, one.viewers), []).append(one)
        order = list(PEERS_BY_NAME)
        return dict(sorted(cases.items(), key=lambda item: (order.index(item[0][0]), item[0][1])))


def write(path: Path, found: Found) -> None:
    """Write the results of a run."""
    parts = [_head(found)]
    if found.live:
        parts += [_live(found), _ratios(found), _joining(found)]
    if found.starts:
        parts.append(_starts(found.starts))
    if found.opened:
        parts.append(_opened(found.opened))
    parts.append(_lost(found))
    path.write_text("\n".join(parts))


def _label(name: str) -> str:
    return PEERS_BY_NAME[name].label


def _head(found: Found) -> str:
    facts = {
        "command": f"`{found.command}`",
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(found.began)),
        **machine.facts(),
        "load": f"{found.load} at the start, {machine.load()} at the end",
        "same fields": ", ".join(
            f"{_label(name)} {count or 'no page, sends the updates'}"
            for name, count in found.checked.items()
        ),
    }
    lines = [f"- **{name}**: {text}" for name, text in facts.items()]
    loud = [one.foreign for turn in found.live for one in turn if one.foreign > LOUD]
    if loud:
        lines.append(
            f"\n**Others worked on the server's core** in {len(loud)} of "
            f"{sum(map(len, found.live))} cases of “live” (up to {max(loud):.0f} % of it): "
            "measure again on a quiet machine."
        )
    if found.cut:
        lines.append(f"\n**Not a whole run**: {found.cut}; what follows was measured until then.")
    text = "Figures are medians over the repetitions, with (smallest–largest) where they differ."
    return "# Results of the bench\n\n" + "\n".join(lines) + f"\n\n{text}\n"


def _live(found: Found) -> str:
    heads = [
        "server", "viewers", "delivered %", "p50 ms", "p99 ms", "slowest ms",
        "CPU ms per viewer-update", "kB per update", "others on the core %",
    ]  # fmt: skip
    rows = [[_label(peer), str(viewers), *_case(runs)] for (peer, viewers), runs in
            found.cases().items()]  # fmt: skip
    return "## Live, one update a second\n\n" + table(heads, rows)


def _case(runs: list[Live]) -> list[str]:
    figures: list[Callable[[Live], float]] = [
        lambda one: one.delivered,
        lambda one: one.late_by(0.5),
        lambda one: one.late_by(0.99),
        lambda one: one.late_by(1.0),
        lambda one: one.cpu_ms,
        lambda one: one.kb,
        lambda one: one.foreign,
    ]
    return [spread([figure(one) for one in runs]) for figure in figures]


def _ratios(found: Found) -> str:
    """Ratios of CPU per viewer-update, each within one repetition."""
    cases, rows = found.cases(), []
    for (peer, viewers), runs in cases.items():
        own = cases.get(("muntin", viewers))
        if peer == "muntin" or not own:
            continue
        ratios = [other.cpu_ms / mine.cpu_ms for other, mine in zip(runs, own, strict=False)]
        inverse = spread([1 / ratio for ratio in ratios])
        rows.append([_label(peer), str(viewers), spread(ratios), inverse])
    slopes = [[_label(peer), *slope] for peer in PEERS_BY_NAME if (slope := _slope(found, peer))]
    return (
        "### CPU, in the same repetition\n\n"
        + table(["server", "viewers", "times Muntin's", "Muntin's times its"], rows)
        + "\nThe straight line closest to all numbers of viewers:\n\n"
        + table(["server", "ms per update, whoever looks", "ms per viewer and update"], slopes)
    )


def _slope(found: Found, peer: str) -> list[str]:
    """Return what an update costs by itself and what each viewer adds, ms."""
    fixed, each = [], []
    for turn in found.live:
        if turn[0].peer == peer and len(turn) > 1:
            costs = [1000 * one.cpu / one.updates for one in turn]
            line = statistics.linear_regression([one.viewers for one in turn], costs)
            each.append(line.slope)
            fixed.append(line.intercept)
    return [spread(fixed), spread(each)] if each else []


def _joining(found: Found) -> str:
    """What the largest group of new viewers cost each server."""
    largest: dict[str, list[Live]] = {}
    for turn in found.live:
        largest.setdefault(turn[0].peer, []).append(turn[-1])
    rows = [
        [_label(peer), str(runs[0].viewers), spread([1000 * one.cpu_per_join for one in runs]),
         spread([one.kb_per_viewer for one in runs])]
        for peer, runs in largest.items()
    ]  # fmt: skip
    heads = ["server", "up to viewers", "CPU ms per new viewer", "memory kB per viewer"]
    text = "Page, WebSocket and document, as a browser asks for them (the broadcast: no document)."
    return f"### Coming in\n\n{text}\n\n" + table(heads, rows)


def _starts(starts: Iterable[Start]) -> str:
    times: dict[str, list[float]] = {}
    for one in starts:
        times.setdefault(one.name, []).append(one.seconds)
    rows = [
        ["`muntin plugins`" if name == "plugins" else f"{_label(name)}, to the first page",
         spread(seconds)]
        for name, seconds in times.items()
    ]  # fmt: skip
    return "## Start\n\n" + table(["command", "seconds"], rows)


def _opened(opened: list[Opening]) -> str:
    groups: dict[tuple[str, bool], list[Opening]] = {}
    for one in opened:
        groups.setdefault((one.peer, one.warm), []).append(one)
    rows = []
    for (peer, warm), runs in groups.items():
        times = [
            spread([one.times[name] for one in runs]) for name in ("numbers", "link", "charts")
        ]
        wire = [
            spread([one.http_bytes / 1000 for one in runs]),
            spread([one.socket_bytes / 1000 for one in runs]),
            number(middle(one.requests for one in runs)),
            spread([one.shift for one in runs]),
        ]
        rows.append([f"{_label(peer)}, {'warm' if warm else 'cold'}", *times, *wire])
    heads = [
        "page, cache", "first numbers ms", "live ms", "charts ms", "HTTP kB", "WebSocket kB",
        "requests", "layout shift",
    ]  # fmt: skip
    return "## Opening in Chromium\n\n" + table(heads, rows)


def _lost(found: Found) -> str:
    lines = lost(found.cases(), found.starts, found.opened)
    measured = found.live or found.starts or found.opened
    nothing = "In nothing that was measured." if measured else "Nothing was measured."
    return "## Where we lose\n\n" + ("\n".join(f"- {line}" for line in lines) or nothing) + "\n"
