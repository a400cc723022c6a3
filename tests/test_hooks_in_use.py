"""Every hook is used by a distribution of this workspace, and documented with it."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from muntin import hookspecs
from muntin.plugins.hooks import new_manager

PAGE = Path(__file__).parent.parent / "docs" / "plugins.md"
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("muntin_"))


@pytest.fixture(scope="module")
def users() -> dict[str, set[str]]:
    """The distributions that use each hook."""
    found: dict[str, set[str]] = {hook: set() for hook in HOOKS}
    for point in entry_points(group="muntin"):
        manager = new_manager()
        manager.register(point.load(), point.name)
        for caller in manager.get_hookcallers(manager.get_plugin(point.name)) or []:
            assert point.dist is not None
            found[caller.name].add(point.dist.name)
    return found


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_used_and_its_users_are_named(hook: str, users: dict[str, set[str]]) -> None:
    [row] = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{hook}(")]
    named = set(re.findall(r"`(muntin-[a-z-]+)`", row))

    assert named
    assert named <= users[hook]
