"""Every leaf and key of every document, and all that a plugin or operator may name: only text."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Error
from tests.conftest import Opener, Visit
from tests.kit import Server, install, serving, until
from tests.test_hostile_strings import CORPUS, FIRE, FOREIGN

from muntin import Feed
from muntin.plugins import load
from muntin.state.logs import Log

pytestmark = pytest.mark.browser

PLUGINS = ("overview", "pipeline", "router_health", "intel", "my_share")
PAGES = ("overview", "pipeline", "router-health", "intel", "my-share", "odd", "-/")

#: Strings of a size that documents have; those that no JSON can hold are tried elsewhere.
PAYLOADS = [text for name, text in CORPUS.items() if name not in {"long", "surrogate"}] + [
    f"<a href='javascript:{FIRE}'>x</a>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={FIRE}>",
    f"<details open ontoggle={FIRE}>",
    f"</title><script>{FIRE}</script>",
    f"</textarea><img src=x onerror={FIRE}>",
    f"]]><svg/onload={FIRE}>",
    f"\\u003cimg src=x onerror={FIRE}\\u003e",
    "=cmd|'/c calc'!A1",
    "<style>*{background:url(http://evil.example/)}</style>",
    "<link rel=stylesheet href=http://evil.example/>",
    "<img src=http://evil.example/x>",
    "$$\\href{javascript:alert(1)}{x}$$",
]

#: Where the charts stand in the window.
SLOTS = """[...document.querySelectorAll("[data-slot]")].map((slot) => {
  const { left, top, width, height } = slot.getBoundingClientRect();
  return [left, top, width, height];
})"""

#: A page that puts a string in every place a component has.
ODD = f"""
from muntin import Feed, Field, Page, Panel, hookimpl, ui

ODD = Feed("odd", lambda raw: dict(raw), example={{"texts": [], "updated_ts": 0}})
FIXED = {json.dumps(PAYLOADS)}

def every(text):
    field, bad = ui.label(text), Field(None, "usd", "odd", text, text, problem=text)
    yield ui.metrics(ui.Metric("m", text, field, note=text, meaning=text, chip=True), heading=text)
    yield ui.line(ui.Metric("n", text, bad, note=text, words=text, prefix=text))
    columns = (ui.Column("a", text), ui.Column("b", text, numeric=False))
    rows = [ui.row(text, ui.Cell(field, swatch=text, tone=text, chip=True), bad, muted=text)]
    yield ui.table(columns, rows, caption=text)
    yield ui.table(columns, (), empty=text)
    yield ui.Badge(field, label=text)
    yield ui.Note(text, tone=text)
    yield ui.StackedBar((ui.Share(text, 1.0, text),), text)

def components(snapshot):
    return ui.stack(*(part for text in snapshot[ODD]["texts"] for part in every(text)))

def frame(snapshot):
    import pandas
    texts = snapshot[ODD]["texts"]
    return pandas.DataFrame({{text: [text] for text in texts}})

def charts(snapshot):
    from bokeh.plotting import figure
    def draw(points):
        made = figure(height=150, title=FIXED[0], tools="hover",
                      tooltips=[(FIXED[1], "@name")], x_range=points.data["name"])
        made.xaxis.axis_label = FIXED[2]
        made.vbar(x="name", top="n", source=points, legend_label=FIXED[3])
        return made
    names = list(dict.fromkeys(snapshot[ODD]["texts"]))
    return ui.Chart(draw, {{"points": {{"name": names, "n": [1] * len(names)}}}}, FIXED[4])

def fails(snapshot):
    raise ValueError("\\n".join(snapshot[ODD]["texts"]))

@hookimpl
def muntin_pages(settings):
    views = (components, frame, charts, fails)
    panels = tuple(Panel(f"{{FIXED[i][:60]}} {{i}}", view, (ODD,)) for i, view in enumerate(views))
    yield Page("odd", FIXED[5][:80], panels, 99)
"""


def feeds() -> dict[str, Feed[Any]]:
    """Return every feed of the shipped plugins by name."""
    plugins = load(only=PLUGINS)
    return {feed.name: feed for page in plugins.pages for feed in page.feeds}


class Walk:
    """Copies of a document in which payloads stand in place of what was there, turn by turn."""

    def __init__(self, turn: int) -> None:
        self.turn = turn
        #: Every second turn numbers, flags and times are replaced as well.
        self.everything = turn % 2 == 1
        self._next = count(turn)
        self.placed = 0

    def payload(self) -> str:
        self.placed += 1
        return PAYLOADS[next(self._next) % len(PAYLOADS)]

    def walk(self, raw: Any) -> Any:
        match raw:
            case dict():
                made = {key: self.walk(value) for key, value in raw.items()}
                return made | self._twins(raw)
            case list():
                return [self.walk(item) for item in raw]
            case str():
                return self.payload()
            case _:
                return self.payload() if self.everything else raw

    def _twins(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Return entries of an object by name once more, under names that are payloads."""
        held = [value for value in raw.values() if isinstance(value, dict)]
        return {self.payload(): self.walk(value) for value in held[:2]}

    def document(self, feed: Feed[Any], now: float) -> bytes:
        """Return a document of a feed, or lines of its log, of this instant."""
        if isinstance(feed, Log):
            times = {path.split(".")[0] for path in feed.at}
            rows = (self.walk(row) | dict.fromkeys(times, now) for row in feed.example * 3)
            return "".join(json.dumps(row) + "\n" for row in rows).encode()
        made = self.walk(feed.example)
        kept = {path: now for path in feed.as_of if path in feed.example}
        return json.dumps(made | kept if isinstance(made, dict) else made).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("corpus")
    install(root / "site", "odd", ODD)
    said = {"title": PAYLOADS[0], "disclaimer": "".join(PAYLOADS)[:1900], "mode": "<b>\"'&</b>"}
    lines = [f"{key} = {json.dumps(text)}" for key, text in said.items() if "\x00" not in text]
    titles = f"[page.overview]\ntitle = {json.dumps(PAYLOADS[1])}"
    settings = "\n".join(["[site]", *lines, titles]).replace("\\u0000", " ").replace("\\u001b", "")
    env = {"PYTHONPATH": str(root / "site")}
    with serving(
        root / "state" / "state", plugins=(*PLUGINS, "odd"), env=env, settings=settings
    ) as server:
        yield server


def put(server: Server, turn: int) -> int:
    """Write every document of a turn; return how many payloads they hold, once all are read."""
    walk, now = Walk(turn), time.time()
    texts = [PAYLOADS[(turn + step) % len(PAYLOADS)] for step in range(0, len(PAYLOADS), 3)]
    documents = {"odd.json": json.dumps({"texts": texts, "updated_ts": now}).encode()}
    documents |= {feed.path: walk.document(feed, now) for feed in feeds().values()}
    written = {}
    for path, data in documents.items():
        place = server.state.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(".tmp")
        temporary.write_bytes(data)
        temporary.replace(place)
        written[path] = len(data)
    until(lambda: _read(server, written), f"all documents of turn {turn} are read")
    return walk.placed + len(texts)


def _read(server: Server, written: dict[str, int]) -> bool:
    rows = server.feeds().values()
    return all(row["size"] == written[row["path"]] for row in rows if row["path"] in written
               and row["path"].endswith(".json"))  # fmt: skip


def settled(visit: Visit) -> Visit:
    """Wait until the page is connected and has painted."""
    visit.wait("document.documentElement.dataset.link == 'live' || !document.querySelector('main')"
               " || location.pathname == '/-/'", seconds=60)  # fmt: skip
    done_in(
        visit, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return visit


def done_in(visit: Visit, expression: str) -> None:
    """Do something in the page; once more, should it come back from a lost server meanwhile."""
    visit.wait(f"Promise.resolve({expression}).then(() => true)", seconds=60)


def _reload(visit: Visit) -> None:
    """Load a page again; one that does so by itself at this moment has done it."""
    try:
        visit.page.reload()
    except Error as error:
        if "ERR_ABORTED" not in error.message:
            raise
        visit.page.wait_for_load_state()


@pytest.fixture(scope="module")
def visits(server: Server, visiting: Opener) -> dict[str, Visit]:
    """Every page after all turns: half of them came as changes, half with the first bytes."""
    total = put(server, 0)
    for page in PAGES[:-1]:
        until(lambda page=page: server.get(f"/{page}").status == 200, f"/{page}", 90)  # type: ignore[misc]  # asked at once
    opened = {page: settled(visiting(server, path=f"/{page}")) for page in PAGES}
    for turn in range(1, 6):
        total += put(server, turn)
        for visit in opened.values():
            if turn % 2:
                _reload(visit)
            settled(visit)
            _look_around(visit)
    assert total > 1000
    return opened


def _look_around(visit: Visit) -> None:
    """Do what a viewer does where strings turn up late: ask for origins, hover over charts."""
    done_in(visit, "document.querySelector('[data-metric][data-feed]')?.click()")
    done_in(visit, "document.querySelector('#mu-origin')?.close()")
    done_in(visit, "document.querySelector('table[data-sortable] th')?.click()")
    # Asked for all at once: what stands in a page changes while one asks.
    for left, top, width, height in visit.js(SLOTS):
        if top < 900:
            for part in (0.2, 0.5, 0.8):
                visit.page.mouse.move(left + width * part, top + height / 2)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_runs_and_nothing_is_asked_of_others(
    server: Server, visits: dict[str, Visit], page: str
) -> None:
    visit = visits[page]

    assert visit.js("window.__fired") == []
    assert [line for line in visit.console if "503" not in line] == []
    assert [url for url in visit.requests if f"//127.0.0.1:{server.port}/" not in url] == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_becomes_markup(visits: dict[str, Visit], page: str) -> None:
    assert visits[page].js(FOREIGN) == []


@pytest.mark.parametrize("page", ["overview", "pipeline", "router-health", "intel", "odd"])
def test_the_strings_are_there_to_be_read(visits: dict[str, Visit], page: str) -> None:
    """Else nothing was tried: a page that shows none of them proves nothing."""
    text = visits[page].js("document.body.textContent")

    assert sum(payload in text for payload in PAYLOADS) >= 3


@pytest.mark.parametrize("payload", PAYLOADS[:8], ids=range(8))
def test_nothing_in_an_address_runs(server: Server, visiting: Opener, payload: str) -> None:
    visit = visiting(server, path="/overview?theme=" + payload + "&x=" + payload + "#" + payload)
    settled(visit)

    assert visit.js("window.__fired") == []
    assert payload not in (visit.js("document.documentElement.outerHTML") if "<" in payload else "")
    visit.page.context.close()


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_answer_repeats_what_was_asked(server: Server, payload: str) -> None:

    for path in (
        f"/{quote(payload)}",
        f"/static/{quote(payload, safe='')}",
        f"/-/{quote(payload)}",
    ):
        answer = server.get(path, {"X-Odd": "x"})
        assert answer.status in {400, 404}
        assert payload not in answer.text


def test_the_log_has_one_plain_line_for_each_event(server: Server, visits: Any) -> None:
    del visits
    lines = server.log.read_text("utf-8").splitlines()

    assert [line for line in lines if not line.isprintable()] == []
    assert max(map(len, lines)) < 4000
