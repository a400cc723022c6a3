"""Reading JSON by path: `Node` makes fields of raw documents, without guesses and defaults."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
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
    if isinstance(raw, dict) and path.isidentifier():  # a key, as nearly every path is
        return raw.get(path)
    found = _walk(raw, _steps(path))
    return None if found is _ABSENT else found


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str | int, ...]:
    """Return a JSON path as keys and indices; documents are read by the same ones every time."""
    found = (match.groups() for match in _STEP.finditer(path.removeprefix("$")))
    return tuple(_step(*groups) for groups in found)


def _step(key: str | None, index: str | None, quoted: str | None) -> str | int:
    if index is not None:
        return int(index)
    return key if key is not None else re.sub(r"\\(.)", r"\1", quoted or "")


def _walk(raw: Any, steps: tuple[str | int, ...]) -> Any:
    """Return what is found step by step; `_ABSENT` where there is nothing."""
    for step in steps:
        if isinstance(step, str):
            raw = raw.get(step, _ABSENT) if isinstance(raw, dict) else _ABSENT
        else:
            there = isinstance(raw, list) and -len(raw) <= step < len(raw)
            raw = raw[step] if there else _ABSENT
        if raw is _ABSENT:
            break
    return raw


def put(raw: Any, path: str, value: Any) -> None:
    """Set the value at a JSON path of a document, where there is one already."""
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
        raw, path = self._first(paths)
        return Node(raw, self.feed, path)

    def _first(self, paths: tuple[str, ...]) -> tuple[Any, str]:
        """Return what stands at the first non-null of `paths`, and its path from the root."""
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

        `percent` says that the key holds per cent (0 to 100): the field is a fraction. A text with
        a per cent sign is one already, and only fits the units ``fraction`` and ``ratio``.
        `positive` refuses values <= 0 (prices); `low` and `high` bound the converted value.
        """
        unit = unit or ("fraction" if percent else "")

        def convert(raw: Any) -> float:
            if type(raw) is float and math.isfinite(raw):  # as nearly every number of a document
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
        raw, path = self._first(paths)
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


def _number(raw: Any, unit: str, *, percent: bool) -> float:
    """Return a number however it is written, in its unit; raise ValueError for what is none."""
    number = parse_number(raw)
    if number.percent and unit not in {"fraction", "ratio", ""}:
        raise ValueError(f"per cent where {unit} is meant")
    return number.value / 100 if percent and not number.percent else number.value
