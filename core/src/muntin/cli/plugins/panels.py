"""Every panel of every page, as ``muntin plugins --pages`` lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from muntin.cli.text import aligned
from muntin.navigation import arrange
from muntin.pages import Page
from muntin.plugins import PluginRecord, PluginSet
from muntin.settings import Config


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """One panel: its place on the page, 0 if it is hidden, and who may see it."""

    page: str
    panel: str
    title: str
    #: The plugin that adds the panel, which may differ from that of the page.
    plugin: str
    place: int
    width: int
    scope: str
    #: Roles; None for everyone.
    audience: list[str] | None
    feeds: list[str]


def placed(plugins: PluginSet, config: Config) -> tuple[PlacedPanel, ...]:
    """Return every panel that a page could show, in the order shown; those left out come last."""
    shown = arrange(plugins.pages, config.page, config.site.nav)
    found = [one for page in shown for one in _panels(page, plugins)]
    known = {(one.page, one.panel) for one in found}
    offered = (one for page in plugins.pages for one in _panels(page, plugins, hidden=True))
    left_out = [one for one in offered if (one.page, one.panel) not in known]
    return (*found, *left_out)


def _panels(page: Page, plugins: PluginSet, *, hidden: bool = False) -> Iterator[PlacedPanel]:
    for place, panel in enumerate(page.panels, start=1):
        owner = plugins.owner_of_panel(page.slug, panel.slug)
        audience = page.audience if panel.audience is None else panel.audience
        yield PlacedPanel(
            page.slug,
            panel.slug,
            panel.title,
            owner.name if owner else "",
            0 if hidden else place,
            panel.width,
            page.scope,
            None if audience is None else sorted(audience),
            [feed.name for feed in panel.feeds],
        )


def table(found: Iterable[PlacedPanel]) -> str:
    """Return the panels as a table."""
    heads = ("PAGE", "PANEL", "PLUGIN", "PLACE", "WIDTH", "SCOPE", "AUDIENCE", "FEEDS")
    return aligned(heads, map(_row, found))


def _row(one: PlacedPanel) -> tuple[str, ...]:
    who = "everyone" if one.audience is None else ", ".join(one.audience) or "no one"
    place = str(one.place) if one.place else "hidden"
    feeds = ", ".join(one.feeds) or "–"
    return f"/{one.page}", one.title, one.plugin, place, str(one.width), one.scope, who, feeds


def objects(found: Iterable[PlacedPanel], record: PluginRecord) -> list[dict[str, Any]]:
    """Return one plugin's panels for JSON."""
    return [asdict(one) for one in found if one.plugin == record.name]


def import_times(records: Iterable[PluginRecord]) -> str:
    """Return how long each plugin took to import."""
    rows = ((one.name, f"{1000 * one.import_seconds:.0f} ms") for one in records)
    return aligned(("PLUGIN", "IMPORT"), rows)
