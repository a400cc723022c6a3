"""The content of one document: its panels, how they stand, and what an update changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from bokeh.document import Document

from muntin.live.bokeh import forget_removed, localise
from muntin.live.stage.charts import Drawn, DrawnObject, draw, target_of
from muntin.live.stage.faults import FAULTS, Fault, fault_of
from muntin.live.stage.imports import with_imports
from muntin.live.stage.limits import TooLarge, check_content, check_models, heavy
from muntin.live.stage.sendable import NotSendable, check_sendable
from muntin.live.stage.views import Picture, picture
from muntin.pages import Page, Panel, Viewer
from muntin.state.snapshots import Snapshot
from muntin.ui.rendering.fragments import DataChange, Fragment, LeafChange

#: Told of events: kind, subject, detail; must return at once.
Happened = Callable[[str, str, str], None]

log = structlog.get_logger("muntin.panels")


@dataclass(frozen=True, slots=True)
class PanelState:
    """How one panel stands: the last good fragment, and the fault that has come since."""

    panel: Panel
    fragment: Fragment = field(default_factory=Fragment)
    fault: Fault | None = None
    #: True if `fragment` is a good picture, be it of before the fault.
    drawn: bool = False
    waiting: bool = False
    #: Nothing but sentences to show.
    bare: bool = False
    #: Faults since the start.
    faults: int = 0

    def after(self, made: Picture) -> PanelState:
        """Return the next state; a fault keeps the last good picture and its own beginning."""
        if made.fault is None:
            return replace(
                self,
                fragment=made.fragment,
                fault=None,
                drawn=True,
                waiting=made.waiting,
                bare=made.bare,
            )
        fault = made.fault
        if self.fault is not None and self.fault.ref == fault.ref:
            fault = replace(fault, since=self.fault.since)
        return replace(self, fault=fault, faults=self.faults + 1)


@dataclass(frozen=True, slots=True)
class Change:
    """What an update changed in the page's HTML."""

    leaves: tuple[LeafChange, ...] = ()
    #: Slugs of the panels whose structure or fault changed: they are replaced whole.
    panels: tuple[str, ...] = ()
    #: True if charts came or went, so that viewers have to pull the document again.
    resync: bool = False
    #: What changed in the rows of long tables.
    data: tuple[DataChange, ...] = ()

    def and_panels(self, panels: tuple[str, ...]) -> Change:
        """Return the change with more panels replaced, whose charts are gone."""
        return replace(self, panels=(*self.panels, *panels), resync=True)

    def __bool__(self) -> bool:
        """True if anything changed."""
        return bool(self.leaves or self.panels or self.resync or self.data)


class Scene:
    """The panels of a page in one Bokeh document; used from one thread only."""

    def __init__(
        self,
        page: Page,
        document: Document,
        happened: Happened = lambda *_: None,
        viewer: Viewer | None = None,
        *,
        traces: bool = False,
    ) -> None:
        self.page = page
        #: Whether viewers may see the traces of faults.
        self._traces = traces
        self._viewer = viewer or Viewer()
        self._happened = happened
        self.document = document
        self.states = {panel.slug: PanelState(panel) for panel in page.panels}
        self._drawn: dict[str, Drawn] = {}
        #: The models of each chart that may be too large.
        self._heavy: dict[str, tuple[Any, ...]] = {}
        #: Slug of the panel whose view is running, for the watchdog.
        self.running = ""

    def update(self, snapshot: Snapshot, changed: frozenset[str] | None = None) -> Change:
        """Bring every panel that reads a changed feed up to date (all for None)."""
        changes = [
            self._update(slug, snapshot)
            for slug, state in self.states.items()
            if changed is None or any(feed.name in changed for feed in state.panel.feeds)
        ]
        return Change(
            tuple(leaf for change in changes for leaf in change.leaves),
            tuple(slug for change in changes for slug in change.panels),
            any(change.resync for change in changes),
            tuple(data for change in changes for data in change.data),
        )

    def withdraw(self, now: datetime) -> tuple[str, ...]:
        """Remove the charts that browsers cannot be sent; return the slugs of their panels."""
        refused: list[str] = []
        for key, drawn in tuple(self._drawn.items()):
            slug = key.partition(".")[0]
            try:
                check_sendable(drawn.root)
            except NotSendable as error:
                self._remove(key)
                fault = fault_of(error, f"{self.page.slug}/{slug}", now)
                self._keep(slug, Picture(Fragment(), fault))
                refused.append(slug)
        return tuple(dict.fromkeys(refused))

    def _update(self, slug: str, snapshot: Snapshot) -> Change:
        old = self.states[slug]
        self.running = slug
        try:
            where = f"{self.page.slug}/{slug}"
            made = picture(old.panel, snapshot, slug, where, self._viewer, old.fragment)
            made, resync = self._draw_slots(made, snapshot, where)
        finally:
            self.running = ""
        new = self._keep(slug, made)
        if new.fault is not None and _ref(old) == new.fault.ref:
            return Change(resync=resync)
        if resync or _ref(new) != _ref(old) or not old.drawn or _kind(new) != _kind(old):
            return Change(panels=(slug,), resync=resync)
        if not new.fragment.fits(old.fragment):
            return Change(panels=(slug,))
        made_data = tuple(new.fragment.changed_data(old.fragment))
        return Change(leaves=tuple(new.fragment.changed(old.fragment)), data=made_data)

    def _keep(self, slug: str, made: Picture) -> PanelState:
        """Take a panel's new picture or fault; return how the panel stands now."""
        if made.fault is not None and self._traces:
            made = replace(made, fault=replace(made.fault, public=True))
        old = self.states[slug]
        self.states[slug] = new = old.after(made)
        self._note(old, new)
        return new

    def _note(self, old: PanelState, new: PanelState) -> None:
        """Say when a panel's fault begins, changes or ends; not at every update."""
        if new.fault is not None and _ref(old) != new.fault.ref:
            fault = new.fault
            log.warning(
                "panel failed", where=fault.where, ref=fault.ref, error=fault.summary,
                at=fault.place,
            )  # fmt: skip
            self._happened("panel-failed", fault.where, fault.ref)
        elif new.fault is None and old.fault is not None:
            log.info("panel recovered", where=old.fault.where, ref=old.fault.ref)
            self._happened("panel-recovered", old.fault.where, old.fault.ref)

    def _draw_slots(self, made: Picture, snapshot: Snapshot, where: str) -> tuple[Picture, bool]:
        """Draw or update the charts of a picture; a chart that fails makes the panel faulty."""
        if made.fault is not None:
            return made, False
        slug = where.partition("/")[2]
        resync = False
        key = ""
        try:
            for key, slot in made.fragment.slots.items():
                resync |= self._draw_slot(key, slot.content, snapshot)
            resync |= self._drop(slug, set(made.fragment.slots))
            if resync or not all(self._drawn[key].plain for key in made.fragment.slots):
                localise(self.document)
        except FAULTS as error:
            # What is too large to be sent must not stay in the document.
            resync |= isinstance(error, TooLarge) and self._drop_one(key)
            return Picture(Fragment(), fault_of(error, where, snapshot.now)), resync
        return made, resync

    def _draw_slot(self, key: str, content: Any, snapshot: Snapshot) -> bool:
        drawn, target = self._drawn.get(key), target_of(content)
        if drawn is not None and drawn.accepts(target):
            check_content(content)
            drawn.update(target, snapshot)
            if isinstance(drawn, DrawnObject):  # only this kind changes its models
                self._heavy[key] = heavy(drawn.root)
            check_models(self._heavy[key])
            return False
        made, held = draw_checked(content, self.document, snapshot)
        self._remove(key)
        self._heavy[key] = held
        made.root.name = key
        self.document.add_root(made.root)
        self._drawn[key] = made
        return True

    def _drop(self, slug: str, keep: set[str]) -> bool:
        gone = [key for key in self._drawn if key.startswith(f"{slug}.") and key not in keep]
        for key in gone:
            self._remove(key)
        return bool(gone)

    def _drop_one(self, key: str) -> bool:
        there = key in self._drawn
        self._remove(key)
        return there

    def _remove(self, key: str) -> None:
        drawn, _ = self._drawn.pop(key, None), self._heavy.pop(key, None)
        if drawn is not None:
            self.document.remove_root(drawn.root)
            forget_removed(self.document)


def draw_checked(
    content: Any, document: Document, snapshot: Snapshot
) -> tuple[Drawn, tuple[Any, ...]]:
    """Return content drawn for a document, and those of its models that hold data.

    Raises TooLarge or NotSendable for what browsers cannot be sent, and whatever drawing raises.
    """
    check_content(content)
    made = with_imports(lambda: draw(content, document, snapshot))
    check_sendable(made.root)
    check_models(held := heavy(made.root))
    return made, held


def _kind(state: PanelState) -> tuple[bool, bool]:
    return state.waiting, state.bare


def _ref(state: PanelState) -> str:
    return "" if state.fault is None else state.fault.ref
