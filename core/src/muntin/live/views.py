"""Calling a view: the one place where a panel's own code runs, and where its faults end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin.fields import Field, Presence
from muntin.live.faults import FAULTS, Fault, fault_of
from muntin.live.weight import bounded, check_rows
from muntin.pages import Panel
from muntin.state import MEANING, Reading, Snapshot
from muntin.ui import Live, Metric, Note, Stack, stack, table
from muntin.ui.components import Column, Row, Table, row, words
from muntin.ui.format import clock
from muntin.ui.fragments import Fragment
from muntin.ui.html import fragment
from muntin.viewers import Viewer

NOBODY = Viewer()


@dataclass(frozen=True, slots=True)
class Picture:
    """What a panel shows at one snapshot: a fragment, or the fault that prevented it."""

    fragment: Fragment
    fault: Fault | None = None
    #: True where core says why there is nothing to show, instead of the view.
    waiting: bool = False
    #: True if there is nothing but sentences: nothing to show, and why.
    bare: bool = False


def picture(
    panel: Panel,
    snapshot: Snapshot,
    prefix: str,
    where: str,
    viewer: Viewer = NOBODY,
    before: Fragment | None = None,
) -> Picture:
    """Return the panel's picture; never raises, whatever the view does.

    `before` is what was drawn before: values that are the same as in it are not drawn again.

    Raises only for a person's Ctrl-C; SystemExit and CancelledError of a view are faults.
    """
    try:
        waiting = _waiting(panel, snapshot)
        if waiting:
            return Picture(fragment(waiting, prefix), waiting=True, bare=True)
        seen = snapshot.limited(panel.feeds)
        shown = panel.view(seen, viewer) if panel.personal else panel.view(seen)
        shown = as_component(shown, panel.title)
        return Picture(bounded(fragment(shown, prefix, before)), bare=_bare(shown))
    except FAULTS as error:
        return Picture(Fragment(), fault_of(error, where, snapshot.now))


def _bare(shown: Any) -> bool:
    if isinstance(shown, Stack):
        return all(_bare(item) for item in shown.items)
    return isinstance(shown, Note)


def _waiting(panel: Panel, snapshot: Snapshot) -> Stack | None:
    absent = [reading for feed in panel.needs if not (reading := snapshot.reading(feed)).has_value]
    if not absent:
        return None
    notes = (
        Note(f"Waiting for {reading.feed.name}: {_reason(reading)}", "none") for reading in absent
    )
    return stack(*notes)


def _reason(reading: Reading) -> str:
    return MEANING[reading.fault] if reading.fault else "no value"


def as_component(shown: object, title: str) -> Any:
    """Return what a view returned as a component of `muntin.ui`; text is always just text."""
    match shown:
        case Field():
            return Metric("value", title, shown)
        case None:
            return Note("Nothing to show.", "none")
        case str() | int() | float():
            return Note(str(shown))
        case list() | tuple():
            return stack(*(as_component(item, title) for item in shown))
        case Stack():
            return Stack(tuple(as_component(item, title) for item in shown.items), shown.side)
        case _:
            return _by_module(shown, title)


def _by_module(shown: object, title: str) -> Any:
    module = type(shown).__module__
    if module.startswith("muntin.ui"):
        return shown
    if module.startswith("pandas") and hasattr(shown, "itertuples"):
        return _frame(shown)
    return Live(shown, title, 260 if module.startswith(("holoviews", "bokeh")) else 0)


def _frame(frame: Any) -> Table:
    """Return a DataFrame as a table; its cells are typed, so numbers sort as numbers."""
    check_rows(*frame.shape)
    numeric = [dtype.kind in "iuf" for dtype in frame.dtypes]
    columns = [
        Column(f"c{index}", str(name), numeric=kind)
        for index, (name, kind) in enumerate(zip(frame.columns, numeric, strict=True))
    ]
    return table(columns, (_frame_row(index, cells) for index, cells in enumerate(frame.values)))


def _frame_row(index: int, cells: Any) -> Row:
    return row(str(index), *(_frame_cell(cell) for cell in cells))


def _frame_cell(cell: Any) -> Field[Any]:
    import pandas as pd

    plain = cell.item() if hasattr(cell, "item") and getattr(cell, "ndim", 0) == 0 else cell
    if plain is None or (pd.api.types.is_scalar(plain) and pd.isna(plain)):
        return Field()
    number = isinstance(plain, (int, float)) and not isinstance(plain, bool)
    return Field(plain, presence=Presence.OK) if number else words(str(plain))


def since_words(fault: Fault) -> str:
    """Return the sentence under a panel that was not updated, without any of the exception."""
    return f"Not updated since {clock(fault.since)} UTC, ref {fault.ref}"


__all__ = ["Picture", "as_component", "picture", "since_words"]
