"""Small views of the feed `nav`, for pages of tests."""

from __future__ import annotations

from core.tests.kit import NAV
from core.tests.live.charts import draw

from muntin import Field, Presence, Snapshot
from muntin.ui import Chart, Metric, label, metrics, stack


def figure(state: Snapshot) -> object:
    """Show the value as dollars."""
    value = state[NAV]["nav"]
    return metrics(Metric("nav", "NAV", Field(value, "usd", "nav", "nav", "", Presence.OK)))


def text(state: Snapshot) -> object:
    """Show the value as it is."""
    return metrics(Metric("nav", "NAV", label(str(state[NAV]["nav"]))))


def chart(state: Snapshot) -> object:
    """Show the value as it is, and a chart of it."""
    columns = {"points": {"x": [0], "y": [state[NAV]["nav"]]}}
    return stack(text(state), Chart(draw, columns, "c"))
