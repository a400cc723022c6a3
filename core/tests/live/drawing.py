"""Pages of Panel content drawn at the same time, each on its own thread, in a fresh process.

Run as a program with a number of pages and of rounds; it writes what went wrong, a line each.
Nothing of Panel or HoloViews is imported before the first views do it, all at once.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

from muntin.live.relay.frames import Update
from muntin.live.stage.stage import Stage
from muntin.pages import Page, Panel
from muntin.state.feeds import Feed
from muntin.state.snapshots import Snapshot, read
from muntin.state.store import Store
from muntin.testing import FakeClock

#: Seconds that drawing may take, the first time with all imports.
PATIENCE = 120.0

MARKS: Feed[dict[str, Any]] = Feed("marks", dict)


class Views:
    """The views of one page: whatever they show says whose it is, and of which update."""

    def __init__(self, number: int) -> None:
        self.number = number

    def mark(self, state: Snapshot) -> str:
        """Return the word that everything on the page shows now."""
        found = state.get(MARKS, None)
        return f"page-{self.number}-of-{0 if found is None else found['update']}."

    def indicator(self, state: Snapshot) -> object:
        """Return two indicators and a text."""
        import panel as pn

        mark = self.mark(state)
        trend = pn.indicators.Trend(name=f"trend {mark}", data={"x": [1, 2], "y": [1, 2]})
        number = pn.indicators.Number(name="A figure", value=1.0, format=f"number {mark}")
        return pn.Row(number, trend, pn.pane.Markdown(f"text {mark}"))

    def table(self, state: Snapshot) -> object:
        """Return a table with a mark in a cell."""
        import pandas as pd
        import panel as pn

        return pn.widgets.Tabulator(pd.DataFrame({"mark": [f"table {self.mark(state)}"]}))

    def chart(self, state: Snapshot) -> object:
        """Return a HoloViews chart as Muntin draws it."""
        import holoviews as hv

        return hv.Curve([(0, 0), (1, 1)]).opts(hv.opts.Curve(title=f"chart {self.mark(state)}"))

    def pane(self, state: Snapshot) -> object:
        """Return HoloViews charts as Panel draws them."""
        import holoviews as hv
        import panel as pn

        bars = hv.Bars([("a", 1), ("b", 2)]).opts(title=f"pane {self.mark(state)}")
        return pn.Column(pn.pane.HoloViews(bars), pn.widgets.IntSlider(name="days"))

    def page(self) -> Page:
        """Return the page."""
        views = (self.indicator, self.table, self.chart, self.pane)
        panels = (Panel(view.__name__.title(), view, wants=(MARKS,)) for view in views)
        return Page(f"page-{self.number}", "Page", tuple(panels))


class Audience:
    """Whoever looks at a page: waits for an update, and reads the document then."""

    watched, sending = True, False

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._news = threading.Condition()

    def emit(self, update: Update) -> None:
        """Take note that the stage shows something new."""
        del update
        with self._news:
            self._news.notify_all()

    def wait(self, update: int) -> bool:
        """Wait until the stage shows an update."""
        with self._news:
            return self._news.wait_for(lambda: self._shows(update), PATIENCE)

    def _shows(self, update: int) -> bool:
        shown = self.stage.shown
        found = None if shown is None else shown.snapshot.get(MARKS, None)
        return found is not None and found["update"] == update


def pulled(stage: Stage) -> bytes:
    """Return the document of a stage as a viewer gets it."""
    found: list[bytes] = []
    done = threading.Event()

    def take(_: int, body: bytes) -> None:
        found.append(body)
        done.set()

    stage.pull(take)
    return found[0] if done.wait(PATIENCE) else b""


def problems(stage: Stage, views: Views, update: int, pages: int) -> Iterator[str]:
    """Yield what is wrong with a page that has been drawn."""
    body = pulled(stage)
    if stage.shown is None:
        yield f"{stage.page.slug}: never drawn"
        return
    for slug, state in stage.shown.panels.items():
        if state.fault is not None:
            yield f"{stage.page.slug}/{slug}: {state.fault.summary}"
    mine = f"page-{views.number}-of-{update}.".encode()
    for kind in (b"number", b"trend", b"text", b"table", b"chart", b"pane"):
        if kind + b" " + mine not in body:
            yield f"{stage.page.slug}: no {kind.decode()} of update {update}"
    for other in range(pages):
        if other != views.number and f"page-{other}-of".encode() in body:
            yield f"{stage.page.slug}: shows what is of page {other}"


def drawn_at_once(pages: int) -> Iterator[str]:
    """Draw pages at once, then an update of each; yield what went wrong."""
    clock = FakeClock()
    store = Store([MARKS], clock)
    views = [Views(number) for number in range(pages)]
    stages = [Stage(one.page(), store, 0.001) for one in views]
    try:
        audiences = [Audience(stage) for stage in stages]
        for stage, audience in zip(stages, audiences, strict=True):
            stage.start(audience)
        for stage in stages:
            if not stage.ready.wait(PATIENCE):
                yield f"{stage.page.slug}: not drawn within {PATIENCE} s"
                return
        store.publish(read(MARKS, {"update": 1, "ts": clock()}, clock.now))
        for stage, one, audience in zip(stages, views, audiences, strict=True):
            if not audience.wait(1):
                yield f"{stage.page.slug}: not updated within {PATIENCE} s"
            yield from problems(stage, one, 1, pages)
    finally:
        for stage in stages:
            stage.stop()


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)  # threads take turns ten times as often
    for _ in range(int(sys.argv[2])):
        sys.stdout.writelines(f"{line}\n" for line in drawn_at_once(int(sys.argv[1])))
