"""The part of the tuned Panel app that all sessions share: one reader, one set of texts.

It stands in a module of its own because Panel runs the app's script anew for each session.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import panel as pn
from bokeh.document import Document

from bench.peers.documents import holdings, indicators, load, positions, slices, status, wedges

Show = Callable[[dict[str, Any]], None]


class Reader:
    """Reads the files when they have changed, and has every session show what they hold."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._stamp = self._look()
        self.now = build(state)
        self.sessions: dict[Document, Show] = {}

    def read(self) -> None:
        """Read once for all sessions; each sets its values on the event loop."""
        if (stamp := self._look()) == self._stamp:
            return
        self._stamp, self.now = stamp, build(self._state)
        for document, show in tuple(self.sessions.items()):
            document.add_next_tick_callback(lambda show=show: show(self.now))

    def _look(self) -> list[tuple[int, int]]:
        files = (self._state / f"{name}.json" for name in ("nav", "kpis_v7", "positions"))
        return [((found := file.stat()).st_ino, found.st_mtime_ns) for file in files]


def reader(state: Path) -> Reader:
    """Return the one reader of this process; it looks four times a second."""
    if "reader" not in pn.state.cache:
        pn.state.cache["reader"] = found = Reader(state)
        pn.state.schedule_task("reader", found.read, period=dt.timedelta(milliseconds=250))
    shared: Reader = pn.state.cache["reader"]
    return shared


def build(state: Path) -> dict[str, Any]:
    """Return everything that the page shows, ready to be set."""
    nav, kpis = load(state, "nav"), load(state, "kpis_v7")
    drawdown, volatility = status(kpis)
    frame = slices(nav)
    return {
        "cards": f"NAV <b>{nav['nav_usd']:,.2f}</b> AUM <b>{nav['aum']['total']:,.2f}</b>"
        f" Drawdown <b>{drawdown}</b> Volatility <b>{volatility}</b>",
        "holdings": _html(holdings(frame)),
        "indicators": _html(indicators(kpis)),
        "positions": _html(positions(load(state, "positions"))),
        "wedges": wedges(frame),
    }


def _html(frame: pd.DataFrame) -> str:
    return frame.to_html(index=False, border=0)
