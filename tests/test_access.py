"""Signing in and out, and what each viewer is told: asked of a server in this process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.guarded import COOKIE, PASSWORD, SECRET, Guarded, guarded, sign_out, users_config

from muntin.settings import ProxyConfig


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("access")
    with guarded(users_config(folder, hosts=("fund.example",)), folder) as made:
        yield made


# ---------------------------------------------------------------- in


def test_right_password_begins_a_session_that_leads_to_the_page_asked_for(site: Guarded) -> None:
    first = site.ask("/lobby")
    assert (first.status, first.headers["location"]) == (303, "/login?next=%2Flobby")
    form = site.ask(first.headers["location"]).text
    assert '<input type="hidden" name="next" value="/lobby">' in form

    answer = site.log_in("ina", next="/lobby")

    assert (answer.status, answer.headers["location"]) == (303, "/lobby")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(
        rf"{COOKIE}=[\w-]{{43}}\.[\w-]{{43}}; HttpOnly; Path=/; SameSite=Lax", cookie
    )
    value = cookie.partition("=")[2].partition(";")[0]
    assert site.ask("/lobby", value).status == 200
    assert SECRET not in cookie


def test_cookie_of_a_named_host_is_sent_over_https_only(site: Guarded) -> None:
    origin = "https://fund.example"
    answer = site.log_in("ina", Host="fund.example", Origin=origin)

    assert answer.headers["set-cookie"].startswith("__Host-muntin=")
    assert answer.headers["set-cookie"].endswith("; HttpOnly; Path=/; SameSite=Lax; Secure")
    value = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    there = {"Host": "fund.example"}
    assert site.ask("/lobby", Cookie=f"__Host-muntin={value}", **there).status == 200
    assert site.ask("/lobby", Cookie=f"{COOKIE}={value}", **there).status == 303
    plain = site.log_in("ina", Host="fund.example", Origin="http://fund.example")
    assert plain.status == 400
    assert "https:// only" in plain.text
    assert "set-cookie" not in plain.headers


def test_session_is_new_with_each_login(site: Guarded) -> None:
    """A cookie that somebody planted before is not the one that counts afterwards."""
    planted = site.sign_in("gus")
    answer = site.log_in("ina", Cookie=f"{COOKIE}={planted}")

    value = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert value != planted
    assert site.island("/lobby", planted)["name"] == "gus"


@pytest.mark.parametrize("name", ["ina", "nobody-by-this-name", "", "<b>", "x" * 999, "ina\n"])
def test_wrong_name_and_wrong_password_are_told_alike(own: Guarded, name: str) -> None:
    answer = own.log_in(name, "wrong")

    assert answer.status == 401
    assert "The name or the password is wrong." in answer.text
    assert "set-cookie" not in answer.headers
    assert "<b>" not in answer.text


def test_too_many_failures_have_to_wait(own: Guarded) -> None:
    answers = [own.log_in("ina", "wrong").status for _ in range(5)]
    late = own.log_in("ina")

    assert answers == [401] * 5
    assert late.status == 429
    assert int(late.headers["retry-after"]) > 200
    assert "Too many failed attempts" in late.text
    assert "set-cookie" not in late.headers


@pytest.mark.parametrize(
    ("name", "password", "kind", "status"),
    [
        ("ina", "x" * 9000, "application/x-www-form-urlencoded", 413),
        ("ina", PASSWORD, "multipart/form-data; boundary=x", 400),
        ("ina", PASSWORD, "application/json", 400),
        ("ina", PASSWORD, "", 400),
    ],
)
def test_only_a_short_form_is_read(
    site: Guarded, name: str, password: str, kind: str, status: int
) -> None:
    assert site.log_in(name, password, Content_Type=kind).status == status


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", "&".join(f"a{i}=1" for i in range(50))])
def test_form_that_is_none_is_refused(site: Guarded, body: Any) -> None:
    answer = site.ask(
        "/login",
        method="POST",
        body=body,
        Origin=site.origin,
        Content_Type="application/x-www-form-urlencoded",
    )

    assert answer.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_form_of_another_place_is_refused(own: Guarded, path: str, headers: dict[str, str]) -> None:
    cookie = own.sign_in("ina")
    csrf = own.island("/lobby", cookie)["csrf"]
    sent = f"name=gus&password={quote(PASSWORD)}&csrf={csrf}"

    answer = own.ask(
        path,
        cookie,
        "POST",
        body=sent,
        **{"Origin": own.origin} | headers,
        Content_Type="application/x-www-form-urlencoded",
    )

    assert answer.status == 403
    assert own.island("/lobby", cookie)["name"] == "ina"


NOWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/lobby@evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "///lobby",
    "/lobby/../../evil",
    "/lobby\r\nSet-Cookie: a=b",
    "lobby",
    "/lobby?x=https://evil.example",
    "/lobby#x",
    "/no-such-page",
    "/login",
    "",
    "/\u2215evil.example",
    "/lobby%00",
    "//lobby",
    "/-/x",
]


@pytest.mark.parametrize("wanted", NOWHERE)
def test_nobody_is_sent_elsewhere(site: Guarded, wanted: str) -> None:
    answer = site.log_in("ina", next=wanted)

    assert (answer.status, answer.headers["location"]) == (303, "/")
    shown = site.ask(f"/login?next={quote(wanted, safe='')}").text
    assert '<input type="hidden" name="next" value="/">' in shown


# ---------------------------------------------------------------- out


def test_sign_out_ends_the_session_for_good(own: Guarded) -> None:
    cookie, other = own.sign_in("ina"), own.sign_in("ina")
    assert "You are signed in as ina." in own.ask("/logout", cookie).text

    answer = sign_out(own, cookie, own.island("/lobby", cookie)["csrf"])

    assert (answer.status, answer.headers["location"]) == (303, "/login")
    assert answer.headers["set-cookie"].startswith(f'{COOKIE}=""; expires=Fri, 02 Jan 1970')
    assert own.ask("/lobby", cookie).status == 303, "the old cookie is worth nothing"
    assert own.ask("/lobby", other).status == 200, "another browser stays signed in"


def test_sign_out_asks_for_the_sessions_own_word(own: Guarded) -> None:
    cookie, other = own.sign_in("ina"), own.sign_in("ina")
    foreign = own.island("/lobby", other)["csrf"]

    assert [sign_out(own, cookie, csrf).status for csrf in ("", "x", foreign)] == [403] * 3
    assert own.ask("/lobby", cookie).status == 200


# ---------------------------------------------------------------- audit


def test_audit_tells_who_came_failed_saw_and_left(own: Guarded) -> None:
    own.log_in("ina", "wrong")
    cookie = own.log_in("ina").headers["set-cookie"].partition("=")[2].partition(";")[0]
    own.ask("/overview", cookie)
    own.ask("/mine", cookie)
    own.ask("/ops", cookie)
    own.ask("/-/", own.sign_in("otto"))
    sign_out(own, cookie, own.island("/lobby", cookie)["csrf"])
    own.access.audit.close()

    told = [
        (line["event"], line["name"], line.get("page") or line.get("path")) for line in own.audit()
    ]
    assert told == [
        ("login-failed", "ina", None),
        ("login", "ina", None),
        ("saw", "ina", "overview"),
        ("saw", "ina", "mine"),
        ("refused", "ina", "/ops"),
        ("saw", "otto", "-"),
        ("saw", "ina", "lobby"),
        ("logout", "ina", None),
    ]
    assert {line["address"] for line in own.audit()} == {"127.0.0.1"}
    text = (own.folder / "audit.log").read_text()
    assert not any(secret in text for secret in (cookie, PASSWORD, SECRET))


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("evil\t", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("x" * 5000, "127.0.0.1"),
    ],
)
def test_address_behind_a_proxy_is_the_one_that_the_proxy_tells(
    tmp_path: Path, told: str, address: str
) -> None:
    proxy = ProxyConfig(addresses=("127.0.0.1",))
    with guarded(users_config(tmp_path, proxy=proxy), tmp_path) as site:
        site.log_in("ina", "wrong", X_Forwarded_For=told)
        site.access.audit.close()

        assert site.audit()[0]["address"] == address
