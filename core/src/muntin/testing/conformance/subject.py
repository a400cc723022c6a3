"""The plugin whose conformance is tested: found, loaded, and everything it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType
from typing import Any

from muntin.pages import Panel
from muntin.plugins import PluginRecord, load
from muntin.plugins.metadata import normal
from muntin.state.feeds import Feed

#: CPU seconds that drawing one panel may take unless a plugin's tests say otherwise.
BUDGET = 1.0


class NoPlugin(Exception):
    """There is nothing to test; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One plugin of a distribution, loaded as a server would, alone."""

    record: PluginRecord
    #: Its ``[plugin.NAME]`` table for the tests.
    settings: Mapping[str, Any] = field(default_factory=dict)
    budget: float = BUDGET

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.record.name

    @property
    def panels(self) -> tuple[tuple[str, Panel], ...]:
        """Every panel with the slug of its page; offered ones name another plugin's."""
        own = ((page.slug, panel) for page in self.record.pages for panel in page.panels)
        return (*own, *((panel.page, panel) for panel in self.record.panels))

    @property
    def feeds(self) -> tuple[Feed[Any], ...]:
        """Every feed that a panel reads, one of each name."""
        return tuple({feed.name: feed for feed in self.record.feeds}.values())

    @property
    def folder(self) -> Path | None:
        """Where its package lies; None for a single module."""
        import sys

        top = self.record.module.partition(":")[0].partition(".")[0]
        file = getattr(sys.modules.get(top), "__file__", None) or ""
        return Path(file).parent if Path(file).name == "__init__.py" else None

    @property
    def distribution(self) -> Distribution:
        """What is installed of it."""
        return distribution(self.record.distribution)

    def again(self, settings: Mapping[str, Any]) -> PluginRecord:
        """Return what becomes of the plugin with another table of settings."""
        plugins = {self.name: self.record.target}
        found = load(plugins=plugins, discover=False, settings={self.name: settings})
        return found.records[0]


def subjects(
    name: str, settings: Mapping[str, Mapping[str, Any]], budget: float
) -> tuple[Subject, ...]:
    """Return the plugins of an installed distribution; raise NoPlugin if there are none."""
    try:
        distribution(name)
    except PackageNotFoundError:
        raise NoPlugin(
            f"{name} is not installed here: pip install it, -e for its sources"
        ) from None
    found = load(only=(name,), settings=settings).records
    mine = [record for record in found if normal(record.distribution) == normal(name)]
    if not mine:
        raise NoPlugin(f"{name} has no entry point in the group 'muntin', so it is no plugin")
    return tuple(Subject(one, settings.get(one.name, {}), budget) for one in mine)


def named_by(module: ModuleType) -> str:
    """Return the distribution whose tests these are: ``MUNTIN_PLUGIN``, else by pyproject.toml."""
    named = getattr(module, "MUNTIN_PLUGIN", "")
    if named:
        return str(named)
    for name in _projects(Path(module.__file__ or ".").absolute()):
        return name
    raise NoPlugin(
        f"no pyproject.toml above {module.__file__} names a project;"
        ' write MUNTIN_PLUGIN = "muntin-yours" beside the import'
    )


def _projects(path: Path) -> Iterator[str]:
    """Yield the names of the projects that a file lies in, the nearest first."""
    import tomllib

    for folder in path.parents:
        file = folder / "pyproject.toml"
        if file.is_file():
            name = tomllib.loads(file.read_text("utf-8")).get("project", {}).get("name")
            if name:
                yield name
