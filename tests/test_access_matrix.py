"""Every route of the server, asked by everybody, in every way: each has one right answer.

The routes are the server's own. One that this test does not know fails it, so that nothing is ever
served without somebody having said to whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.guarded import SCRAPER, Guarded, guarded, proxy_config, users_config

from muntin.web.server import routes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

#: Who may open what, by role; no page is for a guest but the lobby.
MAY_OPEN = {
    "overview": {"investor", "operator"},
    "ops": {"operator"},
    "mine": {"investor"},
    "own": {"investor"},
    "lobby": {"investor", "operator", "guest"},
}

OPERATORS_ONLY = ("/metrics", "/-/", "/-/panels", "/-/feeds", "/-/plugins")


@dataclass(frozen=True)
class Who:
    """Somebody at the door: their role if they have proved one, and what they send."""

    name: str
    role: str = ""
    cookie: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    scraper: bool = False


@dataclass(frozen=True)
class Place:
    """A route of the server and an address that it answers."""

    pattern: str
    path: str


def places(site: Guarded) -> Iterator[Place]:
    """Yield an address for every route there is; fail for a route that is not known here."""
    asset = site.server.app.assets["muntin.js"].address
    known = {
        "/": "/",
        "/static/([0-9a-f]{16})/([A-Za-z0-9._-]+)": asset,
        r"/static/js/(bokeh[a-z-]*\.min\.js)": "/static/js/bokeh.min.js",
        "/healthz": "/healthz",
        "/readyz": "/readyz",
        "/metrics": "/metrics",
        "/-/?": "/-/",
        "/-/panels": "/-/panels",
        "/-/feeds": "/-/feeds",
        "/-/plugins": "/-/plugins",
        "/login": "/login",
        "/logout": "/logout",
    }
    known |= {f"/{slug}/?": f"/{slug}" for slug in MAY_OPEN}
    known |= {f"/{slug}/ws": f"/{slug}/ws" for slug in MAY_OPEN}
    for pattern, *_ in routes(site.server.app):
        if pattern.startswith("/static/extensions/panel/"):
            yield Place(pattern, "/static/extensions/panel/css/loading.css")
            continue
        assert pattern in known, f"nobody has said who may open {pattern}"
        yield Place(pattern, known[pattern])
    yield Place("nothing", "/no-such-page")


def expected(place: Place, who: Who, method: str, *, form: bool) -> int:
    """Return the one right answer; `form` says whether people sign in on a page of ours."""
    path = place.path
    if place.pattern == "nothing":
        return 405 if method == "TRACE" else 404
    if method not in allowed(path):
        return 405
    if method == "POST":
        return 403  # from no page of ours
    if path in {"/healthz", "/readyz", "/login"} or path.startswith("/static/"):
        return 200
    if who.role or (who.scraper and path == "/metrics"):
        return for_somebody(path, who.role or "operator")
    return 303 if form and for_people(path) else 401


def allowed(path: str) -> tuple[str, ...]:
    """Return the methods that an address answers."""
    if path.endswith("/ws"):
        return ("GET",)
    return ("GET", "HEAD", "POST") if path in {"/login", "/logout"} else ("GET", "HEAD")


def for_people(path: str) -> bool:
    """Return True for what people open; programs are told by a status."""
    return not path.endswith("/ws") and (path not in OPERATORS_ONLY or path == "/-/")


def for_somebody(path: str, role: str) -> int:
    """Return the answer to a GET of somebody with a session."""
    if path in OPERATORS_ONLY:
        return 200 if role == "operator" else 403
    if path in {"/", "/logout"}:
        return {"/": 302, "/logout": 200}[path]
    slug = path.split("/")[1]
    if role not in MAY_OPEN[slug]:
        return 403
    return 400 if path.endswith("/ws") else 200  # no handshake


def everybody(site: Guarded) -> tuple[Who, ...]:
    """Return everybody who may come to a server whose users sign in."""
    investor, operator = site.sign_in("ina"), site.sign_in("otto")
    gone = site.sign_in("otto")
    session = site.access.identify(ask(gone))
    assert session is not None
    site.access.logout(session.id)
    bearer = (("Authorization", f"Bearer {SCRAPER}"),)
    return (
        Who("nobody"),
        Who("expired", cookie=site.expired("otto")),
        Who("logged out", cookie=gone),
        Who("tampered", cookie=operator[:-2] + ("AA" if operator[-2:] != "AA" else "BB")),
        Who("wrong key", cookie=site.forged()),
        Who("handle for a cookie", cookie=session.id),
        Who("empty signature", cookie=operator.partition(".")[0] + "."),
        Who(
            "header of a proxy",
            headers=(("X-Forwarded-User", "otto"), ("X-Forwarded-Groups", "operator")),
        ),
        Who("scraper", headers=bearer, scraper=True),
        Who("scraper with a wrong token", headers=(("Authorization", "Bearer x"),)),
        Who("investor", "investor", investor),
        Who("other investor", "investor", site.sign_in("ivo")),
        Who("guest", "guest", site.sign_in("gus")),
        Who("operator", "operator", operator),
    )


def ask(cookie: str) -> Any:
    from muntin.access import Credentials

    return Credentials("127.0.0.1", {}, cookie)


def vouched(name: str, role: str) -> Who:
    """Return somebody whom the proxy vouches for."""
    sent = (("X-Forwarded-User", name), ("X-Forwarded-Groups", role))
    return Who(f"{role} by the proxy", role, headers=sent)


@pytest.fixture(scope="module")
def by_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("users")
    with guarded(users_config(folder), folder) as site:
        yield site


@pytest.fixture(scope="module")
def by_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("proxy")
    with guarded(proxy_config(folder), folder) as site:
        yield site


def wrong_cells(site: Guarded, people: tuple[Who, ...], *, form: bool) -> tuple[int, list[str]]:
    """Return how many cells there are, and those whose answer is not the right one."""
    cells, wrong = 0, []
    for place in places(site):
        for who in people:
            for method in METHODS:
                right = expected(place, who, method, form=form)
                answer = site.ask(place.path, who.cookie, method, **dict(who.headers))
                cells += 1
                if answer.status != right:
                    wrong.append(
                        f"{method} {place.path} as {who.name}: {answer.status}, not {right}"
                    )
                if (answer.status == 405) != ("allow" in answer.headers):
                    wrong.append(f"{method} {place.path} as {who.name}: Allow is wrong")
    return cells, wrong


def test_every_route_answers_everybody_as_it_must_where_users_sign_in(by_users: Guarded) -> None:
    cells, wrong = wrong_cells(by_users, everybody(by_users), form=True)

    assert wrong == []
    assert cells > 2000


def test_every_route_answers_everybody_as_it_must_behind_a_proxy(by_proxy: Guarded) -> None:
    people = (
        Who("nobody"),
        Who("a cookie of another mode", cookie=by_proxy.forged()),
        Who("name only in another header", headers=(("X-User", "otto"),)),
        vouched("ina", "investor"),
        vouched("otto", "operator"),
        vouched("gus", "guest"),
    )

    cells, wrong = wrong_cells(by_proxy, people, form=False)

    assert wrong == []
    assert cells > 700


def test_a_proxy_elsewhere_vouches_for_nobody(tmp_path: Path) -> None:
    liar = Who("liar", headers=vouched("otto", "operator").headers)

    with guarded(proxy_config(tmp_path, addresses=("192.0.2.7",)), tmp_path) as site:
        _, wrong = wrong_cells(site, (liar,), form=False)

    assert wrong == []


# ---------------------------------------------------------------- sockets


@pytest.fixture(scope="module")
def tokens(by_users: Guarded) -> dict[str, Any]:
    """Cookies of four people, and every token that one of them may have got hold of."""
    site = by_users
    cookies = {name: site.sign_in(name) for name in ("ina", "ivo", "otto", "gus")}
    tokens = {
        f"{name} {slug}": site.token(f"/{slug}", cookies[name])
        for name, role in (
            ("ina", "investor"),
            ("ivo", "investor"),
            ("otto", "operator"),
            ("gus", "guest"),
        )
        for slug in MAY_OPEN
        if role in MAY_OPEN[slug]
    }
    tokens["none"] = ""
    tokens["made up"] = "7fffffff-" + "A" * 43
    longer = tokens["otto ops"].partition("-")
    tokens["made to live longer"] = f"7fffffff-{longer[2]}"
    tokens["the shared one of open sites"] = (
        "eyJzZXNzaW9uX2lkIjoic2hhcmVkIiwic2Vzc2lvbl9leHBpcnkiOjQxMDI0NDQ4MDB9"
    )
    return {"cookies": cookies, "tokens": tokens}


ROLE_OF = {"ina": "investor", "ivo": "investor", "otto": "operator", "gus": "guest"}


def test_a_socket_opens_for_the_session_and_page_its_token_was_made_for_and_no_other(
    by_users: Guarded, tokens: dict[str, Any]
) -> None:
    wrong, opened = [], set()
    for slug in MAY_OPEN:
        for name, cookie in [
            *tokens["cookies"].items(),
            ("", ""),
            ("expired", by_users.expired("otto")),
        ]:
            for what, token in tokens["tokens"].items():
                status = by_users.upgrade(f"/{slug}/ws", cookie, token).status
                role = ROLE_OF.get(name, "")
                right = 401 if not role else 101 if what == f"{name} {slug}" else 403
                opened |= {what} if status == 101 else set()
                if status != right:
                    wrong.append(f"/{slug}/ws as {name or 'nobody'} with {what}: {status}")

    assert wrong == []
    assert opened == {what for what in tokens["tokens"] if what.split()[0] in ROLE_OF}


@pytest.mark.parametrize("slug", ["overview", "mine", "own"])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://127.0.0.1:{port}.evil.example",
        "http://evil.example:{port}",
        "http://user@127.0.0.1:{port}",
        "ftp://127.0.0.1:{port}",
        "http://127.0.0.1:{port}/x",
        "http://127.0.0.1:{port}@evil.example",
        "http://[",
        "",
        "//127.0.0.1:{port}",
    ],
)
def test_a_page_of_another_place_opens_no_socket(
    by_users: Guarded, tokens: dict[str, Any], slug: str, origin: str | None
) -> None:
    cookie, port = tokens["cookies"]["ina"], by_users.server.port
    token = by_users.token(f"/{slug}", cookie)
    sent = None if origin is None else origin.format(port=port) or "x"

    assert by_users.upgrade(f"/{slug}/ws", cookie, token, origin=sent).status == 403
    assert by_users.upgrade(f"/{slug}/ws", cookie, token).status == 101


def test_a_token_of_ten_minutes_ago_opens_nothing(by_users: Guarded) -> None:
    cookie = by_users.sign_in("otto")
    token = by_users.token("/ops", cookie)
    clock = by_users.server.clock
    clock.advance(599)
    assert by_users.upgrade("/ops/ws", cookie, token).status == 101
    clock.advance(2)
    try:
        assert by_users.upgrade("/ops/ws", cookie, token).status == 403
    finally:
        clock.advance(-601)


def test_a_token_for_all_panels_opens_nothing_to_one_who_sees_some(by_users: Guarded) -> None:
    """A role that goes takes its panels along, whatever page was opened with it."""
    cookie = by_users.sign_in("ina")
    session = by_users.access.identify(ask(cookie))
    assert session is not None
    whole = by_users.access.token(session, "overview", frozenset({"value", "desk"}))

    assert by_users.upgrade("/overview/ws", cookie, whole).status == 403
