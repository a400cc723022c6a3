"""Panel apps as they are, run once and shown to everybody, in a browser."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.kit import MUNTIN, PATIENCE, Server
from tests.test_resting import HIDING, LINK

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser

APPS = Path(__file__).parent / "apps"
#: Seconds within which a page says that its server is lost.
BOUND = 5.0

#: Returns the texts of the elements that match, within all shadow roots.
DEEP = """(selector) => {
  const found = [];
  const look = (node) => {
    for (const el of node.querySelectorAll("*")) {
      if (el.matches(selector)) found.push(el);
      if (el.shadowRoot) look(el.shadowRoot);
    }
  };
  const all = (el) => text(el) + (el.shadowRoot ? text(el.shadowRoot) : "");
  const text = (node) => [...node.childNodes].map((one) =>
    one.nodeType == 3 ? one.data : one.nodeType == 1 && one.tagName != "STYLE" ? all(one) : ""
  ).join("");
  look(document);
  return found.map((el) => all(el).trim());
}"""
#: Returns the width of an image as it was sent.
NATURAL = """(selector) => {
  const look = (node) => node.querySelector(selector)
    ?? [...node.querySelectorAll("*")]
      .map((el) => el.shadowRoot && look(el.shadowRoot)).find(Boolean);
  return look(document)?.naturalWidth;
}"""
#: The models of the page's document.
MODELS = "[...Bokeh.documents[0]._all_models.values()]"
READY = "document.documentElement.dataset.charts == 'ready'"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("apps")
    server = Server(root / "state", root / "log", program=(MUNTIN,))
    server.serves = [str(path) for path in sorted(APPS.iterdir()) if path.suffix in {".py", ""}]
    try:
        yield server.start()
    finally:
        server.close()


def deep(visit: Visit, selector: str) -> list[str]:
    """Return the texts of what matches, in shadow roots too."""
    found: list[str] = visit.js(f"({DEEP})({json.dumps(selector)})")
    return found


def wait_text(visit: Visit, selector: str, wanted: str, seconds: float = PATIENCE) -> None:
    """Wait until an element's text matches a regular expression."""
    visit.wait(
        f"([selector, wanted]) => ({DEEP})(selector).some((text) => RegExp(wanted).test(text))",
        [selector, wanted],
        seconds,
    )


def own_only(visit: Visit, server: Server) -> bool:
    """Return True if nothing was asked of another host, and nothing went wrong meanwhile."""
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in visit.requests if not url.startswith(own)] == []
    assert [line for line in visit.console if line.startswith("error")] == []
    return True


def test_an_app_without_a_template_stands_in_muntins_page(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/plain")
    visit.wait(READY)

    for name in ("depends", "bound", "rx"):
        wait_text(visit, f".t-{name}", rf"{name} [2-9]|{name} \d\d")
    wait_text(visit, ".t-onload", "^\\s*loaded")
    wait_text(visit, ".t-next", "next tick")
    wait_text(visit, ".t-async", r"awaited \d")
    wait_text(visit, ".t-cache", "cached 7")
    assert visit.page.inner_text(".mu-rail a[aria-current]") == "Plain"
    assert own_only(visit, server)


def test_fast_list_template_with_table_indicators_and_streams(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/fast")
    visit.wait(READY)

    wait_text(visit, ".t-number", r"1,0[0-9][2-9]|1,[1-9]")
    wait_text(visit, ".tabulator-cell", "NEW2")
    wait_curves(visit)
    assert visit.page.title() == "Fast"
    assert own_only(visit, server)


def wait_curves(visit: Visit) -> None:
    """Wait until both charts of the page show what was sent to their streams."""
    data = f"{MODELS}.filter((m) => m.type == 'ColumnDataSource').map((m) => m.data)"
    visit.wait(f"{data}.some(({{ x, y }}) => x?.length == 5 && y[1] > 2)")
    visit.wait(f"{data}.some(({{ x, y }}) => x?.length > 3 && Math.abs(y[2] - Math.SQRT2) < 1)")


def test_material_template_with_components_and_a_stream(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/material")
    visit.wait(READY)

    wait_text(visit, ".t-component", r"component [3-9]|component \d\d")
    wait_text(visit, ".t-reactive", r"reactive [3-9]|reactive \d\d")
    visit.wait("Bokeh.documents[0].get_model_by_name('streamed').data.x.length > 3")
    assert own_only(visit, server)


@pytest.mark.parametrize(
    ("path", "selector", "text"),
    [("/bootstrap", ".t-item", r"item \d"), ("/extension", ".t-main", r"main [2-9]|main \d\d")],
)
def test_other_templates(
    server: Server, visiting: Opener, path: str, selector: str, text: str
) -> None:
    visit = visiting(server, path=path)
    visit.wait(READY)

    wait_text(visit, selector, text)
    assert own_only(visit, server)


def test_scripts_made_by_scripts_and_the_files_of_other_packages(
    server: Server, visiting: Opener
) -> None:
    """Babel makes the grid, Vega's files have no ending, Material UI has a package of its own."""
    visit = visiting(server, path="/grid")
    visit.wait(READY)

    visit.wait("window.__own == 'ran'")
    visit.wait("document.querySelectorAll('.react-grid-item').length == 4")
    wait_text(visit, ".vega-embed svg, .vega-embed", "A.*B|b")
    wait_text(visit, ".MuiTypography-root", "material")
    assert own_only(visit, server)


def test_a_directory_has_modules_and_files_of_its_own(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/shop")
    visit.wait(READY)

    wait_text(visit, ".t-goods", "sells pears")
    wait_text(visit, ".t-notice", "open today")
    visit.page.wait_for_selector(".t-sign")
    visit.wait(f"({NATURAL})('.t-sign') == 40")
    assert own_only(visit, server)


def test_what_another_host_would_have_to_send_is_said_to_be_missing(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/elsewhere")

    wait_text(visit, "#elsewhere", "Nothing is fetched from other hosts: .* other.invalid")


@pytest.mark.parametrize(
    "path",
    [
        "/static/extensions/panel-material-ui/no.css",
        "/static/extensions/no/panel.css",
        "/static/extensions/panel_material_ui/%2e%2e/__init__.js",
        "/components/antigravity/X/_css/a.css",
        "/plain/static/a.css",
    ],
)
def test_a_file_that_no_app_has_is_not_found(server: Server, path: str) -> None:
    assert server.get(path).status == 404


def test_two_viewers_see_the_same_and_one_who_comes_late_sees_it_too(
    server: Server, visiting: Opener
) -> None:
    one, two = (visiting(server, path="/plain") for _ in range(2))
    for visit in (one, two):
        visit.wait(READY)

    count = "Number((" + DEEP + ")('.t-bound')[0].match(/\\d+/)[0])"
    first, second = one.js(count), two.js(count)

    assert abs(first - second) <= 3
    assert first > 0


def test_a_control_that_needs_python_is_not_in_use_and_that_is_said(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/plain")
    visit.wait(READY)

    visit.wait(f"{MODELS}.some((m) => m.end == 10 && m.disabled)")
    assert any("not in use" in text for text in deep(visit, "p.quiet"))


def test_controls_that_a_script_listens_to_work_and_no_others(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/links")
    visit.wait(READY)

    visit.page.locator(".t-linked input").fill("hello")
    visit.page.locator(".t-linked input").blur()
    visit.page.locator(".t-called input").click()

    wait_text(visit, ".t-echo", "hello")
    visit.wait("window.__called === true")
    assert visit.page.locator(".t-python input").is_disabled()
    assert visit.page.get_by_role("button", name="Go").is_disabled()
    visit.wait(f"{MODELS}.filter((m) => m.type == 'Slider').every((m) => m.disabled)")
    assert own_only(visit, server)


def test_a_callback_that_raises_is_marked_and_named_and_no_other_page(
    server: Server, visiting: Opener
) -> None:
    failing, plain = visiting(server, path="/failing"), visiting(server, path="/plain")
    wait_text(failing, "#said", "A part of this app has failed since .* Reference [0-9a-f]{4}")
    plain.wait(READY)

    operators = server.get("/-/").text

    assert "the exchange is shut" in operators
    assert not any("exchange" in text for text in deep(failing, "body"))
    assert deep(plain, "#said") == [""]


def test_a_callback_that_does_not_end_is_marked_and_no_other_page(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/endless")
    wait_text(visit, "#said", "This app has not answered since")
    plain = visiting(server, path="/plain")
    plain.wait(READY)
    wait_text(plain, ".t-bound", r"bound \d")

    assert server.metric("muntin_stage_running_seconds", page="endless") > 1


def test_an_app_that_does_not_start_says_so_without_its_trace(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/broken")

    said = visit.page.inner_text("main")

    assert "could not be started" in said
    assert "no key" not in visit.page.content()
    assert "no key for the exchange" in server.get("/-/").text


COUNT = f"Number(({DEEP})('.t-bound')[0]?.match(/\\d+/)?.[0] ?? 0)"


def test_a_page_that_nobody_saw_shows_what_has_happened_meanwhile(
    server: Server, visiting: Opener
) -> None:
    visit, other = visiting(server, path="/plain"), visiting(server, path="/plain")
    for one in (visit, other):
        one.wait(f"{COUNT} > 0")
    visit.js(f"() => {{ {HIDING} }}")

    visit.js("__hide(true)")
    visit.wait(f"{LINK} == 'behind'")
    before = visit.js(COUNT)
    other.wait(f"{COUNT} > {before + 5}", seconds=60)
    assert visit.js(COUNT) <= before + 1
    visit.js("__hide(false)")

    visit.wait(f"{LINK} == 'live'")
    visit.wait(f"{COUNT} > {before + 5}", seconds=60)
    assert visit.js("__same") is True


def test_a_server_that_stood_still_is_said_and_the_page_goes_on(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/plain")
    visit.wait(READY)
    visit.js("window.__same = true")

    server.signal(signal.SIGSTOP)
    try:
        wait_text(visit, "#link", r"Connection lost at \d\d:\d\d:\d\d UTC", BOUND + 1)
        before = visit.js(COUNT)
    finally:
        server.signal(signal.SIGCONT)

    visit.wait(f"{LINK} == 'live' && {COUNT} > {before}")
    assert deep(visit, "#link") == [""]
    assert visit.js("__same") is True
