"""Proxy mode over raw connections and behind a real nginx: only one reading of a header counts."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.guarded import Guarded, guarded, proxy_config, users_config
from tests.kit import PATIENCE, until


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("proxy")
    with guarded(proxy_config(folder), folder) as made:
        yield made


def status(port: int, *headers: bytes, path: bytes = b"/-/feeds") -> int:
    """Return the status of the answer to a GET with these header lines, sent as they are."""
    lines = [b"GET %s HTTP/1.1" % path, b"Host: 127.0.0.1", b"Connection: close", *headers]
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(b"\r\n".join([*lines, b"", b""]))
        return int(connection.makefile("rb").readline().split(b" ")[1])


USER, OTHER = b"X-Forwarded-User: otto", b"X-Forwarded-User: ina"
ROLE, NO_ROLE = b"X-Forwarded-Groups: operator", b"X-Forwarded-Groups: investor"


def test_one_header_of_each_kind_is_believed(site: Guarded) -> None:
    assert status(site.server.port, USER, ROLE) == 200
    assert status(site.server.port, USER, NO_ROLE) == 403
    assert status(site.server.port, USER) == 403
    assert status(site.server.port, ROLE) == 401


@pytest.mark.parametrize(
    "lines",
    [
        (USER, ROLE, NO_ROLE),
        (USER, NO_ROLE, ROLE),
        (USER, ROLE, ROLE),
        (ROLE, USER, NO_ROLE),
        (NO_ROLE, USER, ROLE),
        (NO_ROLE, ROLE, USER),
        (USER, OTHER, ROLE),
        (OTHER, USER, ROLE),
        (USER, USER, ROLE),
        (USER, ROLE, USER),
        (USER, ROLE, b"x-forwarded-groups: investor"),
        (USER, ROLE, b"X-FORWARDED-GROUPS: x"),
        (USER, ROLE, b"X-Forwarded-Groups:"),
        (USER, b"X-Forwarded-Groups:", ROLE),
        (USER, ROLE, b"x-forwarded-user: ina"),
        (b"X-Forwarded-User:", USER, ROLE),
        (b"X-Forwarded-User: otto,ina", ROLE),
        (b"X-Forwarded-User: ina, otto", ROLE),
        (b"X-Forwarded-User: otto;ina", ROLE),
        (b"X-Forwarded-User: otto\tina", ROLE),
        (b"X-Forwarded-User: otto\xff", ROLE),
        (b"X-Forwarded-User: otto\xc2\x85", ROLE),
        (USER, b"X-Forwarded-Groups: investor\toperator"),
        (USER, b"X-Forwarded-Groups: operator,\xff"),
    ],
)
def test_headers_that_can_be_read_in_two_ways_prove_nobody(
    site: Guarded, lines: tuple[bytes, ...]
) -> None:
    assert status(site.server.port, *lines) == 401


@pytest.mark.parametrize(
    "line",
    [
        b"X-Forwarded-Groups: investor\r\n operator",
        b"X-Forwarded-Groups: investor\r\n\toperator",
        b"X-Forwarded-Groups : operator",
        b" X-Forwarded-Groups: operator",
        b"X-Forwarded-Groups: a\x00operator",
        b"X-Forwarded-Groups: a\roperator",
        b"X-Forwarded-Groups: a\x0boperator",
        b"X-Forwarded-\xc3\x96roups: operator",
    ],
)
def test_lines_that_are_no_header_are_not_understood(site: Guarded, line: bytes) -> None:
    assert status(site.server.port, USER, line) == 400


@pytest.mark.parametrize("name", [b"X_Forwarded_Groups", b"X-Forwarded-Group", b"Groups"])
def test_other_names_are_not_taken_for_the_header(site: Guarded, name: bytes) -> None:
    assert status(site.server.port, USER, name + b": operator") == 403


def last_address(site: Guarded) -> str:
    site.access.audit.close()
    return str(site.audit()[-1]["address"])


FORWARDED, FORGED = b"X-Forwarded-For: 203.0.113.9", b"X-Forwarded-For: 198.51.100.1"


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ((FORWARDED,), "203.0.113.9"),
        ((FORWARDED, FORGED), "127.0.0.1"),
        ((FORGED, FORWARDED), "127.0.0.1"),
        ((b"X-Forwarded-For:", FORWARDED), "127.0.0.1"),
        ((FORGED + b", 203.0.113.9",), "203.0.113.9"),
        ((FORWARDED + b";x",), "127.0.0.1"),
    ],
)
def test_the_clients_address_is_believed_of_one_header_only(
    site: Guarded, lines: tuple[bytes, ...], address: str
) -> None:
    assert status(site.server.port, USER, ROLE, *lines, path=b"/-/") == 200
    assert last_address(site) == address


# ------------------------------------------------------------ behind nginx

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin") or str(
    Path(sys.executable).parents[1] / "nginx/usr/sbin/nginx"
)

#: As docs/access.md has it, but for names and places.
CAREFUL = """
    proxy_set_header X-Forwarded-User $remote_user;
    proxy_set_header X-Forwarded-Groups $groups;
    proxy_set_header X-Forwarded-For $remote_addr;
"""
#: Forgets the groups, so that the browser's own header goes through.
CARELESS = """
    proxy_set_header X-Forwarded-User $remote_user;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
"""

CONFIG = """
daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  underscores_in_headers on;
  client_body_temp_path body; proxy_temp_path proxied; fastcgi_temp_path f;
  uwsgi_temp_path u; scgi_temp_path s;
  map $remote_user $groups {{ otto operator; ina investor; }}
  map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
  server {{
    listen 127.0.0.1:{port};
    auth_basic fund;
    auth_basic_user_file users;
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      {headers}
    }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def nginx(folder: Path, upstream: int, headers: str) -> Iterator[int]:
    """Run nginx in front of a server, and give its port."""
    folder.mkdir()
    port = free_port()
    (folder / "users").write_text("otto:{PLAIN}pass\nina:{PLAIN}pass\n")
    (folder / "nginx.conf").write_text(CONFIG.format(port=port, upstream=upstream, headers=headers))
    command = [NGINX, "-p", str(folder), "-e", "error.log", "-c", "nginx.conf"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)

    def answers() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(answers, "nginx listens")
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def careful(site: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("careful") / "nginx"
    with nginx(folder, site.server.port, CAREFUL) as port:
        yield port


@pytest.fixture(scope="module")
def careless(site: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("careless") / "nginx"
    with nginx(folder, site.server.port, CARELESS) as port:
        yield port


def as_user(name: str) -> bytes:
    return b"Authorization: Basic " + b64encode(f"{name}:pass".encode())


def test_nginx_says_who_is_there(careful: int) -> None:
    assert status(careful, as_user("otto")) == 200
    assert status(careful, as_user("ina")) == 403
    assert status(careful) == 401


@pytest.mark.parametrize(
    "forged",
    [
        (ROLE,),
        (ROLE, ROLE),
        (ROLE, NO_ROLE),
        (NO_ROLE, ROLE),
        (USER,),
        (USER, ROLE),
        (b"X_Forwarded_Groups: operator",),
        (b"Connection: X-Forwarded-Groups",),
        (b"Connection: close, X-Forwarded-User", USER, ROLE),
    ],
)
def test_what_a_browser_forges_does_not_pass_nginx(careful: int, forged: tuple[bytes, ...]) -> None:
    assert status(careful, as_user("ina"), *forged) == 403
    assert status(careful, as_user("otto"), *forged) == 200


@pytest.mark.parametrize("forged", [(ROLE, NO_ROLE), (NO_ROLE, ROLE), (ROLE, ROLE)])
def test_groups_doubled_by_the_browser_prove_nobody_even_if_nginx_lets_them_pass(
    careless: int, forged: tuple[bytes, ...]
) -> None:
    assert status(careless, as_user("ina"), *forged) == 401


def see(port: int, source: str, **headers: str) -> int:
    """Open a page through nginx from an address of this machine."""
    name, _, value = as_user("otto").decode().partition(": ")
    sent = {name: value} | {key.replace("_", "-"): value for key, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", port, PATIENCE, (source, 0))) as asking:
        asking.request("GET", "/lobby", headers=sent)
        return asking.getresponse().status


@pytest.mark.parametrize("front", ["careful", "careless"])
def test_nginx_tells_the_clients_address_and_nobody_forges_it(
    site: Guarded, front: str, request: pytest.FixtureRequest
) -> None:
    port = request.getfixturevalue(front)

    assert see(port, "127.0.0.7") == 200
    assert last_address(site) == "127.0.0.7"
    assert see(port, "127.0.0.8", X_Forwarded_For="198.51.100.1") == 200
    assert last_address(site) == "127.0.0.8"


def test_a_page_is_live_through_nginx(site: Guarded, careful: int) -> None:
    said = {"X_Forwarded_User": "ina", "X_Forwarded_Groups": "investor"}
    token = site.island("/overview", "", **said)["token"]
    lines = [
        b"GET /overview/ws?rev=1 HTTP/1.1",
        b"Host: 127.0.0.1",
        as_user("ina"),
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Origin: http://127.0.0.1",
        b"Sec-WebSocket-Protocol: bokeh, " + token.encode(),
        b"",
        b"",
    ]
    with socket.create_connection(("127.0.0.1", careful), PATIENCE) as connection:
        connection.sendall(b"\r\n".join(lines))
        answer = connection.recv(4096)
        assert b" 101 " in answer
        while b"ACK" not in answer:
            answer += connection.recv(4096)


# ------------------------------------------------------------ without a proxy


def test_without_a_proxy_in_the_settings_no_address_is_believed(tmp_path: Path) -> None:
    with guarded(users_config(tmp_path), tmp_path) as site:
        for _ in range(6):
            answer = site.log_in("ina", "wrong", X_Forwarded_For="203.0.113.9")
        site.access.audit.close()

        assert answer.status == 429
        assert {line["address"] for line in site.audit()} == {"127.0.0.1"}
