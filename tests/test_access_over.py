"""Who is no longer welcome: open pages end with the session, and with the role."""

from __future__ import annotations

import json

import pytest
from core.tests.web.kit import Socket
from tests.guarded import NAV, Guarded, sign_out, users_file

from muntin.access import Credentials


def follow(site: Guarded, path: str, name: str) -> tuple[Socket, str]:
    cookie = site.sign_in(name)
    socket = site.follow(path, cookie)
    assert socket.next()[0]["msgtype"] == "ACK"
    return socket, cookie


def rewrite(site: Guarded, **roles: tuple[str, ...]) -> None:
    users_file(site.folder / "users.json", roles)


SEEN = [("/overview", "ina"), ("/mine", "ina"), ("/own", "ina")]


@pytest.mark.parametrize(("path", "name"), SEEN)
def test_sign_out_closes_the_sockets_of_the_session_and_no_others(
    own: Guarded, path: str, name: str
) -> None:
    socket, cookie = follow(own, path, name)
    other, _ = follow(own, path, "ivo")

    sign_out(own, cookie, own.island("/lobby", cookie)["csrf"])

    assert socket.closed() == (4401, "signed out")
    own.server.publish(NAV, value=7.0)
    assert other.next()[0]["msgtype"] == "PATCH-DOC"


@pytest.mark.parametrize(("path", "name"), SEEN)
def test_user_who_is_removed_is_out_within_seconds(own: Guarded, path: str, name: str) -> None:
    socket, cookie = follow(own, path, name)
    rewrite(own, otto=("operator",))

    assert socket.closed() == (4401, "signed out")
    assert own.ask(path, cookie).status == 303


@pytest.mark.parametrize(("path", "name"), SEEN)
def test_role_that_is_taken_away_takes_its_pages_along(own: Guarded, path: str, name: str) -> None:
    socket, cookie = follow(own, path, name)
    rewrite(own, ina=("guest",))

    assert socket.closed() == (4403, "what you may see has changed")
    assert own.ask(path, cookie).status == 403
    assert own.ask("/lobby", cookie).status == 200


def test_role_that_is_given_shows_the_new_panels_on_the_next_look(own: Guarded) -> None:
    socket, cookie = follow(own, "/overview", "ina")
    rewrite(own, ina=("investor", "operator"))

    assert socket.closed() == (4403, "what you may see has changed")
    assert "3,333.50" in own.ask("/overview", cookie).text


@pytest.mark.parametrize(("path", "name"), SEEN)
def test_session_that_expires_takes_its_sockets_along(own: Guarded, path: str, name: str) -> None:
    socket, cookie = follow(own, path, name)
    own.server.clock.advance(12 * 3600)

    assert socket.closed() == (4401, "signed out")
    assert own.ask(path, cookie).status == 303
    assert own.access.identify(Credentials("", {}, cookie)) is None


def test_private_document_of_somebody_who_left_is_gone(own: Guarded) -> None:
    _, cookie = follow(own, "/mine", "ina")
    page = own.server.app.private["mine"]
    assert len(page.visits) == 1
    session = own.access.identify(Credentials("", {}, cookie))
    assert session is not None
    own.access.logout(session.id)

    async def look() -> int:
        own.server.app.expel()
        return len(page.visits)

    assert own.server.run(look()) == 0


def test_what_is_said_of_a_viewer_takes_their_own_page_along(own: Guarded) -> None:
    socket, cookie = follow(own, "/own", "ina")
    path = own.folder / "users.json"
    said = json.loads(path.read_text())
    said["users"]["ina"]["claims"] = {"holder": "another"}
    path.write_text(json.dumps(said))

    assert socket.closed() == (4403, "what you may see has changed")
    assert "For ina" in own.ask("/own", cookie).text
