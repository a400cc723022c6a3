"""The test kit: everything a plugin's tests need, without a server and without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muntin.testing.clock import FakeClock
from muntin.testing.snapshots import snapshot

if TYPE_CHECKING:
    from muntin.testing.rendered import Rendered, render

__all__ = ["FakeClock", "Rendered", "render", "snapshot"]


def __getattr__(name: str) -> Any:
    """Load what needs Bokeh only when it is asked for."""
    if name in {"Rendered", "render"}:
        from muntin.testing import rendered

        return getattr(rendered, name)
    raise AttributeError(name)
