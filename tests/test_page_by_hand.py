"""What a reader does on a page, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.kit import Server, positions, serving

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("by-hand") / "state") as server:
        yield server


@pytest.fixture(autouse=True)
def healthy(server: Server) -> None:
    server.heal()


@pytest.fixture(scope="module")
def desk(server: Server, visiting: Opener) -> Visit:
    server.state.heal()
    return visiting(server).wait_drawn()


class TestByHand:
    """What a reader does, with the keyboard alone."""

    def test_the_lamp_opens_the_feed_table_and_escape_closes_it(self, desk: Visit) -> None:
        desk.page.focus("#mu-lamp")
        desk.page.keyboard.press("Enter")
        desk.wait("document.getElementById('mu-feeds').open")
        table = desk.page.inner_text("#mu-feeds-table")
        desk.page.keyboard.press("Escape")
        desk.wait("!document.getElementById('mu-feeds').open")

        assert "kpis_v7" in table
        assert desk.js("document.activeElement.id") == "mu-lamp"

    def test_a_figure_says_where_it_comes_from(self, desk: Visit) -> None:
        desk.page.focus("[data-metric=nav]")
        desk.page.keyboard.press("Enter")
        desk.wait("document.getElementById('mu-origin').open")
        said = desk.page.inner_text("#mu-origin-list")
        desk.page.keyboard.press("Escape")

        assert "nav.json" in said
        assert "nav_usd" in said
        assert "Drawn by\nmuntin-overview" in said
        assert desk.js("document.activeElement.dataset.metric") == "nav"

    def test_a_cell_says_where_it_comes_from_by_click(self, desk: Visit) -> None:
        desk.page.click("[data-panel=positions] tbody tr:first-child [data-column=entry]")
        desk.wait("document.getElementById('mu-origin').open")
        said = desk.page.inner_text("#mu-origin-list")
        desk.page.keyboard.press("Escape")

        assert "positions_state.json" in said
        assert "items[0].entry_price" in said

    def test_arrow_keys_go_from_cell_to_cell(self, desk: Visit) -> None:
        column = "document.activeElement.dataset.column"
        desk.page.focus("[data-panel=positions] .mu-scroll")
        seen = []
        for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"):
            desk.page.keyboard.press(key)
            seen.append(desk.js(column))
        desk.page.keyboard.press("Enter")
        desk.wait("document.getElementById('mu-origin').open")
        desk.page.keyboard.press("Escape")

        assert seen == ["symbol", "side", "qty", "side", "upnl", "symbol"]
        assert desk.js(column) == "symbol"

    def test_an_update_leaves_the_focus_in_its_cell(self, server: Server, desk: Visit) -> None:
        desk.page.focus("[data-panel=positions] .mu-scroll")
        for key in ("ArrowDown", "ArrowDown", "End"):
            desk.page.keyboard.press(key)
        server.state.put("positions_state", positions(("ETHUSDT", -0.5, -121.0)))
        desk.wait("document.querySelectorAll('[data-panel=positions] tbody tr').length == 1")
        server.state.heal()
        desk.wait("document.querySelectorAll('[data-panel=positions] tbody tr').length == 3")

        assert desk.js("document.activeElement.dataset.column") == "upnl"

    def test_values_are_read_off_the_nav_line(self, desk: Visit) -> None:
        line = desk.page.locator("[data-panel=net-asset-value] [role=slider]")
        line.focus()
        desk.page.keyboard.press("Home")
        first = str(line.get_attribute("aria-valuetext"))
        desk.page.keyboard.press("ArrowRight")
        second = desk.page.inner_text(".mu-read")

        assert first.startswith("11,964.50 USD at ")
        assert second.startswith("11,967.50 USD at ")
        assert " UTC, " in second

    def test_an_origin_is_copied_as_text(self, desk: Visit) -> None:
        desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        desk.page.focus("[data-metric=nav]")
        desk.page.keyboard.press("Enter")
        desk.page.click("#mu-origin [data-copy]")
        desk.wait("document.getElementById('mu-origin-copied').textContent == 'Copied'")
        copied = str(desk.js("navigator.clipboard.readText()"))
        desk.page.keyboard.press("Escape")

        assert "Document: nav.json" in copied.splitlines()
        assert "Value: 12000.5" in copied.splitlines()

    @pytest.mark.parametrize(
        ("presses", "order"), [(1, [-120.0, 9.5, 80.0]), (2, [80.0, 9.5, -120.0])]
    )
    def test_numbers_sort_as_numbers(self, desk: Visit, presses: int, order: list[float]) -> None:
        """9.5 lies between −120 and 80, whatever their texts."""
        desk.js(
            "for (const th of document.querySelectorAll('th[aria-sort]'))"
            " th.removeAttribute('aria-sort')"
        )
        desk.page.focus("[data-panel=positions] th[data-sort=upnl] button")
        for _ in range(presses):
            desk.page.keyboard.press("Enter")
        shown: Any = desk.js(
            "[...document.querySelectorAll('[data-column=upnl]')]"
            ".map((el) => Number(el.dataset.value))"
        )

        assert shown == order

    def test_the_choice_of_theme_outlives_a_reload(self, desk: Visit) -> None:
        color = "getComputedStyle(document.body).backgroundColor"
        light = desk.js(color)
        desk.page.focus("#mu-theme")
        desk.page.keyboard.press("Enter")
        dark = desk.js(color)
        desk.page.reload()

        assert desk.js(color) == dark != light
