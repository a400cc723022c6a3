"""The hooks of Muntin: everything a plugin can do, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pluggy

from muntin.pages import Page, Panel

#: Project name for pluggy and the entry-point group.
GROUP = "muntin"

hookspec = pluggy.HookspecMarker(GROUP)
#: Marks a function as a plugin's own of the hook that has its name: ``@hookimpl``.
hookimpl = pluggy.HookimplMarker(GROUP)


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source: the URL scheme it serves and how to build it.

    `build` takes the URL and the source's options and returns a `Source`; it raises SourceError
    with one sentence if the URL cannot be served. The options are an instance of `settings`, filled
    from the table ``[source]`` of muntin.toml; a kind without such a class takes none.
    """

    scheme: str
    build: Callable[[str, Any], Any]
    doc: str = ""
    #: A frozen dataclass, as a plugin's `Settings`; without one the options are an empty mapping.
    settings: type | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Who is looking: a name and what the identity provider says of it."""

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
    """Return the pages this plugin adds; `settings` is this plugin's own settings object."""


@hookspec
def muntin_panels(settings: Any) -> Iterable[Panel]:  # type: ignore[empty-body]  # a specification
    """Return panels offered to other pages; each names one in `panel.page`."""


@hookspec
def muntin_sources() -> Iterable[SourceKind]:  # type: ignore[empty-body]  # a specification
    """Return the kinds of source this plugin can build, by URL scheme."""


@hookspec
def muntin_roles(user: User) -> Iterable[str]:  # type: ignore[empty-body]  # a specification
    """Return the roles of a user; results of all plugins are joined."""


@hookspec
def muntin_event(event: Event) -> None:
    """Take note that something happened; called on a thread of its own."""
