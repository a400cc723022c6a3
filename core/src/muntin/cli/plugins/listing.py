"""The list of installed plugins, as a table or JSON. Imports as little as it can."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muntin.cli.plugins.plugin_cache import keep
from muntin.cli.text import aligned
from muntin.errors import ConfigError
from muntin.plugins import PluginRecord, PluginSet, load

if TYPE_CHECKING:
    from muntin.cli.plugins.panels import PlacedPanel
    from muntin.settings import Config


def print_listing(*, as_json: bool, with_pages: bool) -> int:
    """Print the list and return the exit code: 2 for wrong settings."""
    gc.disable()  # the process ends soon, and imports create little garbage
    try:
        plugins, config = _load()
        text = listing(plugins, config, as_json=as_json, with_pages=with_pages)
        print(text)
        if not with_pages and all(one.active and not one.reason for one in plugins.records):
            keep(["--json"] if as_json else [], text)
    except ConfigError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


def _load() -> tuple[PluginSet, Config | None]:
    """Return the installed plugins and the settings; these are imported only if there are any."""
    variables = any(name.startswith("MUNTIN_") for name in os.environ)
    if not variables and not Path("muntin.toml").exists():
        return load(), None
    from muntin.settings import load_config
    from muntin.site import load_plugins

    config = load_config()
    return load_plugins(config), config


def listing(
    plugins: PluginSet,
    config: Config | None = None,
    *,
    as_json: bool = False,
    with_pages: bool = False,
) -> str:
    """Return the list of plugins as a table or as JSON, with every panel's place if asked."""
    found = _placed(plugins, config) if with_pages else None
    if as_json:
        import json

        return json.dumps([_object(record, found) for record in plugins.records], indent=2)
    if not plugins.records:
        return "No plugins are installed. The first one to try: pip install muntin-overview"
    return plugin_table(plugins.records) + ("" if found is None else _panels(plugins, found))


def _placed(plugins: PluginSet, config: Config | None) -> tuple[PlacedPanel, ...]:
    from muntin.cli.plugins.panels import placed
    from muntin.settings import Config

    return placed(plugins, config or Config())


def _panels(plugins: PluginSet, found: tuple[PlacedPanel, ...]) -> str:
    from muntin.cli.plugins.panels import import_times, table

    times = import_times(plugins.active)
    return f"\n\n{table(found) if found else 'No panels.'}\n\n{times}"


def plugin_table(records: Iterable[PluginRecord]) -> str:
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


def _object(record: PluginRecord, found: tuple[PlacedPanel, ...] | None) -> dict[str, Any]:
    made = record.as_json()
    if found is not None:
        from muntin.cli.plugins.panels import objects

        made["import_seconds"] = round(record.import_seconds, 4)
        made["panels"] = objects(found, record)
    return made
