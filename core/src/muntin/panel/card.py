"""One panel as a Panel object: its card, updated in place, with ages that tick in the browser."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Children

from muntin.live.stage.charts import target_of
from muntin.live.stage.faults import FAULTS, fault_of
from muntin.live.stage.markup import feed_row, panel_html
from muntin.live.stage.scene import PanelState
from muntin.live.stage.views import NOBODY, Picture, picture
from muntin.pages import Panel, Viewer
from muntin.panel.contents import Content, content_of
from muntin.scripts import plain
from muntin.state.snapshots import Snapshot
from muntin.ui.rendering.fragments import Fragment

#: Fonts and colours within a shadow root, which the page's own styles do not reach.
_WITHIN = """
:host{display:block;font:14px/1.45 var(--mu-font);color:var(--mu-ink);min-width:0}
.mu-embedded,.mu-embedded>.mu-card{height:100%}
"""


@cache
def stylesheet(scope: str = ":host") -> str:
    """Return Muntin's style sheet for a shadow root, or for a page (``:root``)."""
    css = _static("muntin.css")
    if scope == ":root":
        return css
    css = css.replace(":root:not([data-theme=light])", ":host(:not([data-theme=light]))")
    css = css.replace(":root[data-theme=dark]", ":host([data-theme=dark])")
    return css.replace(":root{", ":host{") + _WITHIN


def _static(name: str) -> str:
    return (files("muntin") / "web" / "static" / name).read_text("utf-8")


def _script() -> str:
    card = (files("muntin") / "panel" / "card.js").read_text("utf-8")
    ages = plain(Path(str(files("muntin"))) / "web" / "static" / "page" / "ages.js")
    return f"{ages}\n{card}"


class Card(JSComponent):
    """A panel's card, as it stands on Muntin's own pages.

    `follow` brings it to another snapshot. A view that fails marks the card and raises nothing; the
    last good picture stays.
    """

    html = param.String(doc="The card's markup.")
    feeds = param.List(doc="A row for each feed, from which the browser works out its age.")
    slots = param.List(doc="Ids of the elements that hold the charts, in their order.")
    charts = Children(doc="What stands in the slots.")
    theme = param.String(default="light", doc="``light`` or ``dark``.")
    beat = param.Number(default=0, doc="The server's clock, ms; a page that misses it says so.")

    _esm = _script()
    _stylesheets = [stylesheet()]  # noqa: RUF012  # Panel's own way

    def __init__(
        self, panel: Panel, snapshot: Snapshot, viewer: Viewer = NOBODY, **given: Any
    ) -> None:
        dark = "dark" if pn.config.theme == "dark" else "light"
        params: dict[str, Any] = {
            "sizing_mode": "stretch_width",
            "theme": dark,
            "name": panel.title,
        }
        params |= {"css_classes": [f"w{panel.width}"]} | given
        super().__init__(**params)  # type: ignore[no-untyped-call]  # Panel's
        self._state = PanelState(panel)
        self._viewer = viewer
        self._contents: dict[str, Content] = {}
        self.follow(snapshot)

    def follow(self, snapshot: Snapshot) -> None:
        """Show the panel at another snapshot."""
        panel, before = self._state.panel, self._state.fragment
        made = picture(panel, snapshot, panel.slug, panel.slug, self._viewer, before)
        self._state = self._state.after(self._filled(made, snapshot))
        slots = self._state.fragment.slots
        known = snapshot.readings
        self.param.update(
            html=panel_html(self._state, snapshot),
            feeds=[feed_row(known[f.name], snapshot.now) for f in panel.feeds if f.name in known],
            slots=[*slots],
            charts=[self._contents[key].object for key in slots],
        )

    def _filled(self, made: Picture, snapshot: Snapshot) -> Picture:
        """Bring the charts of a picture up to date; one that fails is the picture's fault."""
        try:
            contents = {
                key: self._content(key, slot.content, snapshot)
                for key, slot in made.fragment.slots.items()
            }
        except FAULTS as error:
            return Picture(Fragment(), fault_of(error, self._state.panel.slug, snapshot.now))
        if made.fault is None:
            self._contents = contents
        return made

    def _content(self, key: str, shown: Any, snapshot: Snapshot) -> Content:
        target, there = target_of(shown), self._contents.get(key)
        if there is None or not there.accepts(target):
            return content_of(shown, snapshot)
        there.update(target, snapshot)
        return there
