"""Turning tables of a settings file into frozen dataclasses, every mistake at once.

pydantic does the types; it is imported only when there is something to read. Names are compared
here, because pydantic ignores unknown ones for dataclasses.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from typing import Any, TypeVar

T = TypeVar("T")


def hint(name: str, known: Iterable[str]) -> str:
    """Return ``", did you mean window?"`` for the known name nearest to `name`, "" if none is."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f", did you mean {near[0]}?" if near else ""


class Limits:
    """Bounds of a setting, for use with `typing.Annotated`; light, unlike pydantic's own."""

    def __init__(self, **bounds: float | str) -> None:
        #: ``ge``, ``le``, ``min_length``, ``max_length`` and ``pattern``, as in pydantic.
        self.bounds = bounds

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Return the schema of the setting's type with these bounds."""
        return {**handler(source), **self.bounds}


def parse_table(
    cls: type[T], raw: Mapping[str, Any], where: str = "", env: Mapping[str, str] | None = None
) -> tuple[T | None, list[str]]:
    """Return the dataclass a table describes, or None and a sentence for every mistake.

    Types are strict: the text "12" is no number. `where` is put before each path, and `env` is
    where secrets are looked up. A problem never repeats the value, which may be confidential.
    """
    import json

    from pydantic import TypeAdapter, ValidationError

    problems = list(_unknown(cls, raw, where))
    try:
        # As JSON, so that strict types still take a list for a tuple and a text for a path.
        text = json.dumps(raw, default=_plain)
        value = TypeAdapter(cls).validate_json(text, strict=True, context=env)
    except ValidationError as error:
        return None, problems + [_sentence(item, where) for item in error.errors()]
    return (None, problems) if problems else (value, [])


def parse_text(annotation: Any, text: str) -> tuple[Any, str]:
    """Return the value a text stands for (of an environment variable), or None and the problem."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(annotation).validate_python(text), ""
    except ValidationError as error:
        return None, _words(error.errors()[0]["msg"])


def field_types(cls: type) -> dict[str, Any]:
    """Return the annotations of a dataclass's own settings by name, resolved."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls) if field.init}


def join(where: str, *steps: str | int) -> str:
    """Return a path within a settings file: ``plugin.overview.window``."""
    return ".".join(str(step) for step in (where, *steps) if step != "")


def _plain(value: object) -> str:
    if isinstance(value, (date, time)):  # a datetime is a date
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no settings value")


def _sentence(error: Any, where: str) -> str:
    path = join(where, *error["loc"])
    return f"{path}: {_words(error['msg'])}" if path else _words(error["msg"])


def _words(message: str) -> str:
    plain = message.removeprefix("Value error, ").replace("Input should", "should", 1)
    return "required, but not given" if plain == "Field required" else plain


def _unknown(annotation: Any, raw: Any, where: str) -> Iterator[str]:
    """Yield a sentence for every name in a table, or in one below it, that no dataclass has."""
    if _is_class(annotation) and isinstance(raw, Mapping):
        known = field_types(annotation)
        for name, value in raw.items():
            if name in known:
                yield from _unknown(known[name], value, join(where, name))
            else:
                yield f"{join(where, name)}: unknown{hint(name, known)}"
        return
    for inner in _members(annotation):
        for step, value in _items(annotation, raw):
            yield from _unknown(inner, value, join(where, step))


def _members(annotation: Any) -> list[Any]:
    """Return the dataclasses, and containers of such, that an annotation is made of."""
    inner = typing.get_args(annotation)
    return [one for one in inner if _is_class(one) or typing.get_args(one)]


def _is_class(annotation: Any) -> bool:
    return isinstance(annotation, type) and dataclasses.is_dataclass(annotation)


def _items(annotation: Any, raw: Any) -> list[tuple[str | int, Any]]:
    origin = typing.get_origin(annotation)
    if origin in {typing.Union, types.UnionType, typing.Annotated}:
        return [("", raw)]
    if isinstance(raw, Mapping):
        return list(raw.items())
    return list(enumerate(raw)) if isinstance(raw, list) else []
