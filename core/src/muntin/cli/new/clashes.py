"""Which names are taken already: by installed plugins, their pages and documents."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from muntin.cli.new.names import Names
from muntin.plugins import PluginSet


def clashes(names: Names, plugins: PluginSet) -> Iterator[str]:
    """Yield a sentence for every name that is taken; none if all are free."""
    for record in plugins.records:
        if names.plugin == record.name or names.distribution == _normal(record.distribution):
            yield f"{record.owner} is installed already; choose another name"
            return
    owner = plugins.owner_of(names.slug)
    reader = next((r for r in plugins.active if names.plugin in {f.name for f in r.feeds}), None)
    if owner is not None:
        yield f"/{names.slug} is a page of {owner.owner}; choose another name"
    elif reader is not None:
        yield f"{names.plugin}.json is a document that {reader.owner} reads; choose another name"
    elif importlib.util.find_spec(names.package) is not None:
        yield f"a package named {names.package} is installed already; choose another name"


def _normal(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")
