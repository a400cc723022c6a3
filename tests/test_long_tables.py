"""A table of 10,000 rows in a browser: what is in sight is what was published."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession
from tests.conftest import Opener, Visit
from tests.kit import Server, State, serving_plugin

pytestmark = pytest.mark.browser

PLUGIN = """
from muntin import Feed, Field, Page, Panel, Presence, hookimpl
from muntin.ui import Cell, Column, row, table

ROWS = Feed("rows", dict, late_after=600, stale_after=1200,
            example={"n": 0, "rows": 3, "updated_ts": 0})
COLUMNS = (Column("name", "Name", numeric=False), Column("price", "Price", unit="USD"),
           Column("change", "Change", signed=True), Column("state", "State", numeric=False))

def cell(value, unit, path):
    return Field(value, unit, "rows", path, "", Presence.OK)

def view(snapshot):
    rows = snapshot[ROWS]
    n = rows["n"]
    return table(COLUMNS, [
        row(f"r{i}", cell(f"row {i}", "", f"rows[{i}].name"),
            cell(i * 7919 % 10007 + (n if i < 100 else 0), "usd", f"rows[{i}].price"),
            cell((i % 7) - 3.0, "usd", f"rows[{i}].change"),
            Cell(cell("OK" if i % 3 else "HALTED", "", f"rows[{i}].state"), chip=True),
            muted="asleep" if i % 50 == 49 else "")
        for i in range(rows.get("first", 0), rows["rows"])
    ], caption="All rows")

@hookimpl
def muntin_pages(settings):
    yield Page("rows", "Rows", (Panel("Long", view, needs=(ROWS,)),))
"""

ROWS = 10_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("long")
    put(State(root / "state"), 0)
    with serving_plugin(root, "rows", PLUGIN) as running:
        yield running


def put(state: State, n: int, rows: int = ROWS, **more: Any) -> None:
    state.put("rows", {"n": n, "rows": rows, "updated_ts": time.time(), **more})


@pytest.fixture
def seen(server: Server, visiting: Opener) -> Visit:
    put(server.state, 0)
    visit = visiting(server, path="/rows")
    visit.wait("document.querySelector('.mu-long[data-drawn]')")
    visit.wait("document.documentElement.dataset.link === 'live'")
    visit.wait(f"{said} === '10,000 rows'")
    return visit


said = "document.querySelector('.mu-tools [role=status]').textContent"


def layouts(devtools: CDPSession) -> float:
    found = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in found if one["name"] == "LayoutCount")


def cell(row: int, column: str, attr: str = "textContent") -> str:
    """Return JavaScript for an attribute of a cell by its name in the first column."""
    named = "[...document.querySelectorAll('.mu-long tbody tr')]"
    found = f"{named}.find((tr) => tr.querySelector('span').dataset.value === 'row {row}')"
    one = f"({found})?.querySelector('[data-column=\"{column}\"]')"
    return f"{one}?.{attr}" if attr == "textContent" else f"{one}?.getAttribute('{attr}')"


def scroll(seen: Visit, row: int) -> None:
    """Scroll until about this row, in the order as sent, is in sight."""
    box = "document.querySelector('.mu-long .mu-scroll')"
    seen.js(f"{box}.scrollTop = {box}.scrollHeight * {row / ROWS} - 100")
    seen.wait(cell(row, "name"))


def test_first_bytes_hold_the_first_rows(server: Server) -> None:
    html = server.get("/rows").text

    assert html.count("<tr>") + html.count('<tr class="muted"') == 101
    assert "First 100 of 10,000 rows." in html
    assert 'data-path="rows[99].price"' in html


def test_rows_in_sight_are_drawn_and_no_others(seen: Visit) -> None:
    scroll(seen, 7000)

    assert seen.js("document.querySelectorAll('.mu-long tbody tr').length") < 80
    assert seen.js(cell(7000, "price")) == f"{7000 * 7919 % 10007:,.2f}"


def test_cell_says_where_it_comes_from(seen: Visit) -> None:
    scroll(seen, 5000)

    assert seen.js(cell(5000, "price", "data-path")) == "rows[5000].price"
    assert seen.js(cell(5000, "price", "data-value")) == str(5000 * 7919 % 10007)
    assert seen.js(cell(5000, "price", "data-feed")) == "rows"
    assert seen.js(cell(5000, "price", "data-status")) == "live"
    assert seen.js(cell(5000, "price", "data-as-of")).endswith("Z")


def test_update_changes_cells_in_sight_and_those_that_come_later(
    server: Server, seen: Visit
) -> None:
    put(server.state, 20_000)
    seen.wait(f"{cell(0, 'price')} === '20,000.00'")
    put(server.state, 30_000)
    seen.wait(f"{cell(0, 'price')} === '30,000.00'")
    scroll(seen, 95)

    assert seen.js(cell(95, "price", "data-value")) == str(95 * 7919 % 10007 + 30_000)


def test_update_lays_out_at_most_twice(server: Server, seen: Visit) -> None:
    devtools = seen.page.context.new_cdp_session(seen.page)
    devtools.send("Performance.enable")
    taken = []
    for n in (50_000, 51_000, 52_000, 53_000, 54_000):
        before = layouts(devtools)
        put(server.state, n)
        seen.wait(f"{cell(0, 'price')} === '{n:,}.00'")
        seen.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        taken.append(layouts(devtools) - before)

    assert statistics.median(taken) <= 2, taken


def test_rows_come_and_go(server: Server, seen: Visit) -> None:
    put(server.state, 0, ROWS + 5, first=2)
    seen.wait(f"{said} === '10,003 rows'")
    box = "document.querySelector('.mu-long .mu-scroll')"
    seen.js(f"{box}.scrollTop = 1e7")

    seen.wait(cell(ROWS + 4, "name"))
    assert seen.js(cell(ROWS + 4, "price", "data-path")) == f"rows[{ROWS + 4}].price"


def test_button_of_a_column_sorts_all_rows(seen: Visit) -> None:
    seen.page.get_by_role("button", name="Price").click()
    first = "document.querySelector('.mu-long tbody tr').cells[1].textContent"

    assert seen.js(first) == "0.00"
    seen.page.get_by_role("button", name="Price").click()
    assert seen.js(first) == "10,006.00"
    assert seen.js("document.querySelector('.mu-long th[aria-sort]').dataset.sort") == "price"


def test_sorted_rows_stay_sorted_when_values_change(server: Server, seen: Visit) -> None:
    seen.page.get_by_role("button", name="Price").click()
    seen.page.get_by_role("button", name="Price").click()
    put(server.state, 40_000)

    seen.wait("document.querySelector('.mu-long tbody tr').cells[1].textContent > '4'")


def test_box_finds_rows_by_their_text(seen: Visit) -> None:
    box = seen.page.get_by_role("searchbox", name="Filter rows")
    box.fill("1233 halted")
    seen.wait(f"{said}.includes(' of 10,000 rows')")

    rows = seen.js(
        "[...document.querySelectorAll('.mu-long tbody tr')].map((tr) => tr.textContent)"
    )
    assert any("row 1233" in text for text in rows)
    assert all("HALTED" in text for text in rows)


def test_keyboard_reaches_every_cell(seen: Visit) -> None:
    seen.page.locator(".mu-long tbody td").first.click()
    seen.page.keyboard.press("Control+End")
    seen.wait("document.activeElement.closest('tr')?.getAttribute('aria-rowindex') === '10001'")
    seen.page.keyboard.press("Home")
    seen.page.keyboard.press("ArrowUp")

    assert seen.js("document.activeElement.textContent") == f"row {ROWS - 2}"
    assert seen.js("document.querySelector('.mu-long table').ariaRowCount") == "10001"


def test_selection_is_copied_as_tabs(seen: Visit) -> None:
    seen.page.locator(".mu-long tbody td").first.click()
    seen.page.keyboard.press("Shift+ArrowDown")
    seen.page.keyboard.press("Shift+ArrowRight")
    copied = seen.js(
        "(() => { const data = new DataTransfer();"
        " document.activeElement.dispatchEvent("
        "new ClipboardEvent('copy', {clipboardData: data, bubbles: true}));"
        " return data.getData('text/plain'); })()"
    )

    assert copied == "Name\tPrice USD\nrow 0\t0.00\nrow 1\t7,919.00"


def test_cell_keeps_the_focus_when_rows_are_sorted_again(server: Server, seen: Visit) -> None:
    seen.page.get_by_role("button", name="Price").click()
    seen.page.get_by_role("button", name="Price").click()
    seen.page.locator(".mu-long tbody td").nth(1).click()
    put(server.state, 70_000)
    seen.wait("document.querySelector('.mu-long tbody tr').cells[1].textContent > '7'")

    assert seen.js("document.activeElement.closest('tr').ariaRowIndex") is not None


def test_paper_has_the_first_rows_and_their_number(seen: Visit) -> None:
    scroll(seen, 6000)
    seen.page.emulate_media(media="print")
    seen.js("window.dispatchEvent(new Event('beforeprint'))")
    rows = "document.querySelectorAll('.mu-long tbody tr').length"
    seen.wait(f"{rows} === 100")
    seen.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    assert seen.js(rows) == 100
    assert seen.page.inner_text(".mu-first") == "First 100 of 10,000 rows."


def test_panel_that_is_replaced_keeps_its_filter(server: Server, seen: Visit) -> None:
    seen.page.get_by_role("searchbox", name="Filter rows").fill("1233 halted")
    seen.wait(f"{said}.includes(' of 10,000 rows')")
    put(server.state, 0, 3)
    seen.wait("!document.querySelector('.mu-long')")
    put(server.state, 0)
    seen.wait("document.querySelector('.mu-long[data-drawn]')")
    seen.js("document.querySelector('.mu-tools input').focus()")
    server.state.put("rows", {"n": 0, "rows": "no number", "updated_ts": time.time()})
    seen.page.get_by_role("searchbox", name="Filter rows").fill("row 77")
    seen.wait("document.querySelector('[data-fault]')")

    assert seen.page.input_value(".mu-tools input") == "row 77"
    assert seen.js("document.activeElement.type") == "search"


def test_lost_server_is_said_on_rows_that_come_into_sight(server: Server, visiting: Opener) -> None:
    seen = visiting(server, path="/rows")
    seen.wait("document.documentElement.dataset.link === 'live'")
    server.kill()
    seen.wait("document.documentElement.dataset.link === 'lost'")
    scroll(seen, 3000)

    assert "last known" in seen.js(cell(3000, "price"))
