"""Muntin: serve the live state of a fund as one web app of pip-installable pages.

Everything a plugin needs is exported here, and importing it is cheap: no Panel, no Bokeh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muntin.errors import (
    ConfigError,
    EmptyFeed,
    FeedUnavailable,
    MalformedFeed,
    MuntinError,
    PluginError,
    SourceError,
    UndeclaredFeed,
)
from muntin.feeds import Feed
from muntin.fields import Field, Presence, parse_number, parse_time
from muntin.hookspecs import Event, SourceKind, User, hookimpl
from muntin.logs import Entry, Log, LogWindow, log
from muntin.nodes import Node
from muntin.pages import Page, Panel
from muntin.secret import Secret
from muntin.state import Reading, Snapshot, Status
from muntin.store import Store
from muntin.viewers import Viewer

if TYPE_CHECKING:
    from muntin.sources.http import HttpSource, Route
    from muntin.sources.http_settings import HttpSettings

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "EmptyFeed",
    "Entry",
    "Event",
    "Feed",
    "FeedUnavailable",
    "Field",
    "HttpSettings",
    "HttpSource",
    "Log",
    "LogWindow",
    "MalformedFeed",
    "MuntinError",
    "Node",
    "Page",
    "Panel",
    "PluginError",
    "Presence",
    "Reading",
    "Route",
    "Secret",
    "Snapshot",
    "SourceError",
    "SourceKind",
    "Status",
    "Store",
    "UndeclaredFeed",
    "User",
    "Viewer",
    "hookimpl",
    "log",
    "parse_number",
    "parse_time",
]


def __getattr__(name: str) -> Any:
    """Load what reads over HTTP only when it is asked for."""
    if name == "HttpSettings":
        from muntin.sources.http_settings import HttpSettings

        return HttpSettings
    if name in {"HttpSource", "Route"}:
        from muntin.sources import http

        return getattr(http, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
