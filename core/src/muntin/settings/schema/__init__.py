"""The JSON Schema of ``muntin.toml``, made from the classes that read it.

Plugins' settings stand under their names, pages and panels under their slugs; the table of a source
may be that of any kind of source that is installed. The ``#:`` comments of a class become the
explanations that an editor shows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from muntin.hookspecs import SourceKind
from muntin.pages import Page
from muntin.settings import Config, PageConfig, PanelConfig

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PluginTable:
    """A plugin's own table: its name, and the class that reads it."""

    name: str
    distribution: str = ""
    #: The class of its settings; None if it has none.
    settings: type | None = None
    #: Why its settings are not known; then its table may hold anything.
    unknown: str = ""


def settings_schema(
    plugins: Iterable[PluginTable], pages: Iterable[Page], kinds: Iterable[SourceKind[Any]] | None
) -> Schema:
    """Return the schema of the settings file for these plugins, pages and kinds of source.

    `kinds` is None if a plugin that adds some cannot be used, so that they are not known.
    """
    tables, shown = tuple(plugins), tuple(pages)
    settings = table(Config)
    properties = settings["properties"]
    slugs = [page.slug for page in shown]
    properties["site"]["properties"]["nav"]["items"] = {"enum": ["*", *slugs]}
    for key in ("only", "disable", "prefer"):
        properties["plugins"]["properties"][key]["items"] = {"enum": _names(tables)}
    properties["source"] = _source(kinds)
    properties["sources"] = _sources(properties["source"], properties["sources"])
    properties["plugin"] = _closed({one.name: _plugin(one) for one in tables})
    properties["page"] = _closed({page.slug: _page(page) for page in shown})
    return {"$schema": DIALECT, "title": "muntin.toml", **settings}


def table(cls: type) -> Schema:
    """Return the schema of a dataclass as a table that accepts no other names."""
    from pydantic import TypeAdapter

    from muntin.settings.schema.tables import Tables

    made: Schema = TypeAdapter(cls).json_schema(schema_generator=Tables)
    whole: Schema = inlined(made, made.pop("$defs", {}))
    return whole


def inlined(schema: Any, defs: Mapping[str, Any], within: tuple[str, ...] = ()) -> Any:
    """Return a schema with its references replaced by what they refer to.

    A reference to a definition from within itself accepts anything.
    """
    if isinstance(schema, list):
        return [inlined(one, defs, within) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" not in schema:
        return {key: inlined(value, defs, within) for key, value in schema.items()}
    name = schema["$ref"].rpartition("/")[2]
    if name in within:
        return {}
    own = {key: value for key, value in schema.items() if key != "$ref"}
    return inlined({**defs[name], **own}, defs, (*within, name))


def _source(kinds: Iterable[SourceKind[Any]] | None) -> Schema:
    """Return the table of any kind of source: the file need not say which one is opened."""
    if kinds is None:
        return {"type": "object", "description": "A plugin that adds sources is not in use."}
    schemes: dict[type, list[str]] = {}
    for kind in kinds:
        if kind.settings is not None:  # all others accept an empty table only
            schemes.setdefault(kind.settings, []).append(f"{kind.scheme}://")
    tables = [{**table(cls), "title": " ".join(names)} for cls, names in schemes.items()]
    if not tables:
        return {"type": "object", "description": "No plugin adds a source with settings."}
    return tables[0] if len(tables) == 1 else {"anyOf": tables}


def _sources(one: Schema, whole: Schema) -> Schema:
    """Return the tables of further sources, whose own settings are those of any kind."""
    more = {
        "url": {"type": ["string", "object"], "description": "A directory or a source URL."},
        "feeds": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Feeds that are read from it, by name or pattern.",
        },
    }
    tables = [
        {**table, "properties": {**table.get("properties", {}), **more}, "required": ["url"]}
        for table in one.get("anyOf", [one])
    ]
    return {**whole, "additionalProperties": {"anyOf": tables}}


def _plugin(plugin: PluginTable) -> Schema:
    if plugin.unknown:
        return {"type": "object", "description": plugin.unknown}
    if dataclasses.is_dataclass(plugin.settings):
        return table(plugin.settings)
    return _closed({}, "This plugin has no settings.")


def _page(page: Page) -> Schema:
    made = table(PageConfig)
    panels = {panel.slug: table(PanelConfig) for panel in page.panels}
    made["properties"]["panels"] = _closed(panels, made["properties"]["panels"].get("description"))
    return made


def _closed(properties: dict[str, Schema], description: str | None = None) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"description": description} if description else {})


def _names(plugins: Iterable[PluginTable]) -> list[str]:
    """Return plugins and their distributions, either of which names a plugin."""
    both = (name for one in plugins for name in (one.name, one.distribution) if name)
    return list(dict.fromkeys(both))


__all__ = ["PluginTable", "settings_schema", "table"]
