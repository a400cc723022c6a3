"""Whether a plugin's distribution accepts the running version of Muntin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from muntin.errors import PluginError

_REQUIREMENT = re.compile(r"(?is)\s*muntin\s*(?:\[[^]]*\]\s*)?(?![\w.-])(?P<rest>.*)")
_PLAIN_CLAUSE = re.compile(r"\s*(>=|<=|<|>)\s*(\d+(?:\.\d+)*)\s*")

_Release = tuple[int, ...]

_COMPARE: Mapping[str, Callable[[_Release, _Release], bool]] = MappingProxyType(
    {
        ">=": lambda mine, bound: mine >= bound,
        "<=": lambda mine, bound: mine <= bound,
        "<": lambda mine, bound: mine < bound,
        ">": lambda mine, bound: mine > bound,
    }
)


def check_requirement(plugin: str, requires: Iterable[str], running: str) -> None:
    """Raise PluginError unless every requirement of `muntin` among `requires` is met."""
    for line in requires:
        match = _REQUIREMENT.fullmatch(line)
        if match and not _plainly(match["rest"], running):
            _check(plugin, line, running)


def _plainly(wanted: str, running: str) -> bool:
    """Return True if a range such as ``>=0.1,<0.2`` surely holds; `packaging` is slow to import."""
    if not re.fullmatch(r"\d+(\.\d+)*", running):
        return False
    clauses = [_PLAIN_CLAUSE.fullmatch(clause) for clause in wanted.strip(" ()").split(",")]
    return all(
        clause is not None and _COMPARE[clause[1]](_release(running), _release(clause[2]))
        for clause in clauses
    )


def _release(text: str) -> _Release:
    return tuple(map(int, re.sub(r"(\.0+)+$", "", text).split(".")))


def _check(plugin: str, line: str, running: str) -> None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        raise PluginError(plugin, f"its requirement {line[:100]!r} cannot be read") from None
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return
    if not requirement.specifier.contains(running, prereleases=True):
        reason = f"needs muntin{requirement.specifier}, this is muntin {running}"
        raise PluginError(plugin, reason, "incompatible")
