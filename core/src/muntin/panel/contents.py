"""What a panel's picture holds besides markup, as Panel objects that are updated in place."""

from __future__ import annotations

from typing import Any, Protocol

import panel as pn

from muntin.live.stage.charts import (
    DrawnChart,
    LiveElement,
    LiveObject,
    LiveViewer,
    is_element,
    is_viewer,
    target_of,
)
from muntin.state.snapshots import Snapshot
from muntin.ui.components import Chart


class Content(Protocol):
    """Something shown in a slot: the Panel object, and how to bring it up to date."""

    object: Any

    def accepts(self, content: Any) -> bool:
        """Return True if `update` can show this content in place."""
        ...

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Show new content in place."""
        ...


class ChartContent(DrawnChart):
    """A `Chart` as a pane."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self.object = pn.pane.Bokeh(self.root, sizing_mode="stretch_both")


class ElementContent(LiveElement):
    """A HoloViews element as a pane."""

    def __init__(self, element: Any) -> None:
        super().__init__(element)
        self.object = pn.pane.HoloViews(self.map, sizing_mode="stretch_both", linked_axes=False)


def content_of(shown: Any, snapshot: Snapshot) -> Content:
    """Return a slot's content in the way its type allows to keep it live."""
    if isinstance(shown, Chart):
        return ChartContent(shown)
    target = target_of(shown)
    if is_element(target):
        return ElementContent(target)
    if is_viewer(target):
        return LiveViewer(target, snapshot)
    return LiveObject(target)


__all__ = ["Content", "content_of"]
