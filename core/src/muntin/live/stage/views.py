"""Calling a view: the one place where a panel's own code runs, and where its faults end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin.live.stage.faults import FAULTS, Fault, fault_of
from muntin.live.stage.imports import with_imports
from muntin.live.stage.limits import bounded, check_rows
from muntin.pages import Panel, Viewer
from muntin.state.fields import Field
from muntin.state.snapshots import MEANING, Reading, Snapshot
from muntin.ui import Component, Embed, Metric, Note, Stack, stack
from muntin.ui import frame as ui_frame
from muntin.ui.format import clock
from muntin.ui.rendering import fragment
from muntin.ui.rendering.fragments import Fragment

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
        asked = (seen, viewer) if panel.personal else (seen,)
        shown = with_imports(lambda: panel.view(*asked))
        shown = as_component(shown, panel.title)
        return Picture(bounded(fragment(shown, prefix, before, panel.words)), bare=_bare(shown))
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
            return _other(shown, title)


def _other(shown: object, title: str) -> Any:
    if isinstance(shown, Component):
        return shown
    module = type(shown).__module__
    if module.startswith("pandas") and hasattr(shown, "itertuples"):
        data: Any = shown
        check_rows(*data.shape)
        return ui_frame(data)
    return Embed(shown, title, 260 if module.startswith(("holoviews", "bokeh")) else 0)


def since_words(fault: Fault) -> str:
    """Return the sentence under a panel that was not updated, without any of the exception."""
    return f"Not updated since {clock(fault.since)} UTC, ref {fault.ref}"


__all__ = ["Picture", "as_component", "picture", "since_words"]
