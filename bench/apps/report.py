"""Writes the section on Panel apps into the results, in place of the one before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.sections import put

if TYPE_CHECKING:
    from bench.apps.__main__ import Held, Row

_WORDS = """\
## A Panel app as it is

`make bench-apps`: [the same app](apps/stream.py), `FastListTemplate` with two figures, a text and a
trend that streams, one update a second, under each server in one run. The server has one core, its
viewers the other; load of the machine at the start: {load:.1f}. An opening is page, socket and
document; its first paint is the figure in Chromium with an empty cache, smallest and largest of
three. A server is tried with more viewers until a fifth of the updates do not come, or one in a
hundred is later than 250 ms by the app's own clock, three times; each time meets a new process,
and the best is shown.
"""


def write(path: Path, rows: list[Row], load: float) -> None:
    """Write the section; what else stands there is kept."""
    parts = [_WORDS.format(load=load), *_tables(rows), *_goals(rows)]
    put(path, "apps", "\n".join(parts))


def _tables(rows: list[Row]) -> list[str]:
    lines = [
        "| server | CPU per opening, ms | first paint, ms | most viewers held |",
        "|---|---|---|---|",
    ]
    for row in rows:
        paint = f"{row.paint_ms[0]:.0f} to {row.paint_ms[-1]:.0f}" if row.paint_ms else "–"
        most = max((held.viewers for held in row.held if held.well), default=0)
        lines.append(f"| {row.name} | {row.opening_ms:.1f} | {paint} | {most:,} |")
    lines += [
        "",
        (
            "| server | viewers | updates that came | p50, ms | p99, ms | CPU per viewer-update, ms"
            " | of the core | memory per viewer, kB |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    return [*lines, *(_held(row.name, held) for row in rows for held in row.held), ""]


def _held(name: str, held: Held) -> str:
    return (
        f"| {name} | {held.viewers:,} | {held.came:.0%} | {1000 * held.p50:.0f}"
        f" | {1000 * held.p99:.0f} | {held.cpu_ms_per_update:.3g} | {held.core:.0%}"
        f" | {held.kb_per_viewer:,.1f} |"
    )


def _goals(rows: list[Row]) -> list[str]:
    ours = rows[0]
    last = ours.held[-1]
    goals = [
        ("CPU per viewer-update, ms", 0.05, last.cpu_ms_per_update),
        ("CPU per opening, ms", 20.0, ours.opening_ms),
        (f"p99 at {last.viewers:,} viewers, ms", 250.0, 1000 * last.p99),
    ]
    lines = ["| to reach | at most | measured | |", "|---|---|---|---|"]
    lines += [
        f"| {what} | {most:g} | {got:.3g} | {_verdict(got, most)} |" for what, most, got in goals
    ]
    if len(ours.held) > 1:
        spent = [one.viewers * one.cpu_ms_per_update for one in ours.held[-2:]]
        more = (spent[1] - spent[0]) / (last.viewers - ours.held[-2].viewers)
        lines += ["", f"The app itself is in the first of them; a viewer more costs {more:.3g} ms."]
    return lines


def _verdict(found: float, most: float) -> str:
    return "reached" if found <= most else "**missed**"
