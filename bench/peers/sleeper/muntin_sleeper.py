"""A plugin that behaves badly: its only panel sleeps two seconds in every update."""

from __future__ import annotations

import time
from typing import Any

from muntin import Feed, Page, Panel, Snapshot, hookimpl

NAV = Feed("sleeper_nav", lambda raw: float(raw["nav_usd"]), path="nav.json")


def view(snapshot: Snapshot) -> str:
    """Return the NAV, late."""
    time.sleep(2.0)
    return f"{snapshot.get(NAV):,.2f}"


@hookimpl
def muntin_pages(settings: Any) -> tuple[Page, ...]:
    """Return the page."""
    del settings
    return (Page("sleeper", "Sleeper", (Panel("NAV, late", view, needs=(NAV,)),), order=99),)
