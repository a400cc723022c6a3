"""Rendering a panel or a page in a test: what a viewer would read, without server or browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bokeh.document import Document

from muntin.live.stage.markup import body_html
from muntin.live.stage.scene import Change, PanelState, Scene
from muntin.pages import Page, Panel, Viewer
from muntin.state.snapshots import Snapshot
from muntin.testing.readout import Cells, Readout, Shown, frame
from muntin.ui.rendering.fragments import quote

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: models built anew, and values sent."""

    models_rebuilt: int
    leaves: int
    panels: tuple[str, ...]


class Rendered:
    """A panel or page as drawn from a snapshot; `update` draws it again from another one."""

    def __init__(self, page: Page, snapshot: Snapshot, viewer: Viewer | None = None) -> None:
        self._document = Document()
        self._scene = Scene(page, self._document, viewer=viewer)
        self._draw(snapshot)

    def _draw(self, snapshot: Snapshot) -> Change:
        self._snapshot = snapshot
        self._readout: Readout | None = None
        return self._scene.update(snapshot)

    def update(self, snapshot: Snapshot) -> Updated:
        """Draw from another snapshot and return how much of it was new."""
        before = {model.id for model in self._document.models}
        change = self._draw(snapshot)
        rebuilt = sum(model.id not in before for model in self._document.models)
        return Updated(rebuilt, len(change.leaves), change.panels)

    @property
    def _states(self) -> list[PanelState]:
        return list(self._scene.states.values())

    @property
    def _read(self) -> Readout:
        if self._readout is None:
            self._readout = Readout("".join(map(self._section, self._states)))
        return self._readout

    def _section(self, state: PanelState) -> str:
        body = body_html(state, self._snapshot, whole=True)
        return f'<section data-panel="{quote(state.panel.slug)}">{body}</section>'

    @property
    def html(self) -> str:
        """The markup of all panels' bodies."""
        return "".join(body_html(state, self._snapshot, whole=True) for state in self._states)

    @property
    def text(self) -> str:
        """What can be read, white space folded."""
        return self._read.text

    @property
    def metrics(self) -> dict[str, Shown]:
        """Every metric by its id."""
        return self._read.metrics

    @property
    def cells(self) -> list[Cells]:
        """Every table row, of all tables in order, as cells by column id."""
        return self._read.cells

    @property
    def table(self) -> pd.DataFrame:
        """All table rows as one DataFrame of texts."""
        return frame(self.cells)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table as a DataFrame of texts, by its panel's slug; a second one is ``slug~2``."""
        return self._read.tables

    @property
    def data(self) -> dict[str, dict[str, list[Any]]]:
        """The data of every named ``ColumnDataSource``, and of others by their chart's slot."""
        from bokeh.models import ColumnDataSource

        found: dict[str, dict[str, list[Any]]] = {}
        for root in self._document.roots:
            sources: list[Any] = list(root.select({"type": ColumnDataSource}))
            # Bokeh finds them in any order; their ids grow as they are made.
            sources.sort(key=lambda source: (len(source.id), source.id))
            for index, source in enumerate(sources):
                key = source.name or f"{root.name}.{index}"
                found[key] = {name: list(values) for name, values in source.data.items()}
        return found

    @property
    def models(self) -> tuple[Any, ...]:
        """Every Bokeh model of the document."""
        return tuple(self._document.models)

    @property
    def status(self) -> dict[str, str]:
        """``ok``, ``waiting`` for a feed or ``failed``, for each panel by its slug."""
        return {state.panel.slug: _status(state) for state in self._states}

    @property
    def faults(self) -> dict[str, str]:
        """Type and text of what each faulty panel raised, by its slug."""
        return {s.panel.slug: s.fault.summary for s in self._states if s.fault is not None}

    @property
    def waiting(self) -> tuple[str, ...]:
        """Slugs of the panels that wait for a feed they need."""
        return tuple(state.panel.slug for state in self._states if state.waiting)


def _status(state: PanelState) -> str:
    if state.fault is not None:
        return "failed"
    return "waiting" if state.waiting else "ok"


def render(what: Panel | Page, snapshot: Snapshot, viewer: Viewer | None = None) -> Rendered:
    """Return a panel or a page drawn from a snapshot, faults and all, as `viewer` would get it."""
    if isinstance(what, Page):
        return Rendered(what, snapshot, viewer)
    scope = "personal" if what.personal else "shared"
    return Rendered(Page("test", "Test", (what,), scope=scope), snapshot, viewer)
