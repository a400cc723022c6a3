"""What answers to requests: pages, headers, health, and the operators' lists."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import brotli
import pytest
from core.tests.web import views
from core.tests.web.kit import Serve
from prometheus_client.parser import text_string_to_metric_families

from muntin import Feed, Page, Panel, Snapshot
from muntin.access.policy import key_of
from muntin.settings import Config, SiteConfig
from muntin.state.snapshots import Status, failed
from muntin.web.page_variants import PageVariant

NAV: Feed[dict[str, Any]] = Feed("nav", dict, producer="the book", doc="What there is.")
SLOW: Feed[dict[str, Any]] = Feed("slow", dict, late_after=float("inf"), stale_after=float("inf"))


def fails(state: Snapshot) -> object:
    raise ValueError("secret of the fund")


PAGES = (
    Page(
        "overview", "Overview", (Panel("NAV", views.figure, (NAV,)), Panel("Bad", fails, (NAV,))), 1
    ),
    Page("second", "Second <b>", (Panel("Slow", lambda _: "x", (), (SLOW,)),), 2),
)


@pytest.fixture(scope="module")
def server(make_server: Serve) -> Any:
    config = Config(site=SiteConfig(title="Fund & <b>", mode="DEMO"))
    server = make_server(*PAGES, config=config)
    server.publish(NAV, nav=11107.3)
    return server.ready()


ADDRESSES = ["/overview", "/", "/healthz", "/readyz", "/metrics", "/-/feeds", "/-/plugins"]
ADDRESSES += ["/-/", "/-/panels", "/no"]


# ------------------------------------------------------------------ headers


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_is_guarded_and_names_no_server(server: Any, path: str) -> None:
    headers = server.ask(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert "http:" not in policy
    assert "https:" not in policy


def test_socket_names_no_server_either(server: Any) -> None:
    refused = server.ask("/overview/ws")
    opened = server.open("/overview/ws")
    try:
        assert refused.status == 400
        assert "server" not in refused.headers
        assert "server" not in {name.lower() for name in opened.connection.headers}
    finally:
        opened.close()


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_is_answered_as_get_without_a_body(server: Any, path: str) -> None:
    """Monitors and proxies ask so."""
    got, head = server.ask(path), server.ask(path, "HEAD")

    assert (head.status, head.body) == (got.status, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("path", ADDRESSES[:-1])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(server: Any, path: str, method: str) -> None:
    answer = server.ask(path, method)

    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert "only answers to GET" in answer.text


# ------------------------------------------------------------------ pages


def test_page_holds_its_figures_in_the_first_bytes(server: Any) -> None:
    answer = server.ask("/overview")

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["server-timing"] == 'now;desc="1764188100000"'
    assert re.search(r'data-metric="nav"[^>]*data-status="live"[^>]*>11,107\.30<', answer.text)
    assert "<title>Overview · Fund &amp; &lt;b&gt;</title>" in answer.text
    assert 'data-mode="DEMO"' in answer.text
    assert '<a href="/second">Second &lt;b&gt;</a>' in answer.text


def test_page_that_nobody_looked_at_is_of_now(serve: Serve) -> None:
    """Such a page is drawn every few seconds only, but for whoever asks."""
    server = serve(Page("page", "Page", (Panel("NAV", views.figure, (NAV,)),)))
    server.publish(NAV, nav=1.0)
    server.ready()
    for value in (2.0, 3.0, 4.0):
        server.publish(NAV, nav=value)
        assert f'data-value="{value}"' in server.ask("/page").text


def test_page_tells_nothing_of_an_exception(server: Any) -> None:
    text = server.ask("/overview").text

    assert 'data-fault="' in text
    assert "secret of the fund" not in text
    assert "Traceback" not in text


def test_nothing_is_asked_of_another_host(server: Any) -> None:
    text = server.ask("/overview").text

    assert re.findall(r'(?:src|href)="(?!/[^/])[^"#]', text) == []


def test_address_with_a_slash_is_the_same_page(server: Any) -> None:
    assert server.ask("/overview/").status == 200


@pytest.mark.parametrize(
    "path",
    ["/no", "/overview/x", "/%2e%2e/etc/passwd", "/static/x", "/..%2f", "/-/no", "/%ff", "//x/y"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_address_is_a_page_that_says_so(server: Any, path: str, method: str) -> None:
    answer = server.ask(path, method)

    assert answer.status == 404
    assert "There is no such page here." in answer.text


def test_page_that_is_still_being_drawn_says_so_and_tries_again(serve: Serve) -> None:
    server = serve(PAGES[0])
    server.app.stages["overview"].ready.set()  # nobody waits in a test

    answer = server.ask("/overview")
    server.publish_reading()

    assert answer.status == 503
    assert "“Overview” is still being drawn" in answer.text
    assert '<meta http-equiv="refresh" content="2">' in answer.text


def test_view_that_hangs_is_reported_once(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(type(server.app), "_happened", lambda _, *event: told.append(event))
    ready = threading.Event()
    ready.set()
    for seconds in (4.0, 6.0, 7.0, 0.0, 6.0):
        stage: Any = SimpleNamespace(running=("nav", seconds), ready=ready)
        page, unused = PAGES[0], cast("Any", None)
        server.app._report(PageVariant("other", page, stage, unused, unused, True, key_of(page)))

    assert told == [("panel-hangs", "other/nav", "6 s")] * 2


def test_root_leads_to_the_first_page(server: Any) -> None:
    answer = server.ask("/")

    assert (answer.status, answer.headers["location"]) == (302, "/overview")


def test_root_without_pages_says_what_to_do(serve: Serve) -> None:
    server = serve()
    server.publish_reading()
    answer = server.ask("/")

    assert answer.status == 200
    assert "No plugin brings a page. Install one" in answer.text


@pytest.mark.parametrize(
    ("query", "cookie", "theme"),
    [
        ("", "", ""),
        ("?theme=dark", "", "dark"),
        ("?theme=light", "mu-theme=dark", "light"),
        ("", "mu-theme=dark", "dark"),
        ("?theme=%22%3E%3Cscript%3E", "", ""),
        ("?theme=%ff", "", ""),
        ("?theme", "", ""),
        ("", "mu-theme=evil", ""),
        ("", "\x80=\xff", ""),
    ],
)
@pytest.mark.parametrize("path", ["/overview", "/no"])
def test_theme_is_the_viewers_if_it_is_one(
    server: Any, path: str, query: str, cookie: str, theme: str
) -> None:
    answer = server.ask(path + query, **({"Cookie": cookie} if cookie else {}))

    assert answer.status in {200, 404}
    assert re.findall(r'data-theme="([^"]*)"', answer.text) == ([theme] if theme else [])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", ""),
        ("br;q=0.0,gzip;q=0", ""),
    ],
)
def test_page_comes_in_the_encoding_asked_for(server: Any, accepted: str, encoding: str) -> None:
    plain = server.ask("/overview")
    answer = server.ask("/overview", Accept_Encoding=accepted)
    unpack: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}

    assert answer.headers.get("content-encoding", "") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert unpack.get(encoding, bytes)(answer.body) == plain.body


# ------------------------------------------------------------------ static files


def test_static_file_is_kept_for_good_at_its_own_address(server: Any) -> None:
    address = server.app.assets["muntin.js"].address
    answer = server.ask(address)

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    [
        "/static/0000000000000000/muntin.js",
        "/static/muntin.js",
        "/static/extensions/panel/../../../__init__.py",
        "/static/extensions/panel/%2e%2e/%2e%2e/__init__.py",
        "/static/extensions/panel/..%2f__init__.py",
        "/static/extensions/panel/css/",
        "/static/extensions/panel/no.css",
        "/static/extensions/panel//etc/passwd",
        "/static/extensions/panel/.hidden.css",
    ],
)
def test_nothing_else_is_static(server: Any, path: str) -> None:
    assert server.ask(path).status == 404


def test_panels_own_style_is_served(server: Any) -> None:
    answer = server.ask("/static/extensions/panel/css/loading.css?v=1.9")

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


# ------------------------------------------------------------------ health


def test_healthy_and_ready(serve: Serve) -> None:
    server = serve(PAGES[0])
    server.publish(NAV, nav=1.0)
    server.ready()

    assert server.ask("/healthz").text == "ok\n"
    assert server.ask("/readyz").text == "ready\n"


def test_not_ready_before_the_first_look(serve: Serve) -> None:
    server = serve(PAGES[0])

    answer = server.ask("/readyz")
    assert (answer.status, answer.text) == (503, "not ready: overview\n")
    assert server.ask("/healthz").status == 200

    server.publish(NAV, nav=1.0)
    server.ready()
    assert server.ask("/readyz").status == 200


def test_ready_also_if_the_first_look_finds_nothing(serve: Serve) -> None:
    """An empty directory is served: its pages say that everything is missing."""
    server = serve(PAGES[0])
    server.publish_reading(failed(NAV, Status.MISSING, "never seen", server.clock.now))
    server.ready()

    assert server.ask("/readyz").status == 200
    assert 'data-status="missing"' in server.ask("/overview").text


# ------------------------------------------------------------------ operators


def test_feeds_are_listed_with_everything_known(server: Any) -> None:
    answer = server.ask("/-/feeds")
    nav, slow = answer.json

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert nav == {
        "name": "nav", "path": "nav.json", "place": "nav",
        "source": "state", "status": "live", "age": 0.0,
        "as_of": "2025-11-26T20:15:00.000Z", "late_after": 180.0, "stale_after": 600.0,
        "producer": "the book", "optional": False, "problem": "", "has_value": True, "size": None,
        "modified_at": None, "parse_seconds": 0.0, "doc": "What there is.",
    }  # fmt: skip
    assert (slow["status"], slow["as_of"], slow["age"]) == ("missing", None, None)
    assert (slow["late_after"], slow["stale_after"]) == (None, None)


def test_plugins_are_listed_with_their_panels_and_faults(server: Any) -> None:
    [plugin] = server.ask("/-/plugins").json

    assert (plugin["name"], plugin["state"], plugin["status"]) == ("x", "active", "active")
    assert plugin["pages"] == ["overview", "second"]
    nav, bad, _ = plugin["panels"]
    assert (nav["page"], nav["panel"], nav["drawn"], nav["fault"]) == (
        "overview",
        "nav",
        True,
        None,
    )
    assert (bad["panel"], bad["drawn"], bad["faults"]) == ("bad", False, 1)
    assert bad["error"] == "ValueError: secret of the fund"
    assert len(bad["fault"]) == 4


def test_metrics_are_what_prometheus_reads(server: Any) -> None:
    answer = server.ask("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert {
        "muntin_viewers", "muntin_stage_updates", "muntin_stage_encodes", "muntin_stage_bytes",
        "muntin_stage_seconds", "muntin_relay_messages", "muntin_relay_dropped",
        "muntin_relay_seconds", "muntin_stage_running_seconds", "muntin_feed_status",
        "muntin_feed_age_seconds",
    } <= families.keys()  # fmt: skip
    viewers = {s.labels["page"]: s.value for s in families["muntin_viewers"].samples}
    assert viewers.keys() == {"overview", "second"}
    status = {s.labels["feed"]: s.labels["status"] for s in families["muntin_feed_status"].samples}
    assert status == {"nav": "live", "slow": "missing"}
    assert len(families["muntin_feed_age_seconds"].samples) == 1
    assert all(family.documentation for family in families.values())


def test_data_of_the_page_is_strict_json(server: Any) -> None:
    """A feed that never gets old is no Infinity, which no browser parses."""
    text = server.ask("/second").text
    [data] = re.findall(r'<script type="application/json" id="mu-data">(.*)</script>', text)

    def refuse(name: str) -> Any:
        raise AssertionError(name)

    assert json.loads(data, parse_constant=refuse)["page"] == "second"


def test_server_that_stops_asks_to_try_again(make_server: Serve) -> None:
    server = make_server(*PAGES).ready()
    server.run(server.app.stop())

    answer = server.ask("/overview")

    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
