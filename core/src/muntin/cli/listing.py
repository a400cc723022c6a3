"""``muntin plugins``: every installed plugin and what became of it. Imports as little as it can."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from muntin.cli.recall import remember
from muntin.cli.text import aligned, printable
from muntin.errors import ConfigError
from muntin.plugins import PluginRecord, PluginSet, load


def quickly(*, as_json: bool, with_pages: bool) -> int:
    """Print the list and return the exit code; a wrong config is told in a sentence."""
    gc.disable()  # the process ends at once, and importing makes much that is never garbage
    try:
        plugins = _load()
        text = listing(plugins, as_json=as_json, with_pages=with_pages)
        print(text)
        if not with_pages and all(one.active and not one.reason for one in plugins.records):
            remember(["--json"] if as_json else [], text)
    except ConfigError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


def _load() -> PluginSet:
    """Return the installed plugins; settings are imported only if there are any."""
    variables = any(name.startswith("MUNTIN_") for name in os.environ)
    if not variables and not Path("muntin.toml").exists():
        return load()
    from muntin.settings import load_config
    from muntin.site import load_plugins

    return load_plugins(load_config())


def listing(plugins: PluginSet, *, as_json: bool = False, with_pages: bool = False) -> str:
    """Return the list of plugins as a table or as JSON, on request with what each page holds."""
    if as_json:
        import json

        objects = [_object(record, with_pages=with_pages) for record in plugins.records]
        return json.dumps(objects, indent=2)
    if not plugins.records:
        return "No plugins are installed. The first one to try: pip install muntin-overview"
    table = states(plugins.records)
    return "\n\n".join([table, *_pages(plugins.active)]) if with_pages else table


def states(records: Iterable[PluginRecord]) -> str:
    """Return the plugins as a table: name, version, state, pages, reason."""
    return aligned(
        ("NAME", "VERSION", "STATE", "PAGES", "REASON"),
        (
            (one.name, one.version or "–", one.state, _slugs(one) or "–", one.reason)
            for one in records
        ),
    )


def _slugs(record: PluginRecord) -> str:
    return ", ".join(f"/{page.slug}" for page in record.pages)


def _object(record: PluginRecord, *, with_pages: bool) -> dict[str, Any]:
    found = record.as_json()
    if with_pages:
        found["import_seconds"] = round(record.import_seconds, 4)
        found["panels"] = [
            {"page": page, "title": panel.title, "feeds": [feed.name for feed in panel.feeds]}
            for page, panel in _panels(record)
        ]
    return found


def _panels(record: PluginRecord) -> Iterator[tuple[str, Any]]:
    for page in record.pages:
        yield from ((page.slug, panel) for panel in page.panels)
    yield from ((panel.page, panel) for panel in record.panels)


def _pages(records: Iterable[PluginRecord]) -> Iterator[str]:
    for record in records:
        head = f"{record.name}: imported in {1000 * record.import_seconds:.0f} ms"
        rows = [
            (f"/{page}", panel.title, ", ".join(feed.name for feed in panel.feeds) or "–")
            for page, panel in _panels(record)
        ]
        table = aligned(("PAGE", "PANEL", "FEEDS"), rows)
        yield printable(head) + ("\n" + table if rows else "\nNo pages.")
