"""Viewers: who looks at a page, and which views are drawn for each of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: the name they signed in with, their roles, and what is said of them."""

    #: "" for somebody who did not sign in.
    name: str = ""
    roles: frozenset[str] = frozenset()
    #: What the identity provider says, such as ``email``.
    claims: Mapping[str, Any] = field(default_factory=lambda: _NONE, hash=False)

    @property
    def anonymous(self) -> bool:
        """True for somebody who did not sign in."""
        return not self.name

    def among(self, audience: frozenset[str] | None) -> bool:
        """Return True if the viewer has one of these roles; None stands for everybody."""
        return audience is None or not audience.isdisjoint(self.roles)


def takes_viewer(view: Callable[..., object]) -> bool:
    """Return True if a view asks for ``(snapshot, viewer)``, False for ``(snapshot)``."""
    try:
        parameters = inspect.signature(view).parameters.values()
    except (TypeError, ValueError):  # a builtin may not tell
        return False
    needed = [
        one for one in parameters
        if one.default is one.empty and one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}
    ]  # fmt: skip
    return len(needed) == 2
