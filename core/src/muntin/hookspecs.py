"""The hooks of Muntin: everything a plugin can do, one function each.

`settings` is an instance of the plugin's own class `Settings`, filled from ``[plugin.NAME]``; None
for a plugin without one. An implementation annotates it with that class, and leaves out arguments
that it does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pluggy

from muntin.pages import Page, Panel, Viewer
from muntin.state.source import Source, Target

if TYPE_CHECKING:
    import click

#: Project name for pluggy and the entry-point group.
GROUP = "muntin"

hookspec = pluggy.HookspecMarker(GROUP)
#: Marks a function as a plugin's own of the hook that has its name: ``@hookimpl``.
hookimpl = pluggy.HookimplMarker(GROUP)


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class SourceKind(Generic[S]):
    """A kind of source: the URL scheme it serves and how to build it.

    `build` takes the URL and the source's options and returns a `Source`; it raises SourceError
    with one sentence if the URL cannot be served. The options are an instance of `settings`, filled
    from the source's table in muntin.toml; a kind without such a class takes none, and `build` is
    passed an empty mapping.
    """

    scheme: str
    build: Callable[[str, S], Source]
    doc: str = ""
    #: A frozen dataclass, as a plugin's `Settings`.
    settings: type[S] | None = None
    #: Returns what `muntin mirror` writes to; None for a kind that is only read.
    target: Callable[[str, S], Target] | None = None


@dataclass(frozen=True, slots=True)
class User:
    """The former type of `muntin_roles`' argument; `Viewer` stands in its place."""

    name: str
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened; kinds: panel-failed, panel-recovered, panel-hangs, feed-status."""

    kind: str
    subject: str
    detail: str
    at: datetime


@hookspec
def muntin_pages(settings: Any) -> Iterable[Page]:  # type: ignore[empty-body]  # a specification
    """Return the pages this plugin adds."""


@hookspec
def muntin_panels(settings: Any) -> Iterable[Panel]:  # type: ignore[empty-body]  # a specification
    """Return panels offered to other pages; each names one in `panel.page`."""


@hookspec
def muntin_sources() -> Iterable[SourceKind[Any]]:  # type: ignore[empty-body]  # a specification
    """Return the kinds of source this plugin can build, by URL scheme."""


@hookspec
def muntin_roles(  # type: ignore[empty-body]  # a specification
    user: Viewer, settings: Any
) -> Iterable[str]:
    """Return more roles for a user; those of all plugins are joined.

    `user.roles` are the roles that the users file, the provider or the proxy gives.
    """


@hookspec
def muntin_event(event: Event, settings: Any) -> None:
    """React to something that happened; called on a thread of its own, one event at a time."""


@hookspec
def muntin_commands(cli: click.Group) -> None:
    """Add commands to ``muntin``: ``cli.add_command(command)`` or ``@cli.command()``.

    Called only when the command line needs it. Import click inside the function, so that listing
    plugins stays quick. A command that serves pages uses `muntin.cli.serving_options`.
    """
