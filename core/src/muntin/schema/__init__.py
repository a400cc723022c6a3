"""The JSON Schema of ``muntin.toml``, made from the classes that read it.

Plugins' settings stand under their names, pages and panels under their slugs; the table of a source
may be that of any kind of source that is installed. What a class says in
``#:`` comments becomes the explanation that an editor shows.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from muntin.pages import Page
from muntin.plugins import PluginRecord, PluginSet
from muntin.settings import Config, PageConfig, PanelConfig
from muntin.site import source_kinds

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schema_of(plugins: PluginSet) -> Schema:
    """Return the schema of the settings file for these plugins."""
    settings = table(Config)
    properties = settings["properties"]
    slugs = [page.slug for page in plugins.pages]
    properties["site"]["properties"]["nav"]["items"] = {"enum": ["*", *slugs]}
    for key in ("only", "disable"):
        properties["plugins"]["properties"][key]["items"] = {"enum": _names(plugins.records)}
    properties["source"] = _source(plugins)
    properties["plugin"] = _closed({one.name: _settings(one) for one in plugins.records})
    properties["page"] = _closed({page.slug: _page(page) for page in plugins.pages})
    return {"$schema": DIALECT, "title": "muntin.toml", **settings}


def table(cls: type) -> Schema:
    """Return the schema of a dataclass as a table that knows no other names."""
    from pydantic import TypeAdapter

    from muntin.schema._tables import Tables

    made: Schema = TypeAdapter(cls).json_schema(schema_generator=Tables)
    whole: Schema = inlined(made, made.pop("$defs", {}))
    return whole


def inlined(schema: Any, defs: Mapping[str, Any], within: tuple[str, ...] = ()) -> Any:
    """Return a schema with what it refers to written in place; within itself, as anything."""
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


def _source(plugins: PluginSet) -> Schema:
    """Return the table of whichever source is opened; the file need not say which that is."""
    if any(hasattr(_target(record), "muntin_sources") for record in plugins.failed):
        return {"type": "object", "description": "A plugin that brings sources is not in use."}
    schemes: dict[type, list[str]] = {}
    for scheme, kind in source_kinds(plugins).items():
        if kind.settings is not None:  # all others take no more than an empty table
            schemes.setdefault(kind.settings, []).append(f"{scheme}://")
    tables = [{**table(cls), "title": " ".join(names)} for cls, names in schemes.items()]
    return tables[0] if len(tables) == 1 else {"anyOf": tables}


def _settings(record: PluginRecord) -> Schema:
    target = _target(record)
    if target is None:
        return {"type": "object", "description": f"This plugin is {record.state}."}
    cls = getattr(target, "Settings", None)
    if isinstance(cls, type) and dataclasses.is_dataclass(cls):
        return table(cls)
    return _closed({}, "This plugin has no settings.")


def _target(record: PluginRecord) -> Any:
    """Return a plugin, also one that is imported and not in use, perhaps for want of settings."""
    if record.target is not None:
        return record.target
    module, _, attribute = (part.strip() for part in record.module.partition(":"))
    found = sys.modules.get(module)
    return getattr(found, attribute, None) if attribute else found


def _page(page: Page) -> Schema:
    made = table(PageConfig)
    panels = {panel.slug: table(PanelConfig) for panel in page.panels}
    made["properties"]["panels"] = _closed(panels, made["properties"]["panels"].get("description"))
    return made


def _closed(properties: dict[str, Schema], description: str | None = None) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"description": description} if description else {})


def _names(records: Iterable[PluginRecord]) -> list[str]:
    """Return plugins and their distributions, either of which names a plugin."""
    both = (name for one in records for name in (one.name, one.distribution) if name)
    return list(dict.fromkeys(both))


__all__ = ["schema_of", "table"]
