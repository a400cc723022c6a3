"""Reading JSON by path: `Node` makes fields of raw documents, without guesses and defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from muntin.errors import MalformedFeed
from muntin.fields import Field, Presence, parse_number, parse_time, raw_text

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
    found = _find(raw, path)
    return None if found is _ABSENT else found


def _find(raw: Any, path: str) -> Any:
    for match in _STEP.finditer(path.removeprefix("$")):
        key, index, quoted = match.groups()
        if index is not None:
            ok = isinstance(raw, list) and -len(raw) <= int(index) < len(raw)
            raw = raw[int(index)] if ok else _ABSENT
        else:
            name = key if key is not None else re.sub(r"\\(.)", r"\1", quoted)
            raw = raw.get(name, _ABSENT) if isinstance(raw, dict) else _ABSENT
        if raw is _ABSENT:
            return _ABSENT
    return raw


def put(raw: Any, path: str, value: Any) -> None:
    """Set the value at a JSON path of a document, where there is one already."""
    plain_path = path.removeprefix("$")
    steps = list(_STEP.finditer(plain_path))
    holder: Any = _find(raw, plain_path[: steps[-1].start()] if steps else "")
    if steps and _find(raw, plain_path) is not _ABSENT:
        key, index, quoted = steps[-1].groups()
        plain = key if key is not None else re.sub(r"\\(.)", r"\1", quoted or "")
        holder[int(index) if index is not None else plain] = value


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a raw JSON document: its value, the feed's name and the path from the root."""

    raw: Any
    feed: str = ""
    path: str = ""

    def at(self, *paths: str) -> Node:
        """Return the place of the first non-null of `paths`; the first path where all are null."""
        for path in paths:
            if lookup(self.raw, path) is not None:
                return self._child(path)
        return self._child(paths[0])

    def _child(self, path: str) -> Node:
        sub = path if not self.path or path.startswith("[") else f".{path}"
        return Node(lookup(self.raw, path), self.feed, self.path + sub)

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

        `percent` says that the key holds per cent (0 to 100): the field is a fraction. A text with
        a per cent sign is one already, and only fits the units ``fraction`` and ``ratio``.
        `positive` refuses values <= 0 (prices); `low` and `high` bound the converted value.
        """
        unit = unit or ("fraction" if percent else "")

        def convert(raw: Any) -> float:
            number = parse_number(raw)
            if number.percent and unit not in {"fraction", "ratio", ""}:
                raise ValueError(f"per cent where {unit} is meant")
            value = number.value / 100 if percent and not number.percent else number.value
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
        node = self.at(*paths)
        if node.raw is None or (isinstance(node.raw, str) and not node.raw.strip()):
            absent = _find(self.raw, paths[0]) is _ABSENT
            presence = Presence.MISSING if absent else Presence.NULL
            return Field(None, unit, self.feed, node.path, "", presence, "not in the document")
        text = raw_text(node.raw)
        try:
            value = convert(node.raw)
        except ValueError as error:
            return Field(None, unit, self.feed, node.path, text, Presence.INVALID, str(error))
        return Field(value, unit, self.feed, node.path, text, Presence.OK)

    def entries(self, *paths: str) -> Iterator[tuple[str, Node]]:
        """Yield key and place of each entry of the object at the first non-null path."""
        node = self.at(*paths) if paths else self
        if isinstance(node.raw, dict):
            for key, value in node.raw.items():
                yield key, Node(value, self.feed, join(node.path, key))

    def rows(self, *paths: str) -> Iterator[Node]:
        """Yield the place of each element of the list, or of each value of the object, found."""
        node = self.at(*paths) if paths else self
        if isinstance(node.raw, list):
            for index, value in enumerate(node.raw):
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
