"""Which plugins are installed: read from the metadata of distributions, nothing is imported."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from muntin.hookspecs import GROUP
from muntin.plugins._metadata import installed, normal

_REFERENCE = re.compile(r"(?P<module>[\w.]+)\s*(?::\s*(?P<attribute>[\w.]+)\s*)?(?:\[.*\]\s*)?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that may be loaded: its name, its distribution, and how to get at it."""

    name: str
    distribution: str = ""
    version: str = ""
    #: The module, or ``module:attribute``, that its entry point names.
    module: str = ""
    #: What its distribution requires.
    requires: tuple[str, ...] = ()
    #: The plugin itself, where it was passed by hand.
    target: Any = None

    def load(self) -> object:
        """Import the plugin and return its module or object; raises whatever that raises."""
        if self.target is not None:
            return self.target
        match = _REFERENCE.fullmatch(self.module)
        if match is None:
            raise ValueError(f"the entry point {self.module!r} is no module name")
        module = importlib.import_module(match["module"])
        return attrgetter(match["attribute"])(module) if match["attribute"] else module

    def named(self, names: Iterable[str]) -> bool:
        """Return True if `names` hold the plugin's name, or that of its distribution."""
        own = {normal(self.name), normal(self.distribution)} - {""}
        return any(normal(name) in own for name in names)


def discover(path: Iterable[str] | None = None) -> tuple[Candidate, ...]:
    """Return every plugin installed on a path (``sys.path`` unless given), by name."""
    candidates = [
        Candidate(name, found.name, found.version, value, found.requires)
        for found in installed(GROUP, sys.path if path is None else path)
        for name, value in found.entries
    ]
    return tuple(sorted(candidates, key=lambda one: (one.name, one.distribution)))


def given(plugins: Mapping[str, object]) -> tuple[Candidate, ...]:
    """Return candidates for plugins passed by hand, in their order."""
    return tuple(
        Candidate(name, module=getattr(target, "__name__", type(target).__name__), target=target)
        for name, target in plugins.items()
    )
