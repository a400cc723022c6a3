"""How much a panel may weigh: what is sent to every viewer has an end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from muntin.errors import MuntinError
from muntin.ui.components import Chart
from muntin.ui.rendering.fragments import Fragment

if TYPE_CHECKING:
    from bokeh.model import Model

#: Characters of markup that a panel may have, and bytes of data that its charts may hold.
MOST = 4_000_000

#: Bytes that a number of a chart's data takes on its way, about.
NUMBER = 16


class TooLarge(MuntinError):
    """A panel shows more than viewers can be sent."""


def bounded(made: Fragment) -> Fragment:
    """Return the fragment; raise TooLarge if its markup is more than a page can carry."""
    _refuse(made.weight, "characters of text and markup")
    return made


def check_rows(rows: int, columns: int) -> None:
    """Raise TooLarge for a table that is larger than any a page can carry, before it is made."""
    _refuse(rows * columns * 10, "characters of a table")


def check_content(content: Any) -> None:
    """Raise TooLarge for a chart whose data is more than viewers can be sent."""
    if isinstance(content, Chart):
        _refuse(sum(map(_columns, content.data.values())), "bytes of chart data")


def heavy(root: Model) -> tuple[Any, ...]:
    """Return the models below a root that hold data or text."""
    return tuple(one for one in root.references() if hasattr(type(one), "data") or _text(one))


def check_models(models: Iterable[Any]) -> None:
    """Raise TooLarge if what Bokeh has drawn is more than viewers can be sent."""
    _refuse(sum(map(_model, models)), "bytes of chart data")


def _model(model: Any) -> int:
    data = _data(model)
    return (_columns(data) if isinstance(data, Mapping) else 0) + len(_text(model))


def _data(model: Any) -> Any:
    return _property(model, "data")


def _text(model: Any) -> str:
    text = _property(model, "text")
    return text if isinstance(text, str) else ""


def _property(model: Any, name: str) -> Any:
    """Return a property, None for a model that has none of that name.

    Its class is asked: where a model has no such property, Bokeh looks for one of a similar name.
    """
    return getattr(model, name) if hasattr(type(model), name) else None


def _columns(data: Mapping[str, Any]) -> int:
    return sum(map(_column, data.values()))


def _column(values: Sequence[Any]) -> int:
    size = len(values)
    first = next(iter(values), None)  # the labels of a pandas Series need not begin at 0
    if not isinstance(first, (str, list, tuple)):
        return size * NUMBER
    return sum(len(value) if hasattr(value, "__len__") else NUMBER for value in values)


def _refuse(weight: int, what: str) -> None:
    if weight > MOST:
        raise TooLarge(f"{weight:,} {what}; a panel may have {MOST:,}")
