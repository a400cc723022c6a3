"""A check of a site: each feed and panel as it stands, and an end to it whatever happens."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from core.tests.sites import STILL, site

from muntin import Feed, Page, Panel
from muntin.cli.check.report import check_site
from muntin.settings import Config
from muntin.site import build_site
from muntin.testing import FakeClock

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188100, "nav": 1.0})
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict, optional=True)


def checked(tmp_path: Path, *panels: Panel, document: str = '{"ts": 1764188100, "nav": 1}') -> Any:
    (tmp_path / "nav.json").write_text(document)
    found = site(tmp_path, Page("a", "A", panels), clock=FakeClock())
    return check_site(found, limit=0.5)


def test_a_check_of_what_is_well_is_ok(tmp_path: Path) -> None:
    report = checked(tmp_path, Panel("P", lambda state: str(state[NAV]["nav"]), (NAV,)))

    assert report.ok
    assert [(feed.name, feed.status, feed.age) for feed in report.feeds] == [("nav", "live", 0.0)]
    assert [(panel.panel, panel.status) for panel in report.panels] == [("P", "ok")]


def test_a_check_tells_a_feed_that_is_not_well(tmp_path: Path) -> None:
    report = checked(tmp_path, Panel("P", str, (NAV,)), document="{")

    assert not report.ok
    assert report.feeds[0].status == "unreadable"
    assert report.feeds[0].problem
    assert report.panels[0].status == "waiting"


def test_an_absent_optional_feed_is_no_failure(tmp_path: Path) -> None:
    report = checked(tmp_path, Panel("P", lambda _: "fine", (NAV,), (KPIS,)))

    assert report.ok
    assert [feed.status for feed in report.feeds] == ["missing", "live"]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (lambda state: state[KPIS], "UndeclaredFeed"),
        (lambda state: 1 / 0, "ZeroDivisionError"),
        (lambda state: FakeClock.missing, "AttributeError"),  # type: ignore[attr-defined]
    ],
)
def test_a_check_tells_a_panel_that_cannot_be_drawn(tmp_path: Path, view: Any, words: str) -> None:
    report = checked(tmp_path, Panel("P", view, (NAV,)), Panel("Q", lambda _: "fine", (NAV,)))

    assert not report.ok
    assert [panel.status for panel in report.panels] == ["failed", "ok"]
    assert words in report.panels[0].problem


def test_a_check_does_not_wait_for_a_view_that_hangs(tmp_path: Path) -> None:
    release = threading.Event()
    report = checked(tmp_path, Panel("P", lambda _: str(release.wait(30)), (NAV,)))
    release.set()

    assert report.panels[0].problem == "the view took longer than 0.5 s"


def test_a_check_of_a_source_that_says_nothing_ends() -> None:
    found = site(
        "still://x",
        Page("a", "A", (Panel("P", str, (NAV,)),)),
        kinds=(STILL,),
    )

    report = check_site(found, timeout=0.1)

    assert not report.ok
    assert report.location == "still://here"
    assert report.feeds[0].status == "missing"


def test_a_broken_plugin_fails_the_check(tmp_path: Path) -> None:
    found = build_site(Config(), state=str(tmp_path), plugins={"x": object()}, env={})

    assert not check_site(found).ok
