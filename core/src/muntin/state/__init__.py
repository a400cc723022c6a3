"""The state model: feeds, fields, readings, snapshots and the store that holds the newest."""

from __future__ import annotations

from muntin.state.feeds import Feed
from muntin.state.fields import Field, Presence, parse_number, parse_time
from muntin.state.logs import Entry, Log, LogWindow, log
from muntin.state.nodes import Node
from muntin.state.snapshots import MEANING, Reading, Snapshot, Status, failed, read
from muntin.state.store import Store

__all__ = [
    "MEANING",
    "Entry",
    "Feed",
    "Field",
    "Log",
    "LogWindow",
    "Node",
    "Presence",
    "Reading",
    "Snapshot",
    "Status",
    "Store",
    "failed",
    "log",
    "parse_number",
    "parse_time",
    "read",
]
