"""What an update of a long table costs: the leaves that are drawn, counted; nothing is timed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.kit import nav, positions

from muntin.live.relay.protocols import NoAudience
from muntin.live.stage.stage import Stage
from muntin.settings import Config
from muntin.site import Site, build_site
from muntin.state.snapshots import read
from muntin.testing import FakeClock
from muntin.ui.rendering.fragments import Leaf

ROWS = 200
CLOCK = FakeClock()


def book(profit: float) -> dict[str, Any]:
    """Return a document of positions, each with this profit and a price that goes with it."""
    made = positions(*((f"C{at:03d}USDT", 1.0 + at, profit) for at in range(ROWS)), at=CLOCK())
    return {**made, "items": [{**row, "mark_price": profit} for row in made["items"]]}


class Watched:
    """The Overview, drawn at once on the thread of the test."""

    def __init__(self, folder: Path) -> None:
        self.site: Site = build_site(Config(), state=str(folder), clock=CLOCK)
        page = self.site.page("overview")
        assert page is not None
        self.stage = Stage(page, self.site.store, refresh=0.01)

    def publish(self, **documents: Any) -> None:
        feeds = self.site.store.feeds
        made = (read(feeds[name], raw, CLOCK.now) for name, raw in documents.items())
        self.site.store.publish(*made)
        assert self.stage.fresh(10.0)

    def leaves(self) -> dict[str, Leaf]:
        assert self.stage.shown is not None
        return dict(self.stage.shown.panels["positions"].fragment.leaves)

    def drawn_by(self, **documents: Any) -> list[Leaf]:
        """Return the leaves of the positions that publishing these documents has drawn."""
        before = self.leaves()
        self.publish(**documents)
        return [leaf for key, leaf in self.leaves().items() if before.get(key) is not leaf]


def columns(leaves: list[Leaf]) -> dict[str, int]:
    """Return how many cells of each column there are among leaves."""
    found = [dict(leaf.attrs).get("data-column", "") for leaf in leaves]
    return {column: found.count(column) for column in found if column}


def watching(folder: Path) -> Watched:
    watched = Watched(folder)
    watched.site.store.publish(
        read(watched.site.store.feeds["nav"], nav(at=CLOCK()), CLOCK.now),
        read(watched.site.store.feeds["positions"], book(100.0), CLOCK.now),
    )
    watched.stage.start(NoAudience())
    assert watched.stage.ready.wait(10.0)
    return watched


def test_new_prices_draw_what_follows_from_prices(tmp_path: Path) -> None:
    """Three cells of each row, and not the names, sides, quantities and entries beside them."""
    watched = watching(tmp_path)
    try:
        drawn = columns(watched.drawn_by(positions=book(101.0)))
    finally:
        watched.stage.stop()

    assert drawn == {"mark": ROWS, "notional": ROWS, "upnl": ROWS}


def test_new_nav_draws_none_of_the_positions(tmp_path: Path) -> None:
    watched = watching(tmp_path)
    try:
        drawn = watched.drawn_by(nav=nav(12_345.0, at=CLOCK()))
    finally:
        watched.stage.stop()

    assert columns(drawn) == {}


def test_document_that_is_written_again_draws_nothing(tmp_path: Path) -> None:
    watched = watching(tmp_path)
    try:
        drawn = watched.drawn_by(positions={**book(100.0), "remark": "the same"})
    finally:
        watched.stage.stop()

    assert columns(drawn) == {}
