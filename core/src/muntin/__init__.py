"""Muntin: serve the live state of a fund as one web app of pip-installable pages.

Everything a plugin needs is exported here, and importing it is cheap: no Panel, no Bokeh.
"""

from __future__ import annotations

import warnings
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
from muntin.hookspecs import Event, SourceKind, hookimpl
from muntin.pages import Page, Panel, Viewer
from muntin.settings.parsing import Limits
from muntin.settings.secrets import Secret
from muntin.state.feeds import Feed
from muntin.state.fields import Field, Presence, parse_number, parse_time
from muntin.state.logs import Entry, Log, LogWindow, log
from muntin.state.nodes import Node
from muntin.state.snapshots import Reading, Snapshot, Status
from muntin.state.store import Store
from muntin.version import __version__ as __version__

if TYPE_CHECKING:
    from muntin.following import open_state

__all__ = [
    "ConfigError",
    "EmptyFeed",
    "Entry",
    "Event",
    "Feed",
    "FeedUnavailable",
    "Field",
    "Limits",
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
    "Secret",
    "Snapshot",
    "SourceError",
    "SourceKind",
    "Status",
    "Store",
    "UndeclaredFeed",
    "Viewer",
    "hookimpl",
    "log",
    "open_state",
    "parse_number",
    "parse_time",
]


def __getattr__(name: str) -> Any:
    """Return what is loaded only when it is asked for, and names of earlier releases."""
    if name == "open_state":
        from muntin.following import open_state

        return open_state
    if name == "User":
        from muntin.hookspecs import User

        warnings.warn("muntin.User is now muntin.Viewer", DeprecationWarning, stacklevel=2)
        return User
    if name in {"HttpSettings", "HttpSource", "Route"}:
        from importlib import import_module

        warnings.warn(
            f"muntin.{name} is now muntin_http.{name}; pip install muntin-http",
            DeprecationWarning,
            stacklevel=2,
        )
        try:
            return getattr(import_module("muntin_http"), name)
        except ModuleNotFoundError as error:
            raise AttributeError(
                f"muntin.{name} is in a distribution of its own: pip install muntin-http"
            ) from error
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
