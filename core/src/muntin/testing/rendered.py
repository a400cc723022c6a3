"""Rendering a panel or a page in a test: what a viewer would read, without server or browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bokeh.document import Document

from muntin.live.markup import body_html, trust
from muntin.live.scene import PanelState, Scene
from muntin.pages import Page, Panel
from muntin.state import Snapshot
from muntin.ui.fragments import Leaf
from muntin.viewers import Viewer

if TYPE_CHECKING:
    import pandas as pd

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Shown:
    """One value on the page: its text, and the attributes that say what it is."""

    text: str
    value: str
    feed: str
    path: str
    status: str
    as_of: str


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
        self._snapshot = snapshot
        self._scene.update(snapshot)

    def update(self, snapshot: Snapshot) -> Updated:
        """Draw from another snapshot and return how much of it was new."""
        before = {model.id for model in self._document.models}
        self._snapshot = snapshot
        change = self._scene.update(snapshot)
        rebuilt = sum(model.id not in before for model in self._document.models)
        return Updated(rebuilt, len(change.leaves), change.panels)

    @property
    def _states(self) -> list[PanelState]:
        return list(self._scene.states.values())

    @property
    def html(self) -> str:
        """The markup of all panels' bodies."""
        return "".join(body_html(state, self._snapshot) for state in self._states)

    @property
    def text(self) -> str:
        """What can be read, white space folded."""
        return " ".join(html.unescape(_TAG.sub(" ", self.html)).split())

    @property
    def metrics(self) -> dict[str, Shown]:
        """Every metric by its id."""
        return {
            attrs["data-metric"]: self._shown(leaf, attrs)
            for leaf, attrs in self._leaves()
            if "data-metric" in attrs
        }

    @property
    def cells(self) -> list[dict[str, Shown]]:
        """Every table row, of all tables in order, as cells by column id."""
        rows: dict[str, dict[str, Shown]] = {}
        for leaf, attrs in self._leaves():
            if "data-column" in attrs:
                column = attrs["data-column"]
                rows.setdefault(leaf.id.removesuffix(f".{column}"), {})[column] = self._shown(
                    leaf, attrs
                )
        return list(rows.values())

    @property
    def table(self) -> pd.DataFrame:
        """All table rows as one DataFrame of texts."""
        import pandas as pd

        return pd.DataFrame([{name: cell.text for name, cell in row.items()} for row in self.cells])

    @property
    def data(self) -> dict[str, dict[str, list[Any]]]:
        """The data of every named ``ColumnDataSource``, and of others by their chart's slot."""
        from bokeh.models import ColumnDataSource

        found: dict[str, dict[str, list[Any]]] = {}
        for root in self._document.roots:
            sources: list[Any] = list(root.select({"type": ColumnDataSource}))
            for index, source in enumerate(sources):
                key = source.name or f"{root.name}.{index}"
                found[key] = {name: list(values) for name, values in source.data.items()}
        return found

    @property
    def faults(self) -> dict[str, str]:
        """Type and text of what each faulty panel raised, by its slug."""
        return {s.panel.slug: s.fault.summary for s in self._states if s.fault is not None}

    @property
    def waiting(self) -> tuple[str, ...]:
        """Slugs of the panels that wait for a feed they need."""
        return tuple(state.panel.slug for state in self._states if state.waiting)

    def _leaves(self) -> Iterator[tuple[Leaf, dict[str, str]]]:
        for state in self._states:
            for leaf in state.fragment.leaves.values():
                yield leaf, dict(leaf.attrs)

    def _shown(self, leaf: Leaf, attrs: dict[str, str]) -> Shown:
        judged = dict(trust(self._snapshot)(leaf))
        return Shown(
            leaf.text, attrs.get("data-value", ""), attrs.get("data-feed", ""),
            attrs.get("data-path", ""), judged.get("data-status", ""), judged.get("data-as-of", ""),
        )  # fmt: skip


def render(what: Panel | Page, snapshot: Snapshot, viewer: Viewer | None = None) -> Rendered:
    """Return a panel or a page drawn from a snapshot, faults and all, as `viewer` would get it."""
    if isinstance(what, Page):
        return Rendered(what, snapshot, viewer)
    scope = "private" if what.personal else "shared"
    return Rendered(Page("test", "Test", (what,), scope=scope), snapshot, viewer)
