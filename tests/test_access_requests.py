"""Requests that no browser sends of its own accord: what comes back, over raw connections."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.guarded import COOKIE, Guarded, guarded, users_config
from tests.kit import PATIENCE, until

from muntin.web import server as web_server
from muntin.web.guard.hosts import Hosts, host_name, same_origin


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("requests")
    hosts = ("fund.example", "https://other.example:8443")
    with guarded(users_config(folder, hosts=hosts), folder) as made:
        yield made


def raw(site: Guarded, request: bytes) -> bytes:
    """Send bytes as they are and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", site.server.port), PATIENCE) as connection:
        connection.sendall(request)
        found = bytearray(_some(connection))
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        while chunk := _some(connection):
            found += chunk
    return bytes(found)


def _some(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:  # a server that will not read the rest
        return b""


def statuses(answer: bytes) -> list[int]:
    """Return the status of every answer on a connection."""
    return [
        int(line.split(b" ")[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")
    ]


# ---------------------------------------------------------------- hosts


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:1", 200),
        ("localhost", 200),
        ("LOCALHOST:5006", 200),
        ("[::1]:5006", 200),
        ("192.0.2.1", 200),
        ("fund.example", 200),
        ("FUND.example.:443", 200),
        ("other.example", 200),
        ("evil.example", 421),
        ("fund.example.evil.example", 421),
        ("evilfund.example", 421),
        ("x.fund.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("fund.example@evil.example", 421),
        ("fund.example, evil.example", 421),
        ("fund.example/evil", 421),
        ("", 421),
        (" ", 421),
        ("fund.example:port", 421),
        ("fund.example\\evil", 421),
        ("0x7f.1", 421),
        ("2130706433", 421),
        ("[::1", 421),
        ("f\xfcnd.example", 421),
        ("xn--fnd-hoa.example", 421),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/login"])
def test_only_known_names_are_answered(site: Guarded, host: str, status: int, path: str) -> None:
    """A browser led here under a foreign name, as by DNS rebinding, gets nothing."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"

    assert statuses(raw(site, request.encode("latin-1")))[0] in {
        status,
        400 if status == 421 else 200,
    }


def test_a_foreign_name_gets_nothing_even_with_a_good_cookie(site: Guarded) -> None:
    cookie = site.sign_in("otto")

    for path in ("/", "/overview", "/mine", "/-/feeds", "/metrics", "/no", "/logout"):
        assert site.ask(path, cookie, Host="evil.example").status == 421
    token = site.token("/ops", cookie)
    answer = site.upgrade("/ops/ws", cookie, token, "http://evil.example", Host="evil.example")
    assert answer.status == 421


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Fund.Example:80", "fund.example"),
        ("[2001:DB8::1]:5", "2001:db8::1"),
        ("a b", ""),
        ("", ""),
        ("a:", ""),
        ("a:123456", ""),
        ("a..", "a."),
        ("x" * 254, ""),
    ],
)
def test_host_is_a_name_and_perhaps_a_port(text: str, name: str) -> None:
    assert host_name(text) == name


def test_settings_may_name_hosts_in_any_form() -> None:
    hosts = Hosts.of(["Fund.Example", "https://app.example:8443/x", "bad name", ""])

    assert hosts.names == {"fund.example", "app.example"}
    assert not hosts.know("example")
    assert Hosts.of([], every=True).know("any.example")
    assert not Hosts.of([], every=True).know("any example")


@pytest.mark.parametrize("origin", ["http://h:1", "https://h:1", "HTTP://H:1"])
def test_own_origin_is_scheme_host_and_port(origin: str) -> None:
    assert same_origin(origin, "h:1")
    assert not same_origin(origin, "h")
    assert not same_origin(origin + "/", "h:1")


# ---------------------------------------------------------------- shapes of requests


HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /login HTTP/1.1\r\n" + HOST
#: Smuggled in behind another request.
GET = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
FORM = POST + b"Origin: http://127.0.0.1\r\nContent-Length: "


@pytest.mark.parametrize(
    ("request_", "right"),
    [
        (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
        (b"GET /healthz HTTP/1.0\r\n\r\n", {200}),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400, 421}),
        (b"GET http://evil.example/healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 421}),
        (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
        (b"TRACE / HTTP/1.1\r\n" + HOST + b"Cookie: a=b\r\n\r\n", {405}),
        (b"FOO / HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
        (b"GET /healthz HTTP/9.9\r\n" + HOST + b"\r\n", {400}),
        (b"GET /healthz\r\n\r\n", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"A: b\x00c\r\n\r\n", {400}),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"no colon\r\n\r\n", {400}),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
        (b"GET /static/../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
        (b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400, 414, 431}),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 60_000 + b"\r\n\r\n", {400, 431}),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 101 + b"\r\n", {431}),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"Cookie: a=" + b"b;" * 4000 + b"\r\n\r\n", {200}),
        (POST + b"Content-Length: 99999999\r\n\r\n", {400, 413}),
        (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", {400, 413}),
        (POST + b"Content-Length: -1\r\n\r\n", {400}),
        (POST + b"Content-Length: \xb2\r\n\r\n", {400}),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", {400}),
        (
            POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET,
            {400, 403},
        ),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + GET, {400, 403}),
        (POST + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" + GET, {400, 403}),
        (
            b"GET /healthz HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            {200},
        ),
    ],
)
def test_odd_request_gets_one_plain_refusal_or_none(
    site: Guarded, request_: bytes, right: set[int]
) -> None:
    answer = raw(site, request_.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))

    assert len(statuses(answer)) <= 1, "nothing was smuggled in behind it"
    assert set(statuses(answer)) <= right
    assert b"Traceback" not in answer
    assert b"ornado" not in answer


def test_server_goes_on_after_all_of_this(site: Guarded) -> None:
    assert site.ask("/healthz").text == "ok\n"


def test_body_that_is_too_long_is_not_waited_for(site: Guarded) -> None:
    head = (
        b"POST /login HTTP/1.1\r\n"
        + HOST
        + b"Origin: http://127.0.0.1\r\nContent-Length: 60000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.server.port), PATIENCE) as connection:
        connection.sendall(head)

        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_packed_body_is_not_unpacked(site: Guarded) -> None:
    import gzip

    bomb = gzip.compress(b"name=" + b"a" * 10_000_000)
    answer = site.ask(
        "/login",
        method="POST",
        body=bomb[:8000],
        Origin=site.origin,
        Content_Encoding="gzip",
        Content_Type="application/x-www-form-urlencoded",
    )

    assert answer.status == 400


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", FORM + b"9\r\n\r\na"],
)
def test_request_that_does_not_come_to_an_end_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(web_server, "HEADERS_WITHIN", 0.2)
    monkeypatch.setattr(web_server, "BODY_WITHIN", 0.2)
    with (
        guarded(users_config(tmp_path), tmp_path) as site,
        socket.create_connection(("127.0.0.1", site.server.port), PATIENCE) as connection,
    ):
        connection.sendall(sent)

        assert connection.recv(100) == b""


# ---------------------------------------------------------------- sockets


def joined(site: Guarded, path: str, name: str) -> socket.socket:
    """Return a connection that has become a WebSocket."""
    cookie = site.sign_in(name)
    token = site.token(path, cookie)
    connection = socket.create_connection(("127.0.0.1", site.server.port), PATIENCE)
    connection.sendall(
        f"GET {path}/ws?rev=1 HTTP/1.1\r\nHost: 127.0.0.1:{site.server.port}\r\n"
        f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {site.origin}\r\n"
        f"Sec-WebSocket-Protocol: bokeh, {token}\r\nCookie: {COOKIE}={cookie}\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):  # what comes after it are frames
        head += connection.recv(1)
    assert head.startswith(b"HTTP/1.1 101")
    return connection


def frame(payload: bytes, opcode: int = 1, *, size: int | None = None) -> bytes:
    """Return a masked frame, whose mask is all zeros; `size` is what it claims to hold."""
    size = len(payload) if size is None else size
    head = struct.pack("!BBQ", 0x80 | opcode, 0xFF, size)
    return head + b"\0\0\0\0" + payload


def ended(connection: socket.socket) -> bool:
    """Return True once the server has closed, or has said that it does."""
    found = bytearray()
    while chunk := _some(connection):
        found += chunk
        while (frame_ := _first(found)) is not None:
            opcode, size = frame_
            if opcode == 8:
                return True
            del found[:size]
    return True


def _first(data: bytearray) -> tuple[int, int] | None:
    """Return opcode and length of the first whole frame of a server, None if there is none yet."""
    if len(data) < 10:
        return (data[0] & 15, len(data)) if data[:1] == b"\x88" else None
    head, size = {126: (4, int.from_bytes(data[2:4])), 127: (10, int.from_bytes(data[2:10]))}.get(
        data[1], (2, data[1])
    )
    return (data[0] & 15, head + size) if len(data) >= head + size else None


@pytest.mark.parametrize("path", ["/overview", "/mine", "/own"])
@pytest.mark.parametrize(
    "sent",
    [
        frame(b"x" * 300_000, size=20_000_000),
        frame(b"x" * 300_000),
        frame(b"x" * 300_000, size=2**63 - 1),
        b"\x81\x05hello" * 3,
        frame(b"x" * 200, opcode=9),
        frame(b"", opcode=7),
        b"\xff\xff" + b"\0" * 14,
        frame(b'{"msgtype": "PING", "msgid": "1"}') * 1000,
        frame(b"\xff\xfe"),
        frame(b"not the protocol") * 3,
    ],
    ids=[
        "claims 20 MB",
        "300 kB",
        "claims the most",
        "no mask",
        "long ping",
        "odd opcode",
        "all bits",
        "1000 at once",
        "no text",
        "no protocol",
    ],
)
def test_socket_that_does_not_keep_to_the_protocol_is_closed(
    site: Guarded, path: str, sent: bytes
) -> None:
    connection = joined(site, path, "ina")
    with connection:
        try:
            connection.sendall(sent)
        except (ConnectionResetError, BrokenPipeError):
            return

        assert ended(connection)


def test_nothing_is_left_of_them(site: Guarded) -> None:
    relays = site.server.app.relays

    until(lambda: not any(relay.viewers for relay in relays.values()), "all have left")
    assert site.ask("/overview", site.sign_in("ina")).status == 200
