"""A plugin that fails in every way there is: its own panel says so, and nothing else is touched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.kit import Server, State, install, nav, serving, until

#: Stands in every exception and must never reach a viewer.
SECRET = "hunter2-from-the-traceback"

#: One page per way to fail, so that one that hangs holds up no other.
FAULTY = f"""
import asyncio, sys, threading
from muntin import Feed, Page, Panel, hookimpl

SWITCH = Feed("switch", lambda raw: dict(raw), example={{"updated_ts": 0}})

class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("{SECRET}")

def at_first(snapshot):
    raise ValueError("{SECRET}")

def later(snapshot):
    if snapshot[SWITCH]["later"]:
        raise KeyError("{SECRET}")
    return f"n is {{snapshot[SWITCH]['n']}}"

def hangs(snapshot):
    if snapshot[SWITCH]["hang"]:
        threading.Event().wait(3600)
    return "not hanging"

def exits(snapshot):
    sys.exit("{SECRET}")

def cancelled(snapshot):
    raise asyncio.CancelledError("{SECRET}")

def unspeakable(snapshot):
    raise Unspeakable

def recurses(snapshot):
    return recurses(snapshot)

def html(snapshot):
    return "<b class=bold>bold</b><script>window.__fired.push(1)</script>"

def huge(snapshot):
    return "x" * 5_000_000

def odd(snapshot):
    return object()

def sound(snapshot):
    return f"n is {{snapshot[SWITCH]['n']}}"

VIEWS = (at_first, later, hangs, exits, cancelled, unspeakable, recurses, html, huge, odd)

@hookimpl
def muntin_pages(settings):
    for view in VIEWS:
        slug = view.__name__.replace("_", "-")
        panels = (("Faulty", view), ("Sound", sound))
        yield Page(slug, slug, tuple(Panel(name, do, needs=(SWITCH,)) for name, do in panels))
"""

_HOOK = "from muntin import hookimpl\n\n@hookimpl\ndef muntin_pages(settings):\n"

#: Plugins that fail before they have a page at all, by name.
BROKEN = {
    "imports": f"raise RuntimeError('{SECRET}')",
    "exits": "import sys; sys.exit(3)",
    "syntax": "def f(:",
    "hook": f"{_HOOK}    raise ValueError('{SECRET}')",
    "wrong": f"{_HOOK}    return [1, 'page']",
}


def switch(state: State, n: int, **on: bool) -> None:
    values: dict[str, Any] = {"later": False, "hang": False} | on
    state.put("switch", {"updated_ts": time.time(), "n": n, **values})


def panel(server: Server, page: str, slug: str = "faulty") -> str:
    """Return the markup of one panel of a page, empty if there is none."""
    _, found, rest = server.get(f"/{page}").text.partition(f'data-panel="{slug}"')
    return rest.partition("</section>")[0] if found else ""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("faults")
    install(root / "site", "faulty", FAULTY)
    for name, source in BROKEN.items():
        install(root / "site", name, source)
    state = State(root / "state")
    switch(state, 1)
    state.heal()
    names = ("overview", "faulty", *BROKEN)
    with serving(state.root, plugins=names, env={"PYTHONPATH": str(root / "site")}) as server:
        yield server


@pytest.mark.parametrize("page", ["at-first", "exits", "recurses", "cancelled", "unspeakable"])
def test_f27_a_panel_that_cannot_be_drawn_says_so(server: Server, page: str) -> None:
    """Title, sentence and reference for the viewer; the trace is not for them."""
    shown = until(lambda: panel(server, page), f"/{page} shows its panel")

    assert "could not be drawn" in shown
    assert 'data-fault="' in shown
    assert SECRET not in server.get(f"/{page}").text


@pytest.mark.parametrize(
    "page", ["at-first", "exits", "recurses", "cancelled", "unspeakable", "odd"]
)
def test_f27_the_panel_beside_it_stays_live(server: Server, page: str) -> None:
    switch(server.state, 77)

    until(lambda: "n is 77" in panel(server, page, "sound"), f"/{page} follows")


def test_f27_operators_read_what_happened(server: Server) -> None:
    until(lambda: panel(server, "at-first"), "the page is drawn")
    panels = {(p["page"], p["panel"]): p for p in server.plugins()["faulty"]["panels"]}
    reference = panels["at-first", "faulty"]["fault"]

    assert SECRET in panels["at-first", "faulty"]["error"]
    assert f'data-fault="{reference}"' in panel(server, "at-first")
    assert panels["at-first", "sound"]["fault"] is None
    assert reference in server.logged


def test_an_update_that_fails_keeps_the_last_good_picture(server: Server) -> None:
    """Marked with the time and a reference; the next good update takes both away."""
    switch(server.state, 5)
    until(lambda: "n is 5" in panel(server, "later"), "a good picture")
    switch(server.state, 6, later=True)
    until(lambda: "data-fault" in panel(server, "later"), "the fault is shown")
    faulty = panel(server, "later")
    switch(server.state, 7)
    until(lambda: "n is 7" in panel(server, "later"), "a good picture again")

    assert "n is 5" in faulty
    assert "Not updated since" in faulty
    assert SECRET not in faulty
    assert "data-fault" not in panel(server, "later")


def test_f88_text_that_looks_like_markup_stays_text(server: Server) -> None:
    shown = until(lambda: panel(server, "html"), "the page is drawn")

    assert "&lt;b class=bold&gt;" in shown
    assert "<script>" not in shown


def test_f88_a_panel_of_five_megabytes_is_marked_and_holds_up_no_other_page(
    server: Server,
) -> None:
    until(lambda: "could not be drawn" in panel(server, "huge"), "the page is drawn")
    switch(server.state, 8)

    until(lambda: "n is 8" in panel(server, "later"), "another page follows")


@pytest.mark.parametrize("name", BROKEN)
def test_f88_a_plugin_that_cannot_be_loaded_is_named_with_its_reason(
    server: Server, name: str
) -> None:
    """It contributes nothing, and the server serves the others."""
    row = server.plugins()[name]

    assert row["status"] == "broken"
    assert row["reason"]
    assert row["pages"] == []
    assert server.plugins()["overview"]["status"] == "active"


def test_f88_the_overview_is_untouched(server: Server) -> None:
    server.state.put("nav", nav(12099.5))
    server.wait_figure("nav", data_value="12099.5", data_status="live")
    html = server.get("/overview").text

    assert "data-fault" not in html
    assert SECRET not in html


def test_a_view_that_hangs_holds_up_its_own_page_only(server: Server) -> None:
    """The page keeps its last picture, the others follow, operators see who hangs."""
    switch(server.state, 20)
    until(lambda: "n is 20" in panel(server, "hangs", "sound"), "a good picture")
    switch(server.state, 21, hang=True)
    until(lambda: "n is 21" in panel(server, "later"), "the other page follows")
    server.state.put("nav", nav(12088.5))
    server.wait_figure("nav", data_value="12088.5")

    def hanging() -> bool:
        rows = server.plugins()["faulty"]["panels"]
        return any(p["page"] == "hangs" and p["running_seconds"] > 0.5 for p in rows)

    until(hanging, "/-/plugins names the panel that runs")
    until(lambda: "panel hangs" in server.logged, "the log reports it")
    assert "not hanging" in panel(server, "hangs")
    assert server.get("/readyz").status == 200


def test_no_fault_reaches_a_viewer_or_the_list_of_feeds(server: Server) -> None:
    pages = server.plugins()["faulty"]["pages"]
    seen = "".join(server.get(f"/{page}").text for page in pages)

    assert SECRET not in seen
    assert SECRET not in json.dumps(server.feeds())
