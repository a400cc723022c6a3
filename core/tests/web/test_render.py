"""A page's HTML: figures in the first bytes, judged when asked for, made once a second."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from bokeh.document import Document
from core.tests.kit import NAV
from core.tests.web import views

from muntin import Feed, Page, Panel, Reading, Snapshot
from muntin.live.stage.scene import Scene
from muntin.live.stage.stage import PageState
from muntin.settings import Config, SiteConfig
from muntin.state.snapshots import Status, failed, read
from muntin.testing import FakeClock, snapshot
from muntin.web.assets import BUNDLES, load
from muntin.web.render import Renderer, lamp

KPIS: Feed[dict[str, Any]] = Feed("kpis", dict)
EXTRA: Feed[dict[str, Any]] = Feed("extra", dict, optional=True)
EVIL = "</script><script>alert(1)</script>"


PAGE = Page("page", "Page", (Panel("A", views.figure, (NAV,)),))


class Made:
    """A renderer with a stage's picture of a store."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.clock: FakeClock = site.store.clock
        self.renderer = Renderer(site, load())

    def publish(self, **raw: Any) -> PageState:
        raw = {"ts": self.clock(), **raw}
        self.site.store.publish(read(NAV, raw, self.clock.now))
        return self.shown()

    def shown(self) -> PageState:
        scene = Scene(PAGE, Document())
        state = self.site.store.snapshot
        scene.update(state)
        return PageState(3, state, MappingProxyType(scene.states), ("bokeh", "panel"), charts=False)

    def text(self, shown: PageState) -> str:
        return self.renderer.page(PAGE, shown, "").plain.decode()


@pytest.fixture
def made(make_site: Callable[..., Any]) -> Made:
    return Made(make_site(PAGE))


def island(text: str) -> Any:
    [data] = re.findall(r'<script type="application/json" id="mu-data">(.*?)</script>', text)
    return json.loads(data)


def test_figures_stand_in_the_page_before_any_script(made: Made) -> None:
    text = made.text(made.publish(nav=11107.3))

    assert text.index("11,107.30") < text.index('id="mu-data"')
    assert re.search(r'data-metric="nav"[^>]* data-value="11107.3"[^>]* data-status="live"', text)


def test_status_is_judged_when_the_page_is_asked_for(made: Made) -> None:
    """A picture drawn when the document was fresh is not called live later."""
    shown = made.publish(nav=1.0)
    assert 'data-status="live"' in made.text(shown)
    made.clock.advance(300)
    assert re.search(r'data-metric="nav"[^>]* data-status="late"', made.text(shown))
    made.clock.advance(900)
    later = made.text(shown)

    assert re.search(r'data-metric="nav"[^>]* data-status="stale"', later)
    assert "stale · 20\u00a0min" in later
    assert "1 of 1 not live · nav stale" in later


def test_page_is_made_once_a_second(made: Made) -> None:
    shown = made.publish(nav=1.0)
    first = made.renderer.page(PAGE, shown, "")
    made.clock.advance(0.5)
    assert made.renderer.page(PAGE, shown, "") is first
    assert first.encoded("br")[0] is first.encoded("br")[0]
    assert made.renderer.page(PAGE, shown, "dark") is not first
    made.clock.advance(0.5)
    assert made.renderer.page(PAGE, shown, "") is not first
    assert made.renderer.page(PAGE, made.publish(nav=2.0), "") is not first


def test_data_tells_the_script_where_it_stands(made: Made) -> None:
    data = island(made.text(made.publish(nav=1.0)))

    assert (data["page"], data["scope"], data["revision"]) == ("page", "shared", 3)
    assert (data["ws"], data["charts"]) == ("/page/ws", False)
    assert data["feeds"][0][:3] == ["nav", "nav", 1764188100000]


def test_data_cannot_end_its_element_f85(made: Made) -> None:
    """F85: no text of a feed, a plugin or the settings is markup, not in the data either."""
    feed: Feed[Any] = Feed("nav", dict, path=EVIL, producer=EVIL)
    shown = made.publish(nav=1.0)
    hostile = Reading(feed, {"nav": 1.0}, fault=Status.UNREADABLE, problem=EVIL)
    shown = PageState(
        3, Snapshot({"nav": hostile}, made.clock.now), shown.panels, shown.bundles, charts=False
    )

    text = made.text(shown)

    assert "<script>alert" not in text
    assert island(text)["feeds"][0][9] == EVIL


def test_settings_are_text_f85(make_site: Callable[..., Any]) -> None:
    """F85: a title too."""
    site = SiteConfig(title=EVIL[:80], mode="<b>", disclaimer=EVIL)
    made = Made(make_site(PAGE, config=Config(site=site)))

    text = made.text(made.publish(nav=1.0))

    assert "<script>alert" not in text
    assert "<b>" not in text


def test_charts_scripts_are_loaded_only_where_there_are_charts(made: Made) -> None:
    shown = made.publish(nav=1.0)
    charts = PageState(3, shown.snapshot, shown.panels, ("bokeh", "panel"), charts=True)

    assert 'rel="preload"' not in made.text(shown)
    assert island(made.text(shown))["bundles"] == []
    text = made.text(charts)
    assert text.index("muntin.js") < text.index("/bokeh.min.js") < text.index("panel.min.js")
    assert island(text)["bundles"] == ["bokeh", "panel"]


def test_page_knows_where_the_scripts_of_charts_to_come_are(made: Made) -> None:
    known = island(made.text(made.publish(nav=1.0)))["scripts"]

    assert known == {name: load()[f"{name}.min.js"].address for name in BUNDLES}


def test_page_without_panels_says_so(make_site: Callable[..., Any]) -> None:
    site = make_site(Page("page", "Page"))
    shown = PageState(1, site.store.snapshot, MappingProxyType({}), (), charts=False)

    text = Renderer(site, load()).page(Page("page", "Page"), shown, "").plain.decode()

    assert "This page has no panels." in text


def test_message_escapes_and_tries_again(made: Made) -> None:
    text = made.renderer.message("<h>", "<t>", retry=2).plain.decode()

    assert "<h1>&lt;h&gt;</h1><p>&lt;t&gt;</p>" in text
    assert '<meta http-equiv="refresh" content="2">' in text
    assert "refresh" not in made.renderer.message("h", "t").plain.decode()


def faulty(feed: Feed[Any], fault: Status) -> Reading:
    return failed(feed, fault, "why", FakeClock().now)


GOOD = {"ts": 1764188100, "nav": 1}
ABSENT = faulty(EXTRA, Status.MISSING)


@pytest.mark.parametrize(
    ("feeds", "age", "status", "text"),
    [
        ({}, None, "missing", "no feeds"),
        ({EXTRA: ABSENT}, None, "missing", "no feeds"),
        ({NAV: GOOD}, 9, "live", "1 feed live · newest 9 s ago"),
        ({NAV: GOOD, KPIS: GOOD}, 9, "live", "2 feeds live · newest 9 s ago"),
        ({NAV: GOOD, EXTRA: ABSENT}, 9, "live", "1 feed live · newest 9 s ago"),
        ({NAV: GOOD}, 300, "late", "1 of 1 not live · nav late"),
        ({NAV: {"nav": 1}}, None, "undated", "1 of 1 not live · nav undated"),
        (
            {NAV: GOOD, KPIS: faulty(KPIS, Status.MALFORMED), EXTRA: faulty(EXTRA, Status.EMPTY)},
            300, "malformed", "3 of 3 not live · kpis malformed",
        ),
        (
            {NAV: GOOD, KPIS: faulty(KPIS, Status.MISSING)},
            9, "missing", "1 of 2 not live · kpis missing",
        ),
    ],
)  # fmt: skip
def test_lamp_says_the_worst_in_words(
    feeds: dict[Feed[Any], Any], age: float | None, status: str, text: str
) -> None:
    assert lamp(snapshot(feeds, age=age)) == {
        "status": status, "text": text.replace("9 s", "9\u00a0s"),
    }  # fmt: skip
