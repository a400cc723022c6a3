"""Panel apps behind the guard: one run for all, and a session for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.guarded import OPERATOR, Guarded, guarded, users_config
from tests.kit import until
from tests.test_apps import APPS

from muntin import Page

#: An app that all share, and one of which each has a session.
BOTH = pytest.mark.parametrize("path", ["/shop", "/desk"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("apps")
    apps = (
        Page("shop", "Shop", app=APPS / "shop", audience=OPERATOR),
        Page("desk", "Desk", app=APPS / "desk.py", audience=OPERATOR, scope="private"),
        Page("who", "Who", app=APPS / "who.py", audience=OPERATOR, scope="private"),
    )
    with guarded(users_config(folder), folder, *apps) as made:
        until(
            lambda: made.ask("/shop", made.sign_in("otto")).status == 200, "the shared app is there"
        )
        yield made


@BOTH
def test_an_app_is_for_those_of_its_audience(site: Guarded, path: str) -> None:
    asked = {name: site.ask(path, site.sign_in(name)).status for name in ("otto", "ina", "gus")}

    assert asked == {"otto": 200, "ina": 403, "gus": 403}
    assert site.ask(path).status == 303


@BOTH
def test_the_socket_of_an_app_opens_with_the_token_of_its_page_and_login(
    site: Guarded, path: str
) -> None:
    one, two = site.sign_in("otto"), site.sign_in("otto")
    token = site.token(path, one)

    assert site.upgrade(f"{path}/ws", one, token).status == 101
    assert site.upgrade(f"{path}/ws", two, token).status == 403
    assert site.upgrade(f"{path}/ws", one, "made up").status == 403
    assert site.upgrade(f"{path}/ws", site.sign_in("ina"), token).status == 403
    assert site.upgrade(f"{path}/ws", one, token, origin="http://elsewhere.example").status == 403


def test_the_files_of_an_app_are_for_those_of_its_audience(site: Guarded) -> None:
    asked = {
        name: site.ask("/shop/static/sign.svg", site.sign_in(name)).status
        for name in ("otto", "ina")
    }

    assert asked == {"otto": 200, "ina": 403}
    assert site.ask("/components/panel.pane/HTML/_css/a.css").status == 303


@BOTH
def test_who_has_opened_an_app_is_written_down(site: Guarded, path: str) -> None:
    site.ask(path, site.sign_in("otto"))

    saw = [line for line in site.audit() if line["event"] == "saw" and line["page"] == path[1:]]

    assert "otto" in saw[-1].values()


def test_the_user_of_a_session_is_who_has_signed_in(site: Guarded) -> None:
    text = site.ask("/who", site.sign_in("otto")).text

    assert "looking: otto, operator" in text
    assert "; id_token user." in text


def test_a_cookie_of_the_browser_makes_nobody_a_user(site: Guarded) -> None:
    cookie = site.sign_in("otto") + "; user=mallory; is_guest=1; id_token=x"

    assert "looking: otto, operator" in site.ask("/who", cookie).text
