"""Plugins: found by their metadata, brought up one by one, and none can stop the others.

`discover` reads which are installed, `load` takes each through its life, and the `PluginSet` it
returns holds a record of every one, with its state and the reason. `load_commands` asks them for
nothing but their commands.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from muntin.plugins import discovery
from muntin.plugins.attempt import TIME_LIMIT, OnCall, PluginHangs, attempt
from muntin.plugins.claims import Claims
from muntin.plugins.commands import CommandGroup, Contribution, contributions
from muntin.plugins.discovery import Candidate, discover, in_order_of_claims
from muntin.plugins.lifecycle import LoadOptions, bring_up
from muntin.plugins.records import PluginRecord, State
from muntin.plugins.set import PluginSet, assemble
from muntin.version import __version__


def load(  # noqa: PLR0913 - the settings that concern plugins, one each
    *,
    plugins: Mapping[str, object] | None = None,
    discover: bool = True,
    only: Iterable[str] | None = None,
    disable: Iterable[str] = (),
    prefer: Iterable[str] = (),
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    env: Mapping[str, str] | None = None,
    limit: float = TIME_LIMIT,
    on_call: OnCall | None = None,
) -> PluginSet:
    """Return every plugin, installed or passed by hand in `plugins`, with what became of it.

    `only` and `disable` name plugins or their distributions, `settings` holds their tables by
    name, and no import or hook may take longer than `limit` seconds. What plugins print
    meanwhile goes to standard error. `on_call` is called after each call of their code.

    Where two claim an address, a feed or a scheme, the first of `prefer` has it, else the one that
    was installed first.
    """
    candidates = (
        *discovery.given(plugins or {}),
        *(discovery.discover() if discover else ()),
    )
    candidates = in_order_of_claims(candidates, tuple(prefer))
    options = LoadOptions(
        __version__,
        None if only is None else tuple(only),
        tuple(disable),
        settings or {},
        env,
        limit,
        on_call,
    )
    with quiet():
        records = [bring_up(candidate, options) for candidate in candidates]
    claims = Claims()
    return assemble((claims.settle(record) for record in records), on_call)


def load_commands(
    new_group: Callable[[], CommandGroup],
    *,
    reserved: Iterable[str] = (),
    first: str = "",
    only: Iterable[str] | None = None,
    disable: Iterable[str] = (),
) -> Iterator[Contribution]:
    """Yield every installed plugin with the commands it adds to a group of its own.

    The plugin named `first` comes first; a caller who stops there imports no other. `reserved`
    are the names that no plugin can have.
    """
    chosen = None if only is None else tuple(only)
    options = LoadOptions(__version__, chosen, tuple(disable))
    candidates = sorted(discovery.discover(), key=lambda one: not one.named([first]))
    found = contributions(candidates, options, new_group, reserved)
    while True:
        with quiet():
            one = next(found, None)
        if one is None:
            return
        yield one


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what plugins print to standard error, so that it does not spoil the output."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


__all__ = [
    "TIME_LIMIT",
    "Candidate",
    "Contribution",
    "OnCall",
    "PluginHangs",
    "PluginRecord",
    "PluginSet",
    "State",
    "attempt",
    "discover",
    "load",
    "load_commands",
    "quiet",
]
