"""`muntin serve` with users, in a process of its own: its pages, sockets and sessions on disk."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.guarded import COOKIE, PASSWORD, SECRET, users_file
from tests.kit import MUNTIN, PATIENCE, Answer, Server, serving, until

PAGE = "/overview"
ROLES = {"ina": ("investor",), "ivo": ("investor",), "otto": ("operator",), "uli": ("investor",)}


SETTINGS = """
[access]
mode = "users"
secret = {{ file = "{secret}" }}
users = "users.json"
sessions = "sessions"
audit = ""
"""


class Site:
    """`muntin serve` in a process of its own, with users who sign in."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.users, self.sessions = folder / "users.json", folder / "sessions"

    def ask(self, path: str, cookie: str = "", form: dict[str, str] | None = None) -> Answer:
        """Return the answer to a GET, or to a form sent by one of our own pages."""
        sent = {"Cookie": f"{COOKIE}={cookie}", "Origin": self.server.url}
        body = None
        if form is not None:
            sent["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form)
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, PATIENCE)) as asking:
            asking.request("POST" if form is not None else "GET", path, body, sent)
            answer = asking.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())

    def sign_in(self, name: str) -> str:
        """Return the cookie of a new session."""
        answer = self.ask("/login", form={"name": name, "password": PASSWORD})
        assert answer.status == 303, answer.text
        return answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]

    def sign_out(self, cookie: str) -> Answer:
        """Return the answer to the form that signs out."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.ask("/logout", cookie).text)
        assert found
        return self.ask("/logout", cookie, {"csrf": found[1]})

    def is_open(self, cookie: str, path: str = PAGE) -> bool:
        """Return True if a cookie opens a page."""
        return self.ask(path, cookie).status == 200

    def saved(self) -> list[str]:
        """Return the names of those whose sessions are on disk."""
        if not self.sessions.exists():
            return []
        text = self.sessions.read_text().rpartition(".")[0]
        return sorted(one["name"] for one in json.loads(text or "[]"))

    def command(self, *words: str) -> None:
        """Run ``muntin users`` on the site's users."""
        subprocess.run([MUNTIN, "users", *words, "--file", self.users], check=True, timeout=30)

    def restart(self) -> None:
        """Start again after a `kill`."""
        self.server.start()


@contextmanager
def open_site(folder: Path, **options: object) -> Iterator[Site]:
    """Serve a site with users, sessions on disk, and no audit."""
    users_file(folder / "users.json", ROLES)
    (folder / "secret").write_text(SECRET)
    settings = SETTINGS.format(secret=folder / "secret")
    with serving(folder / "state", settings=settings, **options) as server:  # type: ignore[arg-type]
        yield Site(server, folder)


def signed_in(site: Site, *names: str) -> list[str]:
    """Return cookies of users whose sessions are on disk."""
    users_file(site.users, ROLES)
    cookies = [site.sign_in(name) for name in names]
    until(lambda: {*names} <= {*site.saved()}, "the sessions are on disk")
    assert all(site.is_open(cookie) for cookie in cookies)
    return cookies


#: The payload of a close frame: 1001, going away.
GOING_AWAY = b"\x03\xe9"


def websocket(site: Site, cookie: str) -> socket.socket:
    """Return a socket on which a page is live."""
    text = site.ask(PAGE, cookie).text
    data = json.loads(text.partition('id="mu-viewer">')[2].partition("</script>")[0])
    connection = socket.create_connection(("127.0.0.1", site.server.port), PATIENCE)
    connection.sendall(
        (
            f"GET {PAGE}/ws?rev=1 HTTP/1.1\r\nHost: 127.0.0.1:{site.server.port}\r\n"
            f"Origin: {site.server.url}\r\nCookie: {COOKIE}={cookie}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: bokeh, {data['token']}\r\n\r\n"
        ).encode()
    )
    assert b" 101 " in connection.recv(4096)
    return connection


def all_of(connection: socket.socket) -> bytes:
    found = bytearray()
    while chunk := connection.recv(65536):
        found += chunk
    return bytes(found)
