"""Panels, pages and components as a notebook shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

import panel as pn

from muntin.pages import Page, Panel
from muntin.panel.card import Card, stylesheet
from muntin.sources import read
from muntin.state.snapshots import Snapshot
from muntin.ui.rendering.fragments import quote

_EXAMPLE = "Example documents, not live. `muntin.panel.pane(PANEL, store)` follows a store."
_CHARTS = "Run pn.extension() first for charts and updates."


def mimebundle(shown: Any) -> Any:
    """Return what a notebook displays for a panel, a page or a component.

    Panels and pages show the examples of their feeds and say so; a feed without one is missing.
    Without ``pn.extension()`` there are figures and no charts.
    """
    made = viewable(shown)
    bundle = made._repr_mimebundle_() if find_spec("IPython") else None
    return bundle or {"text/html": _plain(made)}


def _plain(shown: Any) -> str:
    """Return the cards' markup in a frame of its own, so that styles stay within."""
    cards = "".join(card.html for card in shown.select(Card))
    page = f'<style>{stylesheet(":root")}</style>{cards}<p class="mu-note">{_CHARTS}</p>'
    return (
        f'<iframe sandbox srcdoc="{quote(page)}" title="Muntin"'
        ' style="width:100%;height:320px;border:0;resize:vertical"></iframe>'
    )


def viewable(shown: Any) -> pn.viewable.Viewable:
    """Return a panel, a page or a component as a Panel object."""
    if isinstance(shown, (Panel, Page)):
        panels = shown.panels if isinstance(shown, Page) else (shown,)
        cards = [Card(panel, examples(panel)) for panel in panels]
        return pn.Column(pn.pane.Markdown(_EXAMPLE), *cards, sizing_mode="stretch_width")
    return Card(Panel("Component", lambda _snapshot: shown), Snapshot(now=datetime.now(UTC)))


def examples(panel: Panel) -> Snapshot:
    """Return a snapshot of the examples of a panel's feeds."""
    now = datetime.now(UTC)
    readings = (read(f, f.example, now) for f in panel.feeds if f.example is not None)
    return Snapshot({reading.feed.name: reading for reading in readings}, now)


__all__ = ["mimebundle"]
