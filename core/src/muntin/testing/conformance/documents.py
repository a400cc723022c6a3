"""Documents changed in one place: what a producer may publish instead of what it should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

#: Where in a document: keys and positions, from the root.
Path = tuple[str | int, ...]

#: What stands in place of a value of another type.
ODD: tuple[Any, ...] = (None, "x", [], {}, -1, True, 1e308, [None], {"": None})

#: Another root than the one declared.
ROOTS: tuple[Any, ...] = ([], {}, "x", 5, None, [None], {"": None})

#: Text that something may take for more than text, by what would.
HOSTILE = {
    "markup": "<img src=x onerror=muntin()><script>muntin()</script>",
    "attribute": '"\' onmouseover=muntin() autofocus onfocus=muntin() x="',
    "closing": "</span></td></tr></table></div></section><iframe src=javascript:muntin()>",
    "address": "javascript:muntin()",
    "template": "{{7*1337}}${7*1337}<%= 7*1337 %>{%raw%}",
    "formula": '=HYPERLINK("http://muntin.invalid","x")',
    "controls": "a\x00b\x08\x1b[31mc\r\n",
    "bidi": "\u202egpj.exe\u2066\u200f",
    "surrogate": "a\ud800b\udfff",
    "long": "x" * 3000,
}

#: All of them that fit into one line.
POLYGLOT = (
    "\"'><svg onload=muntin()></span></td><script>muntin()</script>{{7*1337}}\x00\u202e\ud800"
)


def places(raw: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every place below the root of a document, with what stands there."""
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(raw, dict):
        inner = raw.items()
    elif isinstance(raw, list):
        inner = enumerate(raw)
    for step, value in inner:
        yield (*path, step), value
        yield from places(value, (*path, step))


def leaves(raw: Any) -> list[Path]:
    """Return every place that holds no object and no list."""
    return [path for path, value in places(raw) if not isinstance(value, (dict, list))]


def replaced(raw: Any, path: Path, value: Any) -> Any:
    """Return a document with another value in one place; the document itself stays as it is."""
    if not path:
        return value
    step, *rest = path
    copy = dict(raw) if isinstance(raw, dict) else list(raw)
    copy[step] = replaced(copy[step], tuple(rest), value)  # type: ignore[index]  # the step fits
    return copy


def without(raw: Any, path: Path) -> Any:
    """Return a document in which one key, or one item of a list, is not there."""
    step, *rest = path
    copy = dict(raw) if isinstance(raw, dict) else list(raw)
    if rest:
        copy[step] = without(copy[step], tuple(rest))  # type: ignore[index]  # the step fits
    else:
        del copy[step]  # type: ignore[arg-type]  # as above
    return copy


def hostile(raw: Any, text: str) -> Any:
    """Return a document in which every text is another, as is one more key of every object."""
    if isinstance(raw, str):
        return text
    if isinstance(raw, list):
        return [hostile(value, text) for value in raw]
    if isinstance(raw, dict):
        changed = {key: hostile(value, text) for key, value in raw.items()}
        return {**changed, text: next(iter(changed.values()))} if changed else changed
    return raw


def oddities(raw: Any, most: int) -> Iterator[tuple[str, Any]]:
    """Yield at most about `most` documents with one odd value or one missing key, and where."""
    everywhere = [path for path, _ in places(raw)]
    changes = [(path, odd) for path in everywhere for odd in ODD]
    for path, odd in spread(changes, most):
        yield f"{shown(path)} = {odd!r}", replaced(raw, path, odd)
    for path in spread(everywhere, most // 4):
        yield f"without {shown(path)}", without(raw, path)


def spread(items: Sequence[T], most: int) -> list[T]:
    """Return at most `most` of the items, evenly from first to last: the same ones every time."""
    if len(items) <= most:
        return list(items)
    return [items[index * len(items) // most] for index in range(most)]


def shown(path: Path) -> str:
    """Return a place as a person writes it: ``rows[0].symbol``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".") or "$"
