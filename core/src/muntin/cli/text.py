"""Plain, aligned text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def aligned(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with aligned columns; control characters are shown, not obeyed."""
    lines = [list(heads), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def printable(text: str) -> str:
    """Return a text in one line without control characters, which a document may hold."""
    return "".join(one if one.isprintable() else " " for one in text)


def duration(seconds: float | None) -> str:
    """Return an age as people say it: ``12 s``, ``5 min``, ``3.5 h``, ``4 d``; "–" if unknown."""
    if seconds is None:
        return "–"
    for limit, unit, size in ((120, "s", 1), (7200, "min", 60), (172800, "h", 3600)):
        if abs(seconds) < limit:
            return f"{seconds / size:.{1 if unit == 'h' else 0}f} {unit}"
    return f"{seconds / 86400:.0f} d"
