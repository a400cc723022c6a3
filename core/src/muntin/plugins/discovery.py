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
from muntin.plugins.metadata import installed, normal

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
    #: When its distribution was installed, in nanoseconds since the epoch; 0 if not known.
    installed_at: int = 0

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
        Candidate(name, found.name, found.version, value, found.requires, installed_at=found.at)
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


def in_order_of_claims(
    candidates: Iterable[Candidate], prefer: tuple[str, ...]
) -> tuple[Candidate, ...]:
    """Return candidates so that of two with the same claim the one that keeps it comes first.

    Those that the operator names come first, in that order, then those passed by hand, then the
    others by the time of their installation: a new plugin takes nothing from an older one.
    """

    def rank(candidate: Candidate) -> tuple[int, int]:
        wanted = (place for place, name in enumerate(prefer) if candidate.named([name]))
        return next(wanted, len(prefer)), candidate.installed_at

    return tuple(sorted(candidates, key=rank))
