"""The plots: latency and CPU over the number of viewers, as small SVG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.catalogue import PEERS_BY_NAME
from bench.figures import middle
from bench.rows import Row

_COLORS = {
    "muntin": "#2f6fde", "broadcast": "#8a8f98", "dash": "#1b9e8f", "tuned": "#c9770f",
    "panel": "#8a63d2", "streamlit": "#d65078",
}  # fmt: skip
#: Column, file, what it shows.
_PLOTS = (
    ("p99 ms", "latency.svg", "Latency p99 over viewers"),
    ("CPU %", "cpu.svg", "CPU over viewers, one update a second"),
)


def draw(folder: Path, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Write the plots into a folder; return each file's name and what it shows."""
    folder.mkdir(parents=True, exist_ok=True)
    # The same figures make the same file, and text stays text.
    with mpl.rc_context({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9}):
        for column, name, words in _PLOTS:
            _plot(folder / name, rows, column, words)
    return [(name, words) for _, name, words in _PLOTS]


def _plot(path: Path, rows: Sequence[Row], column: str, words: str) -> None:
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for name, color in _COLORS.items():
        sizes = sorted({row.size for row in rows if row.peer == name})
        runs = [[row.figures[column] for row in rows if (row.peer, row.size) == (name, size)]
                for size in sizes]  # fmt: skip
        if not sizes:
            continue
        axes.fill_between(sizes, [*map(min, runs)], [*map(max, runs)], color=color, alpha=0.15)
        axes.plot(sizes, [*map(middle, runs)], "o-", color=color, ms=3, lw=1.4,
                  label=PEERS_BY_NAME[name].label)  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="viewers", ylabel=column, title=words)
    axes.grid(visible=True, alpha=0.25)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})
