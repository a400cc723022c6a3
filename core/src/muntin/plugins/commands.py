"""The commands that plugins add to the command line, without anything else that they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from muntin.errors import PluginError
from muntin.plugins.discovery import Candidate
from muntin.plugins.hooks import implementations
from muntin.plugins.lifecycle import LoadOptions, failed, import_plugin
from muntin.plugins.records import PluginRecord


class CommandGroup(Protocol):
    """What a plugin adds its commands to: a `click.Group`."""

    commands: Any


@dataclass(frozen=True, slots=True)
class Contribution:
    """One plugin with the commands that it adds, by name."""

    record: PluginRecord
    commands: Mapping[str, Any] = field(default_factory=dict)


def contributions(
    candidates: Iterable[Candidate],
    options: LoadOptions,
    new_group: Callable[[], CommandGroup],
    reserved: Iterable[str],
) -> Iterator[Contribution]:
    """Yield each plugin with its commands; its pages and settings are not asked for.

    A command that core or an earlier plugin has is left out, and the plugin's record says so.
    """
    owners = dict.fromkeys(reserved, "muntin itself")
    for candidate in candidates:
        found = _contribution(candidate, options, new_group)
        kept = {name: one for name, one in found.commands.items() if name not in owners}
        taken = found.commands.keys() - kept.keys()
        notes = [f"command {name!r} is already added by {owners[name]}" for name in sorted(taken)]
        owners |= dict.fromkeys(kept, found.record.owner)
        record = replace(found.record, reason="; ".join(notes)) if notes else found.record
        yield Contribution(record, kept)


def _contribution(
    candidate: Candidate, options: LoadOptions, new_group: Callable[[], CommandGroup]
) -> Contribution:
    imported = import_plugin(candidate, options)
    if imported.manager is None:
        return Contribution(imported.record)
    group = new_group()
    try:
        for name, call in implementations(imported.manager, "muntin_commands"):
            options.attempt(name, "muntin_commands", partial(call, cli=group))
    except PluginError as error:
        return Contribution(failed(imported.record, error))
    return Contribution(imported.record, dict(group.commands))
