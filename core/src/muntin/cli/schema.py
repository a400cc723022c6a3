"""``muntin schema``: the JSON Schema of muntin.toml, for editors."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from muntin.plugins import PluginRecord, PluginSet
    from muntin.settings.schema import PluginTable


@click.command(epilog="\b\nExamples:\n  muntin schema\n  muntin schema --out muntin.schema.json")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it here instead of to standard output.",
)
def schema(out: Path | None) -> None:
    """Write the JSON Schema of muntin.toml for the plugins that are installed.

    With it an editor completes names, explains them, and marks mistakes.
    """
    from muntin.errors import ConfigError
    from muntin.plugins import load

    # Without settings: the schema must not depend on what they say.
    text = json.dumps(schema_of(load()), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        why = error.strerror or error
        raise ConfigError([f"{out} cannot be written: {why}; choose another with --out"]) from None
    click.echo(f"Wrote {out}. In the first line of muntin.toml:  #:schema {out.as_posix()}")


def schema_of(plugins: PluginSet) -> dict[str, Any]:
    """Return the schema of the settings file for these plugins."""
    from muntin.settings.schema import settings_schema

    unsure = any(hasattr(_target(record), "muntin_sources") for record in plugins.failed)
    kinds = None if unsure else plugins.sources.values()
    return settings_schema(map(_table, plugins.records), plugins.pages, kinds)


def _table(record: PluginRecord) -> PluginTable:
    from muntin.settings.schema import PluginTable

    target = _target(record)
    cls = getattr(target, "Settings", None)
    settings = cls if isinstance(cls, type) and dataclasses.is_dataclass(cls) else None
    unknown = f"This plugin is {record.state}." if target is None else ""
    return PluginTable(record.name, record.distribution, settings, unknown)


def _target(record: PluginRecord) -> Any:
    """Return a plugin, even one not in use, whose settings may be what is wrong."""
    if record.target is not None:
        return record.target
    module, _, attribute = (part.strip() for part in record.module.partition(":"))
    found = sys.modules.get(module)
    return getattr(found, attribute, None) if attribute else found


__all__ = ["schema", "schema_of"]
