"""The table of the honesty bench."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.honesty.faults import FAULTS
from bench.honesty.watch import GRACE, Served


def table(served: Sequence[Served], seconds: float) -> tuple[str, dict[str, Any]]:
    """Return the results as a Markdown table and as plain data."""
    head = ["fault", *(one.peer.label for one in served)]
    lines = [f"| {' | '.join(head)} |", "|---|" + "--:|" * len(served)]
    totals = [0.0] * len(served)
    rows: dict[str, Any] = {}
    for fault in FAULTS:
        found = [one.results.get(fault.name) for one in served]
        if any(one is None for one in found):
            continue
        cells = []
        for index, one in enumerate(found):
            assert one is not None
            totals[index] += one.seconds
            again = "" if one.recovered is not None else ", reload"
            cells.append(f"{one.seconds:.1f}{again}")
        rows[fault.name] = {
            one.peer.name: asdict(result)
            for one, result in zip(served, found, strict=True)
            if result is not None
        }
        lines.append(f"| {fault.words} | {' | '.join(cells)} |")
    lines.append(f"| **all** | {' | '.join(f'**{total:.1f}**' for total in totals)} |")
    most = seconds - GRACE
    lines.append("")
    lines.append(
        f"Seconds of at most {most:.0f} in which a false or unmarked figure was on the screen, "
        f"{GRACE:.0f} s of grace after the fault's start left out; “reload”: the page did not "
        "recover by itself within 20 s."
    )
    return "\n".join(lines), rows
