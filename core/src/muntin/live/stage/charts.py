"""Keeping a chart live: the way is chosen by what the view returned."""

from __future__ import annotations

from typing import Any, Protocol

from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import ColumnDataSource, Plot

from muntin.live.bokeh import holoviews_plot
from muntin.live.stage.columns import bring_up_to_date, columns_of, sendable
from muntin.state.snapshots import Snapshot
from muntin.ui.components import Chart, Embed


class Drawn(Protocol):
    """Something drawn in a document: its root model, and how to bring it up to date."""

    root: Model
    #: True if an update changes nothing but data: neither models nor their style sheets.
    plain: bool

    def accepts(self, content: Any) -> bool:
        """Return True if `update` can show this content in place."""
        ...

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Show new content in place."""
        ...


class DrawnChart:
    """A `Chart`: drawn once, afterwards only what is new of its data is sent."""

    plain = True

    def __init__(self, chart: Chart) -> None:
        self.draw = chart.draw
        self.sources = {
            name: ColumnDataSource(data=sendable(columns_of(data)), name=name)
            for name, data in chart.data.items()
        }
        self.root = chart.draw(**self.sources)

    def accepts(self, content: Any) -> bool:
        """Return True for a chart of the same drawing and the same sources."""
        return (
            isinstance(content, Chart)
            and content.draw == self.draw  # a bound method is another object each time
            and content.data.keys() == self.sources.keys()
        )

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Bring the sources up to date."""
        del snapshot
        for name, data in content.data.items():
            bring_up_to_date(self.sources[name], columns_of(data))


def dress(root: Any) -> None:
    """Make a HoloViews figure plain; its colours are the page's own style sheet's affair."""
    if isinstance(root, Plot):
        root.toolbar.logo = None
        for axis in root.axis:
            axis.axis_label_text_font_style = "normal"
            axis.minor_tick_line_color = None


class LiveElement:
    """A HoloViews element behind a DynamicMap: the viewer's zoom survives, only data is sent."""

    plain = False

    def __init__(self, element: Any) -> None:
        import holoviews as hv

        self.kind = type(element)
        self.pipe = hv.streams.Pipe(data=element)
        self.map = hv.DynamicMap(lambda data: data, streams=[self.pipe]).opts(framewise=True)

    def accepts(self, content: Any) -> bool:
        """Return True for another element of the same type."""
        return type(content) is self.kind

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Send the new element's data."""
        del snapshot
        self.pipe.send(content)


class DrawnElement(LiveElement):
    """A HoloViews element as a figure of a document."""

    def __init__(self, element: Any, document: Document) -> None:
        super().__init__(element)
        self.plot = holoviews_plot(self.map, document)
        self.root = self.plot.state
        self.root.sizing_mode = "stretch_both"
        dress(self.root)

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Send the new element's data."""
        super().update(content, snapshot)
        self.root.sizing_mode = "stretch_both"  # HoloViews has set it back to fixed


class LiveViewer:
    """A `Viewer` with a ``refresh(snapshot)`` method: built once, refreshed after."""

    plain = False

    def __init__(self, viewer: Any, snapshot: Snapshot) -> None:
        import panel as pn

        self.viewer = viewer
        viewer.refresh(snapshot)
        self.object: Any = pn.panel(viewer)

    def accepts(self, content: Any) -> bool:
        """Return True: a new viewer of the same type is not needed."""
        return type(content) is type(self.viewer)

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Call the viewer's own refresh."""
        del content
        self.viewer.refresh(snapshot)


class DrawnViewer(LiveViewer):
    """A `Viewer` in a document."""

    def __init__(self, viewer: Any, document: Document, snapshot: Snapshot) -> None:
        super().__init__(viewer, snapshot)
        self.root = self.object.get_root(document)


class LiveObject:
    """Anything that ``panel.panel()`` accepts: Panel's in-place diff, or replaced."""

    plain = False

    def __init__(self, content: Any) -> None:
        self.holder, self.object = _bound(content)

    def accepts(self, content: Any) -> bool:
        """Return True for whatever has no better way of its own."""
        return not is_element(content) and not is_viewer(content)

    def update(self, content: Any, snapshot: Snapshot) -> None:
        """Hand the new object to the pane."""
        del snapshot
        self.holder.content = content


class DrawnObject(LiveObject):
    """An object in a document."""

    def __init__(self, content: Any, document: Document) -> None:
        super().__init__(content)
        self.root = self.object.get_root(document)


def _bound(content: Any) -> tuple[Any, Any]:
    """Return a holder and a pane that shows whatever the holder holds, updated in place."""
    import panel as pn
    import param

    class Holder(param.Parameterized):
        content = param.Parameter(allow_refs=False)

    holder: Any = Holder(content=content)  # type: ignore[no-untyped-call]  # param's
    bound = pn.bind(_same, holder.param.content)
    pane = pn.panel(bound, inplace=True, sizing_mode="stretch_width")
    return holder, pane


def _same(value: Any) -> Any:
    return value


def draw(content: Any, document: Document, snapshot: Snapshot) -> Drawn:
    """Return the content drawn in a document, in the way its type allows to keep it live."""
    if isinstance(content, Chart):
        return DrawnChart(content)
    target = target_of(content)
    if is_element(target):
        return DrawnElement(target, document)
    if is_viewer(target):
        return DrawnViewer(target, document, snapshot)
    return DrawnObject(target, document)


def target_of(content: Any) -> Any:
    """Return what a slot's content holds: the chart itself, or the object within `Live`."""
    return content.object if isinstance(content, Embed) else content


def is_viewer(target: Any) -> bool:
    """Return True for a Panel `Viewer` that can refresh itself."""
    return callable(getattr(target, "refresh", None)) and hasattr(target, "__panel__")


def is_element(target: Any) -> bool:
    """Return True for HoloViews elements and overlays, which a DynamicMap can return."""
    if not type(target).__module__.startswith("holoviews"):
        return False
    import holoviews as hv

    return isinstance(target, (hv.Element, hv.Overlay, hv.NdOverlay))
