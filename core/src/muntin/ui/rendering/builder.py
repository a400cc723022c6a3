"""The builder: puts the parts of a component in order and re-renders only values that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from operator import is_
from typing import Any, TypeVar

from muntin.state.fields import Field
from muntin.ui.format import text_of
from muntin.ui.rendering.fragments import Data, Fragment, Leaf, Rendered, Slot, quote
from muntin.ui.rendering.leaves import Look, value_leaf
from muntin.vocabulary import GENERAL, Vocabulary

T = TypeVar("T")
#: A table's cell, and what is made of it.
C = TypeVar("C")
M = TypeVar("M")

#: Makes the leaf of something: id, the thing, the panel's words.
MakeLeaf = Callable[[str, T, Vocabulary], Leaf]

#: Types whose equal values have the same text, provided that the types are the same too.
_EXACT = frozenset({float, int, bool, str, datetime, type(None)})

#: Elements that run or load something, and those that a parser treats in a way of its own.
_REFUSED_TAGS = frozenset(
    {
        *("animate", "base", "body", "embed", "form", "frame", "head", "html", "iframe", "link"),
        *("meta", "object", "script", "set", "style", "template"),
    }
)

#: Attributes that hold an address.
_ADDRESSES = frozenset({"action", "formaction", "href", "src", "xlink:href", "poster", "data"})


class Component:
    """What a view returns: a frozen value that renders itself with a `FragmentBuilder`.

    Derive a frozen dataclass from it and write `render`. Elements that change from one update to
    the next are leaves with keys that start with `key`; everything else is static.
    """

    __slots__ = ()

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the component's elements to `build`."""
        raise NotImplementedError(f"{type(self).__name__} has no render(build, key)")

    def _repr_mimebundle_(self, **_asked: Any) -> Any:
        """Return what a notebook displays."""
        from muntin.panel.notebook import mimebundle

        return mimebundle(self)


class FragmentBuilder:
    """Collects one fragment. Leaves made of the same values as in `before` are reused."""

    def __init__(self, before: Fragment | None = None, words: Vocabulary = GENERAL) -> None:
        #: Grades of the status words of the panel that is rendered.
        self.words = words
        self._before = {} if before is None else before.rendered
        self._rendered: dict[str, Rendered] = {}
        self._parts: list[str | Leaf | Slot | Data] = []
        #: Markup since the last part: neighbouring strings are one part.
        self._markup = ""
        self._taken: set[str] = set()
        self._weight = 0

    @contextmanager
    def element(self, tag: str, attrs: Mapping[str, object] | None = None) -> Iterator[None]:
        """Wrap what is added inside the ``with`` block in an element; attributes are escaped.

        Raises ValueError for elements and attributes that run or load something.
        """
        check_element(tag, attrs or {})
        pairs = "".join(f' {name}="{quote(str(value))}"' for name, value in (attrs or {}).items())
        self._markup += f"<{tag}{pairs}>"
        yield
        self._markup += f"</{tag}>"

    def text(self, text: str) -> None:
        """Add static text, escaped."""
        self._markup += quote(text)

    def leaf(
        self, key: str, tag: str, text: str = "", attrs: Mapping[str, object] | None = None
    ) -> None:
        """Add an element whose text and attributes may change at every update, escaped."""
        check_element(tag, attrs or {})
        pairs = tuple((name, str(value)) for name, value in (attrs or {}).items())
        self.put(Leaf(key, tag, text, pairs))

    def value(
        self,
        key: str,
        field: Field[Any],
        *,
        metric: str = "",
        digits: int | None = None,
        signed: bool = False,
    ) -> None:
        """Add a field as text with its origin; `metric` is its ``data-metric``."""
        attrs = (("data-metric", metric), ("tabindex", "0")) if metric else ()
        text = text_of(field, digits, signed=signed)
        self.put(value_leaf(key, field, text, attrs, Look(signed), self.words))

    def component(self, component: object, key: str) -> None:
        """Add another component; raise TypeError if it is none."""
        if not isinstance(component, Component):
            raise TypeError(
                f"{type(component).__name__} is not a component: return one of muntin.ui,"
                " or a class of your own derived from muntin.ui.Component"
            )
        component.render(self, key)

    def markup(self, literal: str) -> None:
        """Add static markup as it is. It is not escaped: use it for literals only."""
        self._markup += literal

    def put(self, part: Leaf | Slot) -> None:
        """Add a leaf or a slot; a taken id gets a number, because the page finds parts by id."""
        if part.id in self._taken:
            part = replace(part, id=self.free(part.id))
        else:
            self._taken.add(part.id)
        self._add(part)

    def put_data(self, part: Data) -> None:
        """Add a part that is sent as data; its id comes from `free`."""
        self._add(part)

    def free(self, id: str) -> str:  # noqa: A002 - the name of the attribute
        """Return the id, numbered if it is taken, and take it."""
        return free(id, self._taken)

    def _add(self, part: Leaf | Slot | Data) -> None:
        if self._markup:
            self._parts.append(self._markup)
            self._weight += len(self._markup)
            self._markup = ""
        self._parts.append(part)
        self._weight += part.weight

    def cached(self, key: str, make: MakeLeaf[T], thing: T) -> None:
        """Add the leaf `make(key, thing, words)`; the previous one if `thing` looks the same."""
        old = self._before.get(key)
        known = old is not None and same(old.things[0], thing)
        made = old.leaves[0] if old is not None and known else make(key, thing, self.words)
        self._rendered[key] = Rendered((thing,), (made,))
        self.put(made)

    def kept(self, key: str) -> Rendered:
        """Return what `keep` was given under a key before; nothing if it was not."""
        return self._before.get(key) or Rendered((), ())

    def keep(self, key: str, rendered: Rendered) -> None:
        """Keep something for the next rendering."""
        self._rendered[key] = rendered

    def cached_row(
        self,
        key: str,
        cells: Sequence[C],
        makers: Sequence[tuple[str, Callable[[str, C, Vocabulary], M]]],
        columns: tuple[Any, ...],
    ) -> Sequence[M]:
        """Return what is made of a row's cells, that of before where the cells look the same.

        `makers` are, for each cell, the last part of its id and the function that makes it. Where
        all of a row is as before, so is what is returned.
        """
        old = self._before.get(key)
        if old is None or len(old.things) != len(cells) or old.columns != columns:
            made: Sequence[M] = [
                make(f"{key}.{name}", cell, self.words)
                for (name, make), cell in zip(makers, cells, strict=True)
            ]
        else:
            made = [
                one if was is cell or same(was, cell) else make(f"{key}.{name}", cell, self.words)
                for was, cell, one, (name, make) in zip(
                    old.things, cells, old.leaves, makers, strict=True
                )
            ]
            if all(map(is_, made, old.leaves)):
                made = old.leaves
        self._rendered[key] = Rendered(cells, made, columns)
        return made

    def fragment(self) -> Fragment:
        """Return the finished fragment."""
        last = (self._markup,) if self._markup else ()
        return Fragment((*self._parts, *last), self._rendered, self._weight + len(self._markup))


def fragment(
    component: object, prefix: str, before: Fragment | None = None, words: Vocabulary = GENERAL
) -> Fragment:
    """Return a component as a fragment whose ids start with `prefix`.

    Given the previous fragment, only values that changed are rendered. Raises TypeError for
    anything that is not a component.
    """
    build = FragmentBuilder(before, words)
    build.component(component, prefix)
    return build.fragment()


def check_element(tag: str, attrs: Mapping[str, object]) -> None:
    """Raise ValueError for an element that a component may not add."""
    if not tag.isalnum() or tag.casefold() in _REFUSED_TAGS:
        raise ValueError(f"<{tag}>: a component cannot add this element")
    for name, value in attrs.items():
        plain = name.casefold()
        if not name or not all(char.isalnum() or char in "-:_" for char in name):
            raise ValueError(f"{name!r} is not the name of an attribute")
        if plain.startswith("on") or plain in {"srcdoc", "style"}:
            raise ValueError(f"{name!r}: a component cannot add this attribute; use a class")
        if plain in _ADDRESSES and not _safe_address(str(value)):
            raise ValueError(f"{name}={str(value)[:40]!r}: an address is relative or https")


def _safe_address(address: str) -> bool:
    plain = address.strip().casefold()
    return plain.startswith(("https://", "#", "/", "./", "../")) and not plain.startswith("//")


def free(key: str, taken: set[str]) -> str:
    """Return the key, numbered if it is taken, and add it to `taken`."""
    if key in taken:
        numbered = (f"{key}~{number}" for number in count(2))
        key = next(name for name in numbered if name not in taken)
    taken.add(key)
    return key


def same(old: Any, new: Any) -> bool:
    """Return True if two things look the same; either may have a field.

    Equal values may look different: to Python 1, 1.0 and True are equal, and so are 0.0 and -0.0.
    """
    was, now = getattr(old, "field", None), getattr(new, "field", None)
    if was is not now:
        if was is None or now is None:
            return False
        before, value = was.value, now.value
        if type(before) is not type(value) or type(value) not in _EXACT or before != value:
            return False
        if not value and repr(before) != repr(value):
            return False
    return bool(old == new)
