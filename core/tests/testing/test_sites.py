"""A whole app in a test: the real handlers answer, without a socket."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPServerRequest, RequestStartLine

from muntin import ConfigError, Feed, Field, Page, Panel, Presence, Snapshot, Viewer, hookimpl
from muntin.testing import FakeClock, SiteClient, served, site
from muntin.testing.running import viewer_of
from muntin.testing.wire import Wire
from muntin.ui import Column, Metric, label, metrics, row, stack, table

Start = Callable[..., SiteClient]

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188040, "nav": 1.5})
BEGAN = threading.Event()
GO = threading.Event()


def value(state: Snapshot) -> object:
    field = Field(state[NAV]["nav"], "usd", "nav", "nav", "", Presence.OK)
    columns = [Column("symbol", "Symbol", numeric=False), Column("qty", "Qty")]
    rows = table(columns, [row("a", label("<b>"), field)])
    return stack(metrics(Metric("nav", "NAV", field)), rows, rows)


def fails(state: Snapshot) -> object:
    raise KeyError("hunter2")


def hangs(state: Snapshot) -> object:
    BEGAN.set()
    GO.wait(30)
    return "late"


def plugin(*pages: Page) -> SimpleNamespace:
    return SimpleNamespace(muntin_pages=hookimpl(lambda: pages))


ONE = plugin(Page("one", "One", (Panel("Value", value, (NAV,)), Panel("Broken", fails))))


def test_a_page_is_answered_as_a_server_would(site: Start) -> None:
    answer = site([("one", ONE)]).get("/one")

    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.metrics["nav"].text == "1.50"
    assert answer.metrics["nav"].status == "live"
    assert [*answer.tables] == ["value", "value~2"]
    assert answer.tables["value"].to_dict("list") == {"symbol": ["<b>"], "qty": ["1.50"]}
    assert [*answer.faults] == ["broken"]
    assert "could not be drawn" in answer.panels["broken"].text
    assert "hunter2" not in answer.html


def test_every_other_address_is_answered_too(site: Start) -> None:
    app = site([("one", ONE)])

    assert app.get("/").headers["location"] == "/one"
    assert app.get("/nowhere").status == 404
    assert app.get("/healthz").text == "ok\n"
    assert app.get("/-/plugins").json[0]["state"] == "active"
    assert app.get("/one", Accept_Encoding="br").headers["content-encoding"] == "br"
    assert app.request("POST", "/one", body=b"{}").status == 405


def test_a_page_shows_what_was_published_before(site: Start, clock: FakeClock) -> None:
    app = site([("one", ONE)], state={})
    waiting = app.get("/one").panels["value"].text
    app.publish(NAV)
    first = app.get("/one").metrics["nav"].text
    app.publish(NAV, nav=2.5)
    second = app.get("/one").metrics["nav"].text
    app.publish(NAV, {"ts": clock() - 5, "nav": 3.5})

    assert "Waiting for nav" in waiting
    assert (first, second, app.get("/one").metrics["nav"].text) == ("1.50", "2.50", "3.50")


def test_ages_are_those_of_the_clock(site: Start, clock: FakeClock) -> None:
    app = site([("one", ONE)])
    app.advance(3600)

    assert app.get("/one").metrics["nav"].status == "stale"
    assert app.store.snapshot.now == clock.now


def test_a_directory_is_read_by_the_real_clock(tmp_path: Path) -> None:
    (tmp_path / "nav.json").write_text(json.dumps({"ts": 1764188040, "nav": 7}))
    with site([("one", ONE)], state=tmp_path) as app:
        shown = app.get("/one").metrics["nav"]
        with pytest.raises(TypeError, match="real clock"):
            app.advance(1)

    assert (shown.text, shown.status) == ("7.00", "stale")


def test_exactly_these_plugins_are_there(site: Start) -> None:
    module = ModuleType("somewhere.muntin_two")
    module.muntin_pages = hookimpl(lambda: [Page("two", "Two")])  # type: ignore[attr-defined]  # as a module has it

    rows = site([module, ("one", ONE)]).get("/-/plugins").json

    assert {one["name"]: one["pages"] for one in rows} == {"two": ["two"], "one": ["one"]}


def test_settings_are_those_of_muntin_toml(site: Start) -> None:
    config = {"site": {"title": "Fund"}, "page": {"one": {"title": "Uno"}}}

    assert "Uno" in site([("one", ONE)], config).get("/one").text
    with pytest.raises(ConfigError, match=r"site\.titel: unknown, did you mean title"):
        site([("one", ONE)], {"site": {"titel": "x"}})


def test_a_plugin_that_is_not_active_is_told_at_once(site: Start) -> None:
    with pytest.raises(ConfigError, match="has no hooks"):
        site([("empty", SimpleNamespace())])

    lenient = site([("empty", SimpleNamespace())], {"plugins": {"strict": False}})
    assert lenient.get("/-/plugins").json[0]["state"] == "broken"
    with pytest.raises(ConfigError, match="two plugins are called 'one'"):
        site([("one", ONE), ("one", ONE)])


def test_a_page_that_hangs_holds_up_no_other() -> None:
    slow = plugin(Page("slow", "Slow", (Panel("Hangs", hangs),)))
    with site([("one", ONE), ("slow", slow)], patience=8.0) as app:
        assert BEGAN.wait(10)
        app.publish(NAV, nav=4.5)
        text = app.get("/one").metrics["nav"].text
        GO.set()

    assert text == "4.50"


def test_two_sites_share_nothing(site: Start) -> None:
    one, other = site([("one", ONE)]), site([("one", ONE)])
    one.publish(NAV, nav=9.0)

    assert one.get("/one").metrics["nav"].text == "9.00"
    assert other.get("/one").metrics["nav"].text == "1.50"


def test_who_asks_goes_with_the_request(site: Start) -> None:
    app = site([("one", ONE)])
    ada = app.as_user("ada", roles=["investor"], claims={"email": "a@b"})

    assert ada.viewer == Viewer("ada", frozenset({"investor"}), {"email": "a@b"})
    assert app.viewer == Viewer()
    assert ada.get("/one").status == 200


async def _viewer(connection: Callable[[], HTTPConnection]) -> Viewer:
    line = RequestStartLine("GET", "/", "HTTP/1.1")
    headers = HTTPHeaders({"Host": "a"})
    return viewer_of(
        HTTPServerRequest(None, headers=headers, start_line=line, connection=connection())
    )


def test_a_request_names_its_viewer() -> None:
    assert asyncio.run(_viewer(lambda: Wire(Viewer("ada")))).name == "ada"
    assert asyncio.run(_viewer(HTTPConnection)) == Viewer()


def test_a_site_is_served_until_the_end_of_the_block(site: Start) -> None:
    with served(site([("one", ONE)])) as url, urllib.request.urlopen(f"{url}/one") as answer:
        assert url.startswith("http://127.0.0.1:")
        assert b'data-metric="nav"' in answer.read()


def test_nothing_is_left_behind() -> None:
    """No thread, no socket, no open loop: a strict interpreter says nothing on its way out."""
    code = """
import threading
from types import SimpleNamespace
from muntin import Page, Panel, hookimpl
from muntin.testing import site, served
one = SimpleNamespace(muntin_pages=hookimpl(lambda: [Page("a", "A", (Panel("B", lambda s: "c"),))]))
app = site([("one", one)])
with served(app):
    assert "c" in app.get("/a").text
app.close()
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join(5)
assert threading.enumerate() == [threading.main_thread()], threading.enumerate()
"""
    command = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_private_page_is_answered_too(site: Start) -> None:
    """Each answer is a session of its own, drawn from what was published before."""
    page = Page("own", "Own", (Panel("Value", value, (NAV,)),), scope="private")
    app = site([("own", plugin(page))])
    first = app.get("/own").metrics["nav"].text
    app.publish(NAV, nav=2.5)

    assert (first, app.get("/own").metrics["nav"].text) == ("1.50", "2.50")
