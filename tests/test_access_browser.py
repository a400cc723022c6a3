"""Signing in, being signed out, and losing a role, as they look in a browser."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import TRIPWIRE
from tests.kit import MUNTIN, Server, serving, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"
ENV = {"MUNTIN_TEST_SECRET": "a secret of the tests, long enough"}
CONFIG = """
[access]
mode = "users"
secret = {{ env = "MUNTIN_TEST_SECRET" }}
users = "{users}"
audit = "{audit}"
[plugins]
only = ["overview", "pipeline"]
"""


@dataclass
class Place:
    """A running server whose users sign in."""

    server: Server
    users: Path

    def run(self, *command: str, text: str = "") -> None:
        """Run ``muntin users``."""
        program = [str(MUNTIN), "users", *command, "--file", str(self.users)]
        subprocess.run(program, input=text, text=True, check=True, capture_output=True)

    def add(self, name: str, *roles: str) -> None:
        """Add a user."""
        given = [word for role in roles for word in ("--role", role)]
        self.run("add", name, *given, "--password-stdin", text=PASSWORD)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("browser")
    users, config = folder / "users.json", folder / "muntin.toml"
    config.write_text(CONFIG.format(users=users, audit=folder / "audit.log"))
    state = folder / "state"
    early = Place(None, users)  # type: ignore[arg-type]  # the file must be there before the server
    early.add("otto", "operator")
    with serving(state, env={**ENV, "MUNTIN_CONFIG": str(config)}) as server:
        server.state.heal()
        yield Place(server, users)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    made.add_init_script(TRIPWIRE)
    yield made
    made.close()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")


def live(page: Page) -> Page:
    page.wait_for_function("() => document.documentElement.dataset.link == 'live'")
    return page


def opened(place: Place, context: BrowserContext, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{place.server.url}/overview")
    sign_in(page, name)
    return live(page)


def test_stranger_signs_in_and_sees_what_is_theirs(place: Place, context: BrowserContext) -> None:
    place.add("ina", "investor")
    page = context.new_page()
    page.goto(f"{place.server.url}/overview?theme=dark")
    assert page.url == f"{place.server.url}/login?next=%2Foverview"
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    sign_in(page, "ina", "not the password")
    assert page.text_content("[role=alert]") == "The name or the password is wrong."
    assert page.input_value("input[name=name]") == "ina"

    sign_in(page, "Ina")
    assert page.url == f"{place.server.url}/overview"
    live(page)
    assert page.locator("nav a").all_text_contents() == ["Overview"]
    page.click("#mu-user summary")
    assert page.text_content("#mu-user-roles") == "Signed in as ina · investor"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.goto(f"{place.server.url}/pipeline").status == 403  # type: ignore[union-attr]
    assert page.text_content("h1") == "Not for you"
    assert page.evaluate("window.__fired") == []


def test_sign_out_in_one_tab_empties_the_others(place: Place, context: BrowserContext) -> None:
    place.add("ivo", "investor")
    tab = opened(place, context, "ivo")
    other = context.new_page()
    other.goto(f"{place.server.url}/overview")
    live(other)

    other.click("#mu-user summary")
    other.click("#mu-user button")

    assert other.url == f"{place.server.url}/login"
    tab.wait_for_url("**/login?next=%2Foverview")
    other.go_back()
    other.wait_for_url("**/login?next=%2Foverview")
    assert other.locator("[data-metric]").count() == 0


def test_role_that_is_taken_away_empties_the_page(place: Place, context: BrowserContext) -> None:
    place.add("ida", "investor")
    page = opened(place, context, "ida")

    place.run("roles", "ida", "guest")

    page.wait_for_function("() => document.querySelector('h1').textContent == 'Not for you'")
    assert page.locator("[data-metric]").count() == 0


def test_user_who_is_removed_is_sent_to_the_door(place: Place, context: BrowserContext) -> None:
    place.add("ian", "investor")
    page = opened(place, context, "ian")

    place.run("remove", "ian")

    page.wait_for_url("**/login?next=%2Foverview")
    sign_in(page, "ian")
    assert page.text_content("[role=alert]") == "The name or the password is wrong."


def test_operations_are_for_operators_and_end_with_the_session(
    place: Place, context: BrowserContext
) -> None:
    place.add("olga", "operator")
    page = opened(place, context, "olga")
    assert page.locator("nav a").all_text_contents() == [
        "Overview",
        "Pipeline",
        "Feeds and plugins",
    ]
    page.goto(f"{place.server.url}/-/")
    live(page)

    place.run("remove", "olga")

    page.wait_for_url("**/login?next=%2F-%2F")


def test_nobody_is_lost_when_the_server_restarts(place: Place, context: BrowserContext) -> None:
    """Sessions are in memory only, so they end; the page says so instead of going on."""
    place.add("ira", "investor")
    page = opened(place, context, "ira")

    place.server.kill()
    page.wait_for_function("() => document.documentElement.dataset.link == 'lost'")
    place.server.start()

    page.wait_for_url("**/login?next=%2Foverview")
    until(lambda: page.locator("input[name=name]").count() == 1, "the form is there")
