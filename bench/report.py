"""Writes RESULTS.md: what was measured, the ratios within the run, and where we lose."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import machine
from bench.catalogue import PEERS_BY_NAME
from bench.figures import spread, table
from bench.goals import lines
from bench.plots import draw
from bench.ratios import ratios
from bench.rows import Found, Row, Workload
from bench.sections import kept
from bench.workloads import WORKLOADS

#: Above this share of the server's core taken by others, figures are no measure of the server.
LOUD = 5.0
_OTHERS = "others on the core %"


@dataclass(frozen=True, slots=True)
class Head:
    """How and when the run was made."""

    command: str
    began: float
    load: str


def write(path: Path, head: Head, found: Found) -> None:
    """Write the results of a run, and its plots into a folder ``images`` beside them."""
    parts = [_head(head, found), _servers()]
    for workload in WORKLOADS:
        if rows := found.of(workload.name):
            parts.append(_section(workload, rows))
            if workload.name == "W3":
                pictures = draw(path.parent / "images", rows)
                parts += [f"![{words}](images/{name})\n" for name, words in pictures]
                parts.append(ratios(found))
    parts.append(_lost(found))
    path.parent.mkdir(parents=True, exist_ok=True)
    parts.append(kept(path))
    path.write_text("\n".join(parts))


def _head(head: Head, found: Found) -> str:
    facts = {
        "command": f"`{head.command}`",
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(head.began)),
        "took": f"{(time.time() - head.began) / 60:.1f} min",
        **machine.facts(),
        "load": f"{head.load} at the start, {machine.load()} at the end",
        "same fields": ", ".join(
            f"{PEERS_BY_NAME[name].label} {count or 'no page, sends the updates'}"
            for name, count in found.checked.items()
        ),
    }
    text = "\n".join(f"- **{name}**: {words}" for name, words in facts.items())
    text += _loud(found)
    if found.failed:
        text += "\n\n**Not measured**:\n\n" + "\n".join(f"- {one}" for one in found.failed)
    return (
        f"# Results of the bench\n\n{text}\n\n"
        "Figures are medians over the repetitions, with (smallest–largest) where they differ.\n"
    )


def _loud(found: Found) -> str:
    """Return a warning if neighbours worked on the server's core."""
    shares = [row.figures[_OTHERS] for row in found.rows if _OTHERS in row.figures]
    loud = [share for share in shares if share > LOUD]
    if not loud:
        return ""
    return (
        f"\n\n**Others worked on the server's core** in {len(loud)} of {len(shares)} windows, up "
        f"to {max(loud):.0f} % of it: measure again on a quiet machine."
    )


def _servers() -> str:
    rows = [[peer.label, peer.what] for peer in PEERS_BY_NAME.values()]
    return "## The servers\n\n" + table(["server", "what it is"], rows).replace("--:", "---")


def _section(workload: Workload, rows: Sequence[Row]) -> str:
    """Return a workload's table: a line for each server and case."""
    shown = [
        column.name
        for column in workload.columns
        if any(not math.isnan(row.figures.get(column.name, math.nan)) for row in rows)
    ]
    lines = []
    for (peer, case), runs in _groups(rows).items():
        figures = [spread([row.figures.get(name, math.nan) for row in runs]) for name in shown]
        lines.append([PEERS_BY_NAME[peer].label, case, *figures])
    heads = ["server", workload.case, *shown]
    return f"## {workload.name} {workload.title}\n\n{workload.text}\n\n" + table(heads, lines)


def _groups(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Return the repetitions of each server and case, in the order of the catalogue."""
    order = list(PEERS_BY_NAME)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: (order.index(row.peer), row.size)):
        groups.setdefault((row.peer, row.case), []).append(row)
    return groups


def _lost(found: Found) -> str:
    """Return each goal with its figure, and every figure in which another server is better."""
    goals, missed, ahead = lines(found)
    parts = ["## Goals\n", table(["goal", "to reach", "found", ""], goals)] if goals else []
    parts.append("## Where we lose\n")
    parts += [f"- {one}" for one in [*missed, *ahead]] or ["In nothing that was measured."]
    return "\n".join(parts) + "\n"
