"""What each viewer is told: pages, navigation, feeds, frames, and the stages behind them."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import brotli
import pytest
from core.tests.web.kit import Socket
from tests.guarded import COOKIE, HIDDEN, NAV, Guarded, guarded, users_config


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("access")
    with guarded(users_config(folder), folder) as made:
        yield made


def test_navigation_shows_what_opens_and_nothing_else(site: Guarded) -> None:
    def shown(name: str, path: str) -> list[str]:
        text = site.ask(path, site.sign_in(name)).text
        nav = text.partition("<nav")[2].partition("</nav>")[0]
        return re.findall(r'href="([^"]+)"', nav)

    assert shown("ina", "/overview") == ["/overview", "/lobby", "/mine", "/own"]
    assert shown("otto", "/overview") == ["/overview", "/ops", "/lobby", "/-/"]
    assert shown("otto", "/-/") == ["/overview", "/ops", "/lobby", "/-/"]
    assert shown("gus", "/lobby") == ["/lobby"]


def test_first_page_is_the_first_that_opens(site: Guarded) -> None:
    first = {name: site.ask("/", site.sign_in(name)).headers["location"] for name in ("ina", "gus")}

    assert first == {"ina": "/overview", "gus": "/lobby"}


def test_viewer_gets_the_page_made_of_their_panels(site: Guarded) -> None:
    investor = site.ask("/overview", site.sign_in("ina")).text
    operator = site.ask("/overview", site.sign_in("otto")).text

    assert 'data-panel="value"' in investor
    assert 'data-panel="desk"' not in investor
    assert "3,333.50" not in investor
    assert 'data-panel="desk"' in operator
    assert "3,333.50" in operator


@pytest.mark.parametrize("path", ["/overview", "/lobby", "/mine", "/own"])
def test_feeds_of_hidden_panels_are_not_named(site: Guarded, path: str) -> None:
    cookie = site.sign_in("ina")
    text = site.ask(path, cookie).text

    assert "undertow" not in text
    assert "trading desk" not in text
    assert "still://" not in text, "where the state comes from is for operators"
    assert [row[0] for row in site.island(path, cookie, "mu-data")["feeds"]] == ["nav"]
    assert "1 feed live" in text


def frames(site: Guarded, path: str, name: str) -> Socket:
    cookie = site.sign_in(name)
    return site.follow(path, cookie, site.island(path, cookie, "mu-data")["revision"])


def test_frames_carry_the_feeds_and_panels_of_the_page_alone(own: Guarded) -> None:
    investor = frames(own, "/overview", "ina")
    operator = frames(own, "/overview", "otto")
    assert [one.next()[0]["msgtype"] for one in (investor, operator)] == ["ACK", "ACK"]
    own.server.publish(HIDDEN, value=4444.5)
    assert "4,444.50" in json.dumps(operator.next())
    own.server.publish(NAV, value=5555.5)
    told = json.dumps(investor.next())

    assert "5,555.50" in told
    assert "4,444.50" not in told
    assert "undertow" not in told


def test_one_stage_serves_all_who_see_the_same(own: Guarded) -> None:
    app = own.server.app
    before = set(app.stages)
    for name in ("ina", "ivo", "ina", "otto", "otto"):
        own.ask("/overview", own.sign_in(name))
    made = set(app.stages) - before

    assert before == {"overview", "ops", "lobby"}
    assert len(made) == 1
    assert made.pop().startswith("overview~")


def test_a_stage_that_nobody_uses_is_closed_and_made_again(own: Guarded) -> None:
    app, cookie = own.server.app, own.sign_in("ina")
    assert own.ask("/overview", cookie).status == 200
    [part] = [variant for variant in app.variants if not variant.whole]

    async def sweep(later: float) -> None:
        app.variants.sweep(time.monotonic() + later)

    own.server.run(sweep(60.0))
    assert part.name in app.stages
    own.server.run(sweep(400.0))
    assert set(app.stages) == {"overview", "ops", "lobby"}
    assert own.ask("/overview", cookie).status == 200
    assert part.name in app.stages


def test_pages_of_two_viewers_differ_only_in_their_own_bytes(site: Guarded) -> None:
    one, other = (site.ask("/overview", site.sign_in(name)).text for name in ("ina", "ivo"))

    mark = '<script type="application/json" id="mu-viewer">'
    assert one.partition(mark)[0] == other.partition(mark)[0]
    assert one != other


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_own_bytes_are_there_in_every_encoding(site: Guarded, encoding: str) -> None:
    unpack: Any = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[encoding]
    connection = http.client.HTTPConnection("127.0.0.1", site.server.port)
    cookie = site.sign_in("ivo")
    connection.request(
        "GET", "/overview", headers={"Cookie": f"{COOKIE}={cookie}", "Accept-Encoding": encoding}
    )
    answer = connection.getresponse()
    text = unpack(answer.read()).decode()
    connection.close()

    assert answer.headers.get("Content-Encoding", "identity") == encoding
    assert text.endswith("</script>\n</body></html>")
    assert '"name":"ivo"' in text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/overview",
        "/mine",
        "/own",
        "/-/",
        "/-/feeds",
        "/metrics",
        "/login",
        "/logout",
        "/no",
        "/ops/ws",
    ],
)
@pytest.mark.parametrize("name", ["", "ina", "otto"])
def test_nothing_personal_is_kept_by_browsers_or_proxies(
    site: Guarded, path: str, name: str
) -> None:
    headers = site.ask(path, site.sign_in(name) if name else "").headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert not {"etag", "server", "last-modified", "access-control-allow-origin"} & headers.keys()
    if headers.get("content-type", "").startswith("text/html"):
        assert "Cookie" in headers["vary"]


def test_nothing_of_the_state_is_told_to_strangers(site: Guarded) -> None:
    said = " ".join(
        site.ask(path).text
        for path in (
            "/",
            "/login",
            "/overview",
            "/mine",
            "/own",
            "/-/",
            "/-/feeds",
            "/metrics",
            "/readyz",
            "/healthz",
            "/no",
            "/overview/ws",
            "/logout",
        )
    )

    for word in ("1,111", "nav", "Overview", "Lobby", "undertow", "trading", "still:", "0.1"):
        assert word not in said, word
