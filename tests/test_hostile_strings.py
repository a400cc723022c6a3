"""State values are text, wherever they stand: nothing in a document is ever markup or script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.kit import Server, kpis, nav, nav_state, positions, serving

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser

FIRE = "__fired.push(1)"

#: One of every kind of string that was ever taken for something else.
CORPUS = {
    "script": f"<script>{FIRE}</script>",
    "image": f"<img src=x onerror={FIRE}>",
    "svg": f"<svg onload={FIRE}>",
    "double-quote": f'" onmouseover="{FIRE}" x="',
    "single-quote": f"' autofocus onfocus='{FIRE}",
    "closing": f"</span></script><script>{FIRE}</script>",
    "comment": f"--><img src=x onerror={FIRE}>",
    "entity": "&lt;script&gt;&#60;b&#62;",
    "template": "{{7*7}} ${7*7} {% raw %} @label{safe} $x",
    "link": f"javascript:{FIRE}",
    "iframe": f"<iframe srcdoc='<script>parent.{FIRE}</script>'>",
    "right-to-left": "BTC\u202e\u200bTDSU",
    "nul": "BTC\x00USDT",
    "surrogate": "BTC\ud800USDT",
    "prototype": "__proto__",
    "constructor": "constructor",
    "emoji": "🏴\u200d☠️ \uff1cscript\uff1e",
    "ansi": "\x1b[31mred\x1b[0m\r\nSet-Cookie: a=b",
    "css": "red;background:url(http://evil.example/x)",
    "long": "<b>" * 350_000,
}

#: What must not stand in the page's own markup, shadow roots aside.
FOREIGN = """() => [...document.querySelectorAll("main *, dialog *")]
  .filter((el) => /^(SCRIPT|IMG|IFRAME|OBJECT|EMBED|FORM|LINK|META|BASE|STYLE)$/.test(el.tagName)
    || [...el.attributes].some((a) => a.name.startsWith("on")
      || /^javascript:/i.test(a.value) && a.name === "href"))
  .map((el) => el.outerHTML.slice(0, 200))"""


def hostile() -> dict[str, Any]:
    """Return every document with a hostile string at every place where one can stand."""
    strings = list(CORPUS.values())
    held = {
        text: {"qty": 1.0, "mark": 900.0, "usd_value": 900.0 + i}
        for i, text in enumerate(strings)
        if text != CORPUS["long"]
    }
    document = nav()
    document["aum"] = {"futures": 12000.5, "offexchange": held, "total": 50000.0}
    document["nav_detail"] = {"source": CORPUS["image"], "fresh": True}
    rows = [(text, float(i + 1), float(i)) for i, text in enumerate(strings)]
    places = positions(*rows)
    for item, text in zip(places["items"], strings, strict=True):
        item["side"] = item["positionSide"] = text
    history = nav_state()
    history["series"][0]["t"] = CORPUS["script"]
    history[CORPUS["closing"]] = CORPUS["closing"]
    return {
        "nav": document,
        "nav_state": history,
        "positions_state": places,
        "kpis_v7": kpis(
            dd_state=CORPUS["image"], atr_regime=CORPUS["double-quote"],
            router_quality=CORPUS["svg"], fee_pnl_ratio=CORPUS["script"],
        ),
    }  # fmt: skip


def put_hostile(server: Server) -> None:
    for name, document in hostile().items():
        server.state.put(name, json.dumps(document).encode("ascii"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hostile") / "state") as server:
        yield server


@pytest.fixture(scope="module", params=["from the first byte", "arriving later"])
def visit(request: pytest.FixtureRequest, server: Server, visiting: Opener) -> Visit:
    """A page that began with hostile documents, and one that met them as changes."""
    if request.param == "arriving later":
        server.state.heal()
        server.wait_figure("drawdown_state", data_value="normal")
        visit = visiting(server).wait_drawn()
        put_hostile(server)
    else:
        put_hostile(server)
        server.wait_figure("drawdown_state", data_value=CORPUS["image"])
        visit = visiting(server).wait_drawn()
    visit.wait(
        "(text) => document.querySelector('[data-metric=drawdown_state]').textContent == text",
        CORPUS["image"],
    )
    visit.wait(
        "(count) => document.querySelectorAll('[data-column=symbol]').length == count", len(CORPUS)
    )
    visit.wait_slices("data.label.length == 7")
    return visit


def test_f85_nothing_in_a_document_ever_runs(visit: Visit) -> None:
    """No script, no dialog, not even an attempt that the policy had to stop."""
    visit.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    assert visit.js("window.__fired") == []
    assert visit.console == []


def test_f85_nothing_in_a_document_becomes_markup(visit: Visit) -> None:
    assert visit.js(FOREIGN) == []


@pytest.mark.parametrize(
    "name", ["script", "image", "svg", "double-quote", "closing", "template", "prototype"]
)
def test_f85_a_hostile_symbol_is_shown_as_the_text_it_is(visit: Visit, name: str) -> None:
    symbols = visit.js(
        "[...document.querySelectorAll('[data-column=symbol]')].map((el) => el.textContent)"
    )

    assert CORPUS[name] in symbols


def test_f85_the_tooltip_of_the_donut_shows_text(visit: Visit) -> None:
    """Bokeh puts values into the tooltip's markup: they are escaped there too."""
    box = visit.page.locator("[data-slot]").first.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx, dy in ((-0.42, -0.05), (-0.35, -0.25), (-0.2, -0.38)):
        visit.page.mouse.move(middle[0] + dx * box["width"], middle[1] + dy * box["height"])
        visit.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    visit.page.mouse.move(1, 1)

    assert visit.js("window.__fired") == []


def test_f85_no_hostile_name_widens_the_page(visit: Visit) -> None:
    """A megabyte in one cell is cut, not shown: the page stays as it was."""
    wide, room, tall = visit.js(
        "[document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight]"
    )

    assert wide <= room
    assert tall < 6000


def test_f85_the_first_bytes_hold_no_markup_of_a_document(server: Server) -> None:
    """Also for a reader without scripts, and for what saves the page."""
    put_hostile(server)
    server.wait_figure("drawdown_state", data_value=CORPUS["image"])
    html = server.get("/overview").text

    for raw in (
        "<img src=x",
        "<svg onload",
        "<iframe",
        f"<script>{FIRE}",
        f'" onmouseover="{FIRE}',
    ):
        assert raw not in html


def test_f85_a_key_of_a_megabyte_does_not_make_a_page_of_twelve(server: Server) -> None:
    """What one document holds must not cost every viewer megabytes."""
    document = nav(12066.0)
    document["aum"]["offexchange"][CORPUS["long"]] = {"qty": 1.0, "mark": 9.0, "usd_value": 9.0}
    server.state.put("nav", document)
    server.wait_figure("nav", data_value="12066.0")

    assert len(server.get("/overview").text) < 500_000


def test_f85_operators_json_is_no_html(server: Server) -> None:
    """A browser must never take the list of feeds for a page."""
    answer = server.get("/-/feeds")

    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_f85_a_hostile_address_is_not_repeated_as_markup(server: Server) -> None:
    answer = server.get("/%3Cscript%3E1%3C/script%3E?theme=%22%3E%3Cscript%3E1%3C/script%3E")

    assert answer.status == 404
    assert "<script>1" not in answer.text
