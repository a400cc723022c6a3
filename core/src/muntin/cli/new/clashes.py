"""Which names are taken already: by installed plugins, their pages and documents."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from muntin.cli.new.create import Kind
from muntin.cli.new.names import Names
from muntin.plugins import PluginSet
from muntin.plugins.claims import CORE_SCHEMES


def clashes(names: Names, plugins: PluginSet, kind: Kind = "page") -> Iterator[str]:
    """Yield a sentence for every name that is taken; none if all are free."""
    for record in plugins.records:
        if names.plugin == record.name or names.distribution == _normal(record.distribution):
            yield f"{record.owner} is installed already; choose another name"
            return
    owner = plugins.owner_of(names.slug) if kind == "page" else None
    reader = next((r for r in plugins.active if names.plugin in {f.name for f in r.feeds}), None)
    if kind == "source" and names.slug in {*CORE_SCHEMES, *plugins.sources}:
        yield f"{names.slug}:// addresses are read already; choose another name"
    elif owner is not None:
        yield f"/{names.slug} is a page of {owner.owner}; choose another name"
    elif kind == "page" and reader is not None:
        yield f"{names.plugin}.json is a document that {reader.owner} reads; choose another name"
    elif importlib.util.find_spec(names.package) is not None:
        yield f"a package named {names.package} is installed already; choose another name"


def _normal(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")
