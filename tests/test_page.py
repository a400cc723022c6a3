"""The page in a real browser: right, live, quiet, and usable in both themes at every width."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.kit import Server, all_figures, figures, kpis, nav, positions, serving

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser

VIEWS = [("light", 1400), ("dark", 1400), ("light", 390), ("dark", 390)]

#: Every canvas of the charts, in shadow roots too: width, height, whether anything is drawn.
CANVASES = """() => {
  const found = [];
  const walk = (node) => {
    if (node.tagName === "CANVAS") found.push(node);
    for (const root of [node, node.shadowRoot]) if (root) [...root.children].forEach(walk);
  };
  document.querySelectorAll("[data-slot]").forEach(walk);
  return found.map((canvas) => {
    const box = canvas.getBoundingClientRect();
    const copy = new OffscreenCanvas(canvas.width || 1, canvas.height || 1);
    const brush = copy.getContext("2d", { willReadFrequently: true });
    if (canvas.width && canvas.height) brush.drawImage(canvas, 0, 0);
    const pixels = brush.getImageData(0, 0, copy.width, copy.height).data;
    return [box.width, box.height, pixels.some((value) => value > 0)];
  });
}"""

#: Records which elements change: the nearest id, and whether text, children or attributes did.
OBSERVE = """() => {
  window.__changed = [];
  const note = (record) => {
    const at = record.target.nodeType === 3 ? record.target.parentElement : record.target;
    const el = at && at.closest("[id],[data-foot]");
    window.__changed.push([record.type, el ? el.id || "foot" : "", record.attributeName || ""]);
  };
  window.__observer = new MutationObserver((records) => records.forEach(note));
  window.__observer.observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = tmp_path_factory.mktemp("page") / "state"
    with serving(state) as server:
        yield server


@pytest.fixture(autouse=True)
def healthy(server: Server) -> None:
    """Every test begins with the same fund, seen by the server."""
    server.heal()


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def visit(request: pytest.FixtureRequest, server: Server, visiting: Opener) -> Visit:
    server.state.heal()
    server.wait_figure("nav", data_value="12000.5", data_status="live")
    theme, width = request.param
    return visiting(server, width, theme).wait_drawn()


class TestEveryView:
    """What holds in both themes, on a desk and on a phone."""

    def test_shows_the_nav_of_the_document(self, visit: Visit) -> None:
        visit.wait_value("nav", 12000.5)

        assert visit.text("nav") == "12,000.50"

    def test_is_drawn_in_the_theme_of_the_system(self, visit: Visit) -> None:
        dark = visit.js("matchMedia('(prefers-color-scheme: dark)').matches")
        channels = visit.js(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        )

        assert (max(channels) < 80) is dark

    @pytest.mark.parametrize("width", [None, 320])
    def test_needs_no_scrolling_sideways(self, visit: Visit, width: int | None) -> None:
        """Wide tables scroll within themselves; the page never does."""
        before = visit.page.viewport_size
        assert before is not None
        if width is not None:
            visit.page.set_viewport_size({"width": width, "height": 900})
        wide, room = visit.js("[document.documentElement.scrollWidth, innerWidth]")
        visit.page.set_viewport_size(before)

        assert wide <= room

    def test_f87_charts_are_drawn_and_have_a_size(self, visit: Visit) -> None:
        """A chart that is there and cannot be seen is worse than none."""
        visit.wait(f"({CANVASES})().some(([,, drawn]) => drawn)")
        charts = [(wide, tall) for wide, tall, drawn in visit.js(CANVASES) if drawn]

        assert all(wide >= 150 and tall >= 150 for wide, tall in charts)

    def test_asks_no_other_host_for_anything(self, visit: Visit, server: Server) -> None:
        """Nothing is fetched from a CDN at run time: no fonts, no scripts, no pictures."""
        hosts = {
            urlsplit(url).netloc for url in visit.requests if not url.startswith(("data:", "blob:"))
        }

        assert hosts == {f"127.0.0.1:{server.port}"}

    def test_warns_of_nothing_on_the_console(self, visit: Visit) -> None:
        assert visit.console == []
        assert visit.js("window.__fired") == []


def test_numbers_stand_in_the_first_bytes(server: Server) -> None:
    """True figures before any script runs: the raw bytes hold every value, and say where from."""
    found = figures(server.get("/overview").text)

    assert found["nav"].text == "12,000.50"
    assert found["aum"].text == "18,500.50"
    assert found["drawdown_state"].text == "normal"


def test_every_figure_carries_what_section_9_of_the_design_promises(server: Server) -> None:
    """Scripts and acceptance checks hold on to these attributes; they are exact."""
    promised = {"data-feed", "data-path", "data-status", "data-as-of", "data-value"}
    lacking = {
        (figure.attrs.get("data-metric") or figure.attrs.get("data-column"), name)
        for figure in all_figures(server.get("/overview").text)
        for name in promised - figure.attrs.keys()
    }

    assert lacking == set()


@pytest.mark.parametrize(
    ("metric", "feed", "path", "value"),
    [
        ("nav", "nav", "nav_usd", "12000.5"),
        ("aum", "nav", "aum.total", "18500.5"),
        ("drawdown_state", "kpis_v7", "dd_state", "normal"),
        ("drawdown_pct", "kpis_v7", "drawdown.dd_pct", "0.008"),
        ("atr_regime", "kpis_v7", "atr_regime", "quiet"),
        ("fee_pnl_ratio", "kpis_v7", "fee_pnl_ratio", "0.2"),
        ("router_quality", "kpis_v7", "router_quality", "ok"),
        ("maker_fill_ratio", "kpis_v7", "router_stats.maker_fill_rate", "0.6"),
        ("fallback_ratio", "kpis_v7", "router_stats.fallback_ratio", "0.3"),
    ],
)
def test_a_metric_names_its_document_path_and_value(
    server: Server, metric: str, feed: str, path: str, value: str
) -> None:
    figure = figures(server.get("/overview").text)[metric]

    assert figure.has(
        {"data_feed": feed, "data_path": path, "data_value": value, "data_status": "live"}
    )
    assert figure.attrs["data-as-of"].endswith(("Z", "+00:00"))


def test_panels_carry_the_slugs_of_their_titles(server: Server) -> None:
    html = server.get("/overview").text

    for slug in (
        "net-asset-value",
        "assets-under-management",
        "status",
        "aum-by-holding",
        "positions",
    ):
        assert f'data-panel="{slug}"' in html
    assert "data-fault" not in html


def test_the_donut_is_the_source_named_aum_slices(server: Server, visiting: Opener) -> None:
    visit = visiting(server).wait_drawn()
    visit.wait_slices("data.value[0] == 12000.5")
    data = visit.js(
        "Bokeh.documents.map((d) => d.get_model_by_name('aum_slices')).filter(Boolean)"
        ".map((s) => ['label', 'value', 'qty'].map((name) => Array.from(s.data[name])))[0]"
    )

    assert data == [["Futures", "BTC", "XAUT"], [12000.5, 4500.0, 2000.0], [None, 0.05, 0.5]]


@pytest.fixture(scope="module")
def live(server: Server, visiting: Opener) -> Visit:
    server.state.heal()
    visit = visiting(server).wait_drawn()
    visit.js("window.__same = true")
    return visit


class TestLive:
    """Changes arrive without a reload and touch nothing else."""

    def test_a_renamed_document_is_seen_without_a_reload(self, live: Visit, server: Server) -> None:
        server.state.put("nav", nav(12345.25))
        live.wait_value("nav", 12345.25, 2.0)

        assert live.text("nav") == "12,345.25"
        assert live.js("window.__same")

    def test_charts_of_an_old_document_are_grey_as_its_figures_are(
        self, live: Visit, server: Server
    ) -> None:
        drawn = "getComputedStyle(document.querySelector('.mu-figure [data-slot] > *')).filter"
        assert live.js(drawn) == "none"

        server.state.put("nav", nav(at=time.time() - 90_000))
        live.wait(f"{drawn} == 'grayscale(1)'")
        assert live.js("getComputedStyle(document.querySelector('.mu-centre')).color") == live.js(
            "getComputedStyle(document.querySelector('[data-metric=nav]')).color"
        )

        server.state.put("nav", nav())
        live.wait(f"{drawn} == 'none'")

    def test_the_donut_follows(self, live: Visit, server: Server) -> None:
        server.state.put("nav", nav(12111.0))

        live.wait_slices("data.value[0] == 12111")

    def test_one_changed_figure_changes_one_element(self, live: Visit, server: Server) -> None:
        """Nothing else is written: focus, selection and scroll position stay where they are."""
        at = float(int(time.time()))
        server.state.put("nav", nav(12000.5, at=at))
        live.wait(
            "(at) => { const shown = document.querySelector('[data-metric=nav]').dataset;"
            " return shown.value == 12000.5 && Date.parse(shown.asOf) == at; }",
            1000 * at,
        )
        live.js(OBSERVE)
        server.state.put("nav", nav(12000.5, at=at, nav_usd=12001.75))
        live.wait_value("nav", 12001.75)
        changed = live.js("(window.__observer.disconnect(), window.__changed)")
        nav_id = live.js("document.querySelector('[data-metric=nav]').id")
        ticking = {"foot", "mu-lamp", "mu-lamp-text", "mu-asof"}

        # Exposure is worked out from the NAV, so its shares of it change with it.
        shares = {"exposure.0.gross_exposure_pct", "exposure.0.net_exposure_pct"}
        assert {name for _, name, _ in changed} - ticking - shares == {nav_id}

    def test_updating_shifts_no_layout(self, live: Visit, server: Server) -> None:
        live.wait_value("nav", 12000.5)
        live.wait("document.querySelectorAll('[data-column=upnl]').length == 3")
        live.js(
            "window.__shift = 0; new PerformanceObserver((list) => {"
            " for (const entry of list.getEntries()) window.__shift += entry.value;"
            "}).observe({ type: 'layout-shift' })"
        )
        for step in range(1, 6):
            server.state.put("nav", nav(12000.5 + 10 * step))
            rows = (
                ("BTCUSDT", 0.02, 9.5 + step),
                ("ETHUSDT", -0.5, -120.0),
                ("SOLUSDT", 3.0, 80.0),
            )
            server.state.put("positions_state", positions(*rows))
            live.wait_value("nav", 12000.5 + 10 * step)
        live.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

        assert live.js("window.__shift") == pytest.approx(0.0, abs=0.001)

    def test_focus_survives_a_panel_of_a_new_shape(self, live: Visit, server: Server) -> None:
        """A position more makes the table longer, and the reader's place is kept."""
        live.page.focus("[data-metric=positions_upnl]")
        server.state.put(
            "positions_state", positions(*((f"C{i}USDT", 1.0, float(i)) for i in range(7)))
        )
        live.wait("document.querySelectorAll('[data-column=upnl]').length == 7")

        assert live.js("document.activeElement.dataset.metric") == "positions_upnl"

    def test_f16_a_feed_grows_late_though_nothing_is_written(
        self, live: Visit, server: Server
    ) -> None:
        """Ages tick by themselves: this morning's numbers never stand beside 'live'."""
        server.state.put("nav", nav(12500.0, at=time.time() - 176.0))
        live.wait_value("nav", 12500.0)
        live.wait(
            "document.querySelector('[data-metric=nav]').dataset.status == 'late'", seconds=12.0
        )

        server.wait_feed("nav", "late")
        assert "late" in live.page.inner_text("[data-panel=net-asset-value] [data-foot]")

    def test_a_page_that_fails_to_take_an_update_begins_anew(
        self, server: Server, visiting: Opener
    ) -> None:
        visit = visiting(server).wait_drawn()
        visit.js("document.getElementById('mu-lamp').remove()")
        server.state.put("nav", nav(12600.0))
        visit.wait("document.getElementById('mu-lamp')")
        visit.wait_value("nav", 12600.0)

        assert any("update failed" in said for said in visit.console)

    def test_a_page_that_fails_again_and_again_says_that_it_is_not_live(
        self, server: Server, visiting: Opener
    ) -> None:
        visit = visiting(server).wait_drawn()
        visit.js("sessionStorage.setItem('mu-failed', Date.now())")
        visit.js("document.getElementById('mu-lamp').remove()")
        server.state.put("nav", nav(12600.0))
        visit.wait("document.documentElement.dataset.link == 'lost'")

        assert "last known" in visit.text("nav")

    def test_f106_each_figure_keeps_the_time_of_its_own_document(
        self, live: Visit, server: Server
    ) -> None:
        """Values of different instants stand side by side only with their own times."""
        old = time.time() - 300
        server.state.put("positions_state", positions(at=old))
        server.state.put("kpis_v7", kpis())
        server.wait_feed("positions_state", "late")
        live.wait("document.querySelector('[data-column=upnl]').dataset.status == 'late'")
        times = live.js(
            "['[data-column=upnl]', '[data-metric=nav]'].map("
            "(which) => Date.parse(document.querySelector(which).dataset.asOf))"
        )

        assert times[0] == pytest.approx(1000 * old, abs=1000)
        assert times[1] > times[0] + 200_000


def test_a_value_that_is_not_there_is_a_dash_and_empty(server: Server) -> None:
    """A default never stands in for a missing value, and a zero is one."""
    server.state.put("kpis_v7", kpis(fee_pnl_ratio=None, router_stats={"maker_fill_rate": 0}))
    figure = server.wait_figure("fee_pnl_ratio", data_value="")

    assert (figure.text, figure.attrs["data-status"]) == ("–", "missing")
    assert figures(server.get("/overview").text)["maker_fill_ratio"].attrs["data-value"] in {
        "0",
        "0.0",
    }
