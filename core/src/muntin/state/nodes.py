"""Reading JSON by path: `Node` makes fields of raw documents, without guesses or defaults."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from muntin.errors import MalformedFeed
from muntin.state import frames
from muntin.state.fields import Field, Presence, parse_number, parse_time, raw_text
from muntin.state.frames import is_frame

T = TypeVar("T")
_STEP = re.compile(r'\.?([^.\[\]]+)|\[(-?\d+)\]|\["((?:[^"\\]|\\.)*)"\]')
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ABSENT = object()


def join(path: str, step: str | int) -> str:
    """Return `path` extended by a key or an index: ``a.b``, ``a[0]`` or ``a["odd key"]``."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if _PLAIN_KEY.fullmatch(step):
        return f"{path}.{step}" if path else step
    quoted = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{quoted}"]'


def lookup(raw: Any, path: str) -> Any:
    """Return the value at a JSON path, None if it is absent or null."""
    if isinstance(raw, dict) and path.isidentifier():  # a single key: the usual case
        return raw.get(path)
    found = _walk(raw, _steps(path))
    return None if found is _ABSENT else found


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str | int, ...]:
    """Return a JSON path as keys and indices; cached, because the same paths recur."""
    found = (match.groups() for match in _STEP.finditer(path.removeprefix("$")))
    return tuple(_step(*groups) for groups in found)


def _step(key: str | None, index: str | None, quoted: str | None) -> str | int:
    if index is not None:
        return int(index)
    return key if key is not None else re.sub(r"\\(.)", r"\1", quoted or "")


def _walk(raw: Any, steps: tuple[str | int, ...]) -> Any:
    """Return the value at the end of `steps`; `_ABSENT` if there is none."""
    for step in steps:
        if isinstance(raw, dict | list):
            raw = _child(raw, step)
        else:
            raw = _of_frame(raw, step) if is_frame(raw) else _ABSENT
        if raw is _ABSENT:
            break
    return raw


def _child(raw: dict[str, Any] | list[Any], step: str | int) -> Any:
    if isinstance(raw, dict):
        return raw.get(step, _ABSENT) if isinstance(step, str) else _ABSENT
    there = isinstance(step, int) and -len(raw) <= step < len(raw)
    return raw[step] if there else _ABSENT  # type: ignore[index]  # an index, as was seen


def _of_frame(frame: Any, step: str | int) -> Any:
    """Return a row of a data frame by its index, a column by its name."""
    if isinstance(step, int):
        return frames.row(frame, step) if -len(frame) <= step < len(frame) else _ABSENT
    return _ABSENT if (found := frames.column(frame, step)) is None else found


def put(raw: Any, path: str, value: Any) -> None:
    """Set the value at a JSON path that the document already holds."""
    steps = _steps(path)
    if steps and _walk(raw, steps) is not _ABSENT:
        _walk(raw, steps[:-1])[steps[-1]] = value


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a raw JSON document: its value, the feed's name and the path from the root."""

    raw: Any
    feed: str = ""
    path: str = ""

    def at(self, *paths: str) -> Node:
        """Return the place of the first non-null of `paths`; the first path where all are null."""
        raw, path = self.locate(*paths)
        return Node(raw, self.feed, path)

    def locate(self, *paths: str) -> tuple[Any, str]:
        """Return the value at the first non-null of `paths`, and its path from the root."""
        for path in paths:
            found = lookup(self.raw, path)
            if found is not None:
                return found, self._below(path)
        return None, self._below(paths[0])

    def _below(self, path: str) -> str:
        here = self.path
        return f"{here}.{path}" if here and not path.startswith("[") else here + path

    def number(
        self,
        *paths: str,
        unit: str = "",
        percent: bool = False,
        positive: bool = False,
        low: float | None = None,
        high: float | None = None,
    ) -> Field[float]:
        """Return the number at the first non-null path.

        `percent` says that the key holds per cent (0 to 100); the field is then a fraction. A text
        with a per cent sign is a fraction already and only fits the units ``fraction`` and
        ``ratio``. `positive` refuses values <= 0 (prices); `low` and `high` bound the converted
        value. A value that is refused makes an invalid field, which says why.
        """
        unit = unit or ("fraction" if percent else "")

        def convert(raw: Any) -> float:
            if type(raw) is float and math.isfinite(raw):  # the usual case, and the fast one
                value = raw / 100 if percent else raw
            else:
                value = _number(raw, unit, percent=percent)
            if positive and value <= 0:
                raise ValueError(f"{raw_text(raw)} is not above zero")
            if (low is not None and value < low) or (high is not None and value > high):
                raise ValueError(f"{raw_text(raw)} is out of range")
            return value

        return self._field(paths, unit, convert)

    def text(self, *paths: str) -> Field[str]:
        """Return the text at the first non-null path, one line of at most 200 characters."""

        def convert(raw: Any) -> str:
            if not isinstance(raw, str):
                raise ValueError("not a text")
            return raw_text(raw)

        return self._field(paths, "", convert)

    def flag(self, *paths: str) -> Field[bool]:
        """Return the boolean at the first non-null path."""

        def convert(raw: Any) -> bool:
            if not isinstance(raw, bool):
                raise ValueError("neither true nor false")
            return raw

        return self._field(paths, "", convert)

    def time(self, *paths: str) -> Field[datetime]:
        """Return the UTC instant at the first non-null path."""
        return self._field(paths, "time", parse_time)

    def _field(self, paths: tuple[str, ...], unit: str, convert: Callable[[Any], T]) -> Field[T]:
        raw, path = self.locate(*paths)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            absent = _walk(self.raw, _steps(paths[0])) is _ABSENT
            presence = Presence.MISSING if absent else Presence.NULL
            return Field(None, unit, self.feed, path, "", presence, "not in the document")
        text = raw_text(raw)
        try:
            value = convert(raw)
        except ValueError as error:
            return Field(None, unit, self.feed, path, text, Presence.INVALID, str(error))
        return Field(value, unit, self.feed, path, text, Presence.OK)

    def count(self, *paths: str) -> Field[int]:
        """Return the whole number, zero or more, at the first non-null path."""

        def convert(raw: Any) -> int:
            value = _number(raw, "count", percent=False)
            if value < 0 or value != int(value):
                raise ValueError(f"{raw_text(raw)} is not a whole number")
            return int(value)

        return self._field(paths, "count", convert)

    def named(self, *keys: str) -> Iterator[tuple[Field[str] | None, Node]]:
        """Yield name and place of each entry of an object or a list of objects.

        The name is the text or whole number at the first of `keys` in the entry, else the entry's
        own key. It is one printable line of at most 40 characters; None for an entry without a
        name, and for one that is not an object.
        """
        listed = isinstance(self.raw, list)
        entries = (("", row) for row in self.rows()) if listed else self.entries()
        for key, place in entries:
            yield _name(key, place, keys), place

    def entries(self, *paths: str) -> Iterator[tuple[str, Node]]:
        """Yield key and place of each entry of the object at the first non-null path."""
        node = self.at(*paths) if paths else self
        if isinstance(node.raw, dict):
            for key, value in node.raw.items():
                yield key, Node(value, self.feed, join(node.path, key))

    def rows(self, *paths: str) -> Iterator[Node]:
        """Yield the place of each element of the list, value of the object or row of the frame."""
        node = self.at(*paths) if paths else self
        if isinstance(node.raw, list) or is_frame(node.raw):
            for index, value in enumerate(_elements(node.raw)):
                yield Node(value, self.feed, join(node.path, index))
        else:
            for _, child in node.entries():
                yield child

    def has(self, *paths: str) -> bool:
        """Return True if any of the paths holds something other than null."""
        return any(lookup(self.raw, path) is not None for path in paths)

    def require(self, kind: type, *paths: str) -> Node:
        """Return the place at `paths`; raise MalformedFeed unless it holds a `kind`."""
        node = self.at(*paths) if paths else self
        if not isinstance(node.raw, kind):
            names: dict[type, str] = {dict: "an object", list: "a list", type(None): "nothing"}
            wanted = names.get(kind, kind.__name__)
            found = names.get(type(node.raw), type(node.raw).__name__)
            raise MalformedFeed(node.path or "$", f"expected {wanted}, found {found}")
        return node


def _elements(raw: Any) -> Iterable[Any]:
    return frames.rows(raw) if is_frame(raw) else raw


def _name(key: str, place: Node, keys: tuple[str, ...]) -> Field[str] | None:
    if not isinstance(place.raw, dict):
        return None
    raw, path = place.locate(*keys) if keys else (None, "")
    own = isinstance(raw, (str, int)) and not isinstance(raw, bool)
    text = _one_line(str(raw) if own else key)
    if not text:
        return None
    return Field(text, "", place.feed, path if own else place.path, text, Presence.OK)


def _one_line(name: str, limit: int = 40) -> str:
    """Return a name as one line that can be encoded and shown."""
    plain = name[:200].encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else " " for char in plain).strip()[:limit]


def _number(raw: Any, unit: str, *, percent: bool) -> float:
    """Return a number in its unit, however it is written; raise ValueError if it is none."""
    number = parse_number(raw)
    if number.percent and unit not in {"fraction", "ratio", ""}:
        raise ValueError(f"per cent where {unit} is meant")
    return number.value / 100 if percent and not number.percent else number.value
