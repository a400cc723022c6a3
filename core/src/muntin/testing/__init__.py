"""The test kit: everything a plugin's tests need, without a server and without a browser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from muntin.testing.clock import FakeClock
from muntin.testing.dates import redate
from muntin.testing.snapshots import reading, snapshot
from muntin.testing.sources import SourceBackend, SourceRun
from muntin.testing.stores import FakeStore

if TYPE_CHECKING:
    from muntin.testing.readout import Shown
    from muntin.testing.rendered import Rendered, render
    from muntin.testing.sites import SiteClient, served, site
    from muntin.testing.wire import Response

__all__ = [
    "FakeClock",
    "FakeStore",
    "Rendered",
    "Response",
    "Shown",
    "SiteClient",
    "SourceBackend",
    "SourceRun",
    "reading",
    "redate",
    "render",
    "served",
    "site",
    "snapshot",
]

#: What needs Bokeh or Tornado, by the module that has it.
_LATE = {
    "Rendered": "rendered",
    "Response": "wire",
    "Shown": "readout",
    "SiteClient": "sites",
    "render": "rendered",
    "served": "sites",
    "site": "sites",
}


def __getattr__(name: str) -> Any:
    """Load what is heavy only when it is asked for."""
    if name in _LATE:
        return getattr(import_module(f"muntin.testing.{_LATE[name]}"), name)
    raise AttributeError(name)
