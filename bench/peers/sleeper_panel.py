"""The same bad behaviour in Panel: a page whose callback sleeps two seconds in every update."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import panel as pn

from bench.peers.documents import load

pn.extension()
shown = pn.pane.Markdown("")


def refresh() -> None:
    """Show the NAV, late."""
    time.sleep(2.0)
    shown.object = f"{load(Path(sys.argv[1]), 'nav')['nav_usd']:,.2f}"


pn.state.add_periodic_callback(refresh, period=1000)
shown.servable(title="Sleeper")
