"""One request: what is sent, what is taken, and the words for everything that can go wrong."""

from __future__ import annotations

import base64
import gzip
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from muntin import Secret, Status
from muntin_http import HttpSettings
from muntin_http.client import Client
from muntin_http.problems import HttpError

Get = Callable[..., Any]


@pytest.fixture
def get(server: Any) -> Iterator[Get]:
    """Ask the stand-in for /nav.json with a new client of these settings."""
    clients: list[Client] = []

    def ask(path: str = "nav.json", limit: int = 1000, **settings: Any) -> Any:
        clients.append(Client(HttpSettings(**{"timeout": 5, **settings}), limit))
        return clients[-1].get(server.url + path, {})

    yield ask
    for client in clients:
        client.close()


def trouble(get: Get, *args: Any, **settings: Any) -> HttpError:
    with pytest.raises(HttpError) as caught:
        get(*args, **settings)
    return caught.value


def test_a_document_comes_with_what_makes_the_next_request_conditional(
    server: Any, http: Any, get: Get
) -> None:
    when = "Wed, 26 Nov 2025 20:14:48 GMT"
    server.answers["/nav.json"] = http.answer({"n": 1}, ETag='"7"', Last_Modified=when)

    found = get()

    assert found.data == b'{"n": 1}'
    assert found.version == {"If-None-Match": '"7"', "If-Modified-Since": when}


def test_an_unchanged_document_is_not_sent_again(server: Any, http: Any) -> None:
    server.answers["/nav.json"] = http.tagged({"n": 1})
    client = Client(HttpSettings())

    first = client.get(f"{server.url}nav.json", {})
    again = client.get(f"{server.url}nav.json", first.version)
    client.close()

    assert again.data is None
    assert server.connections == 1


def test_a_304_that_nobody_asked_for_is_no_document(server: Any, http: Any, get: Get) -> None:
    server.answers["/nav.json"] = http.answer(status=304)

    assert "304 Not Modified" in trouble(get).problem


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        (
            {"user": "jo", "password": Secret("pä:ss")},
            "Basic " + base64.b64encode("jo:pä:ss".encode()).decode(),
        ),
        ({"token": Secret("abc")}, "Bearer abc"),
        ({}, None),
    ],
)
def test_credentials_go_into_the_header(
    server: Any, http: Any, get: Get, settings: Any, header: str | None
) -> None:
    server.answers["/nav.json"] = http.answer({})

    get(**settings)

    assert server.headers("/nav.json").get("Authorization") == header


def test_the_environment_has_no_say(
    server: Any, http: Any, get: Get, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login jo password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.answers["/nav.json"] = http.answer({}, Set_Cookie="a=b")

    get()

    assert "Authorization" not in server.headers("/nav.json")


def test_cookies_are_not_kept(server: Any, http: Any) -> None:
    server.answers["/nav.json"] = http.answer({}, Set_Cookie="a=b")
    client = Client(HttpSettings())
    for _ in range(2):
        client.get(f"{server.url}nav.json", {})
    client.close()

    assert "Cookie" not in server.headers("/nav.json")


# ------------------------------------------------------------------ statuses


@pytest.mark.parametrize(
    ("status", "settings", "words", "kind"),
    [
        (404, {}, "404 Not Found", Status.MISSING),
        (410, {}, "410 Gone", Status.MISSING),
        (401, {}, "401 Unauthorized: it needs credentials", Status.UNREADABLE),
        (403, {}, "403 Forbidden: it needs credentials", Status.UNREADABLE),
        (401, {"token": Secret("x")}, "the credentials were refused", Status.UNREADABLE),
        (403, {"token": Secret("x")}, "the credentials do not suffice", Status.UNREADABLE),
        (500, {}, "500 Internal Server Error", Status.UNREADABLE),
        (206, {}, "206 Partial Content", Status.UNREADABLE),
        (799, {}, "the server answers 799", Status.UNREADABLE),
    ],
)
def test_a_status_is_told_in_words(  # the table has that many columns
    server: Any, http: Any, get: Get, status: int, settings: Any, words: str, kind: Status
) -> None:
    server.answers["/nav.json"] = http.answer({"detail": "<b>"}, status)

    found = trouble(get, **settings)

    assert words in found.problem
    assert "<b>" not in found.problem
    assert found.status is kind


def test_retry_after_is_honoured_within_reason(server: Any, http: Any, get: Get) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    waits = []
    for wish in ("30", "99999999", later, "-5", "soon", "Wed, 99 Nov 2025 20:14:48 GMT", ""):
        server.answers["/nav.json"] = http.answer(status=503, Retry_After=wish)
        waits.append(trouble(get).wait)

    assert waits[:2] == [30, 600]
    assert 90 < waits[2] <= 100
    assert waits[3:] == [0, 0, 0, 0]


# ------------------------------------------------------------------ redirects


def test_a_redirect_on_the_same_server_is_followed(server: Any, http: Any, get: Get) -> None:
    server.answers["/nav.json"] = http.answer(status=307, Location="/v2/nav.json")
    server.answers["/v2/nav.json"] = http.answer({"n": 2})

    assert get().data == b'{"n": 2}'


def test_a_redirect_to_another_server_is_refused_and_sends_nothing(
    server: Any, other: Any, http: Any, get: Get
) -> None:
    server.answers["/nav.json"] = http.answer(status=302, Location=f"{other.url}nav.json?s=1")

    found = trouble(get, user="jo", password=Secret("secret"))

    assert f"it redirects to {other.url}nav.json, which is not followed" in found.problem
    assert other.requests == []


@pytest.mark.parametrize("place", ["", "http://[", "file:///etc/passwd", "//elsewhere.invalid/x"])
def test_a_hostile_redirect_is_refused(server: Any, http: Any, get: Get, place: str) -> None:
    server.answers["/nav.json"] = http.answer(status=301, Location=place)

    assert "which is not followed" in trouble(get).problem


def test_redirects_in_a_circle_end(server: Any, http: Any, get: Get) -> None:
    server.answers["/nav.json"] = http.answer(status=302, Location="/nav.json")

    assert "redirects more than 3 times" in trouble(get).problem
    assert len(server.requests) == 4


# ------------------------------------------------------------------ bounds


def test_a_body_above_the_limit_is_refused(server: Any, http: Any, get: Get) -> None:
    server.answers["/nav.json"] = http.answer(b"[" + b"1," * 1000 + b"1]")

    assert "more than the 1,000 bytes a document may have" in trouble(get).problem


def test_the_limit_counts_what_comes_out_of_compression(server: Any, http: Any, get: Get) -> None:
    body = gzip.compress(b" " * 1_000_000)
    server.answers["/nav.json"] = http.answer(body, Content_Encoding="gzip")

    assert "more than" in trouble(get).problem


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 900\r\n\r\n[",
    ],
    ids=["headers", "until the end", "counted", "closing"],
)
def test_a_server_that_sends_a_byte_now_and_then_is_left(
    server: Any, get: Get, start: bytes
) -> None:
    server.answers["/nav.json"] = server.dripping(start)

    found = trouble(get, limit=1_000_000, timeout=0.3)

    assert "no complete answer within 0.3 s" in found.problem
    assert found.late


def test_a_server_that_never_answers_is_left(server: Any, get: Get) -> None:
    server.answers["/nav.json"] = server.hang

    assert trouble(get, timeout=0.2).late


# ------------------------------------------------------------------ broken servers


def test_nobody_listening_is_the_trouble_of_the_whole_server() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = Client(HttpSettings())
        with pytest.raises(HttpError, match="the connection was refused") as caught:
            client.get(f"http://127.0.0.1:{unused.getsockname()[1]}/nav.json", {})
        client.close()

    assert caught.value.everywhere


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\xff" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "ssh", "noise", "cut", "chunks"],
)
def test_nonsense_is_told_in_words(server: Any, http: Any, get: Get, sent: bytes) -> None:
    server.answers["/nav.json"] = http.raw(sent)

    found = trouble(get, limit=1_000_000)

    assert re.search("cut off, or is no HTTP|connection was cut", found.problem)


def test_a_false_compression_is_told_in_words(server: Any, http: Any, get: Get) -> None:
    server.answers["/nav.json"] = http.answer(b"[1]", Content_Encoding="gzip")

    assert "not compressed as it claims" in trouble(get).problem


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Any) -> None:
    client = Client(HttpSettings())
    with pytest.raises(HttpError, match=r"no secure connection|cut") as caught:
        client.get(server.url.replace("http", "https") + "nav.json", {})
    client.close()

    assert "HTTPSConnectionPool" not in caught.value.problem
