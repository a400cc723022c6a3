"""A guarded site for tests: its users, their cookies, and a server in this process."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from core.tests.web.kit import Server, Socket, make_site
from tests.kit import PATIENCE, Answer

from muntin import Feed, Field, Page, Panel, Presence, Snapshot, Viewer
from muntin.access import Access, open_access
from muntin.access.sessions import SessionRecord
from muntin.access.signing import Signer, handle_of, new_id
from muntin.settings import Config
from muntin.settings.access import AccessConfig, ProxyConfig
from muntin.settings.secrets import Secret
from muntin.ui import Metric, metrics

SECRET = "a secret of the tests, long enough"
PASSWORD = "correct horse battery staple"
COOKIE = "muntin-session"
SCRAPER = "a token of the tests, for a scraper"

NAV: Feed[dict[str, Any]] = Feed("nav", dict)
BOOK: Feed[dict[str, Any]] = Feed("book", dict, producer="the trading desk")
#: Read by no panel that an investor may see.
HIDDEN: Feed[dict[str, Any]] = Feed("undertow", dict, producer="someone of the undertow")

INVESTOR, OPERATOR = frozenset({"investor"}), frozenset({"operator"})


def number(feed: Feed[dict[str, Any]], name: str) -> Any:
    """Return a view that shows one number of a feed."""

    def view(state: Snapshot) -> object:
        field_ = Field(state[feed]["value"], "usd", name, "value", "", Presence.OK)
        return metrics(Metric(name, name.title(), field_))

    return view


def greeting(state: Snapshot, viewer: Viewer) -> object:
    """Show who is looking, and a number of the fund."""
    return f"For {viewer.name}: {state[NAV]['value']}"


def pages() -> tuple[Page, ...]:
    """Return pages of every kind: for some, for others, for all, of parts, private and personal."""
    return (
        Page(
            "overview",
            "Overview",
            (
                Panel("Value", number(NAV, "nav"), (NAV,)),
                Panel("Desk", number(HIDDEN, "desk"), (HIDDEN,), audience=OPERATOR),
            ),
            1,
            audience=INVESTOR | OPERATOR,
        ),
        Page("ops", "Ops", (Panel("Book", number(BOOK, "book"), (BOOK,)),), 2, audience=OPERATOR),
        Page("lobby", "Lobby", (Panel("Hello", number(NAV, "hello"), (NAV,)),), 3),
        Page(
            "mine",
            "Mine",
            (Panel("Share", greeting, (NAV,)),),
            4,
            audience=INVESTOR,
            scope="private",
        ),
        Page(
            "own",
            "Own",
            (Panel("Share", greeting, (NAV,)),),
            5,
            audience=INVESTOR,
            scope="personal",
        ),
    )


@cache
def hashed() -> str:
    """Return the hash of `PASSWORD`, made at once instead of safely."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def users_file(path: Path, roles: Mapping[str, tuple[str, ...]]) -> Path:
    """Write users of these roles, all with `PASSWORD`."""
    users = {name: {"password": hashed(), "roles": [*given]} for name, given in roles.items()}
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps({"users": users}))
    return path


ROLES = {
    "ina": ("investor",),
    "ivo": ("investor",),
    "otto": ("operator",),
    "gus": ("guest",),
}


def users_config(folder: Path, **more: Any) -> AccessConfig:
    """Return settings in which the users of `ROLES` sign in with a password."""
    users = users_file(folder / "users.json", ROLES)
    more = {"audit": str(folder / "audit.log"), **more}
    return AccessConfig(
        mode="users", secret=Secret(SECRET), users=str(users), metrics_token=Secret(SCRAPER), **more
    )


def proxy_config(folder: Path, **more: Any) -> AccessConfig:
    """Return settings in which a proxy on this machine says who is there."""
    audit = str(folder / "audit.log")
    return AccessConfig(
        mode="proxy",
        secret=Secret(SECRET),
        audit=audit,
        metrics_token=Secret(SCRAPER),
        proxy=ProxyConfig(**more),
    )


@dataclass
class Guarded:
    """A server of `pages` with access control, and what is needed to try its doors."""

    server: Server
    access: Access
    folder: Path

    @property
    def origin(self) -> str:
        """The origin of the site's own pages."""
        return f"http://127.0.0.1:{self.server.port}"

    def sign_in(self, name: str) -> str:
        """Return the cookie of a new session, as if the password had been given."""
        users = self.access._users
        assert users is not None
        users.refresh()
        record = users.get(name)
        assert record is not None
        stamp = self.access._stamp(record)
        return self.access._sessions.create(name, frozenset(), {}, stamp)

    def expired(self, name: str) -> str:
        """Return a cookie of ours whose session began too long ago."""
        identity, signer = new_id(), self.access._signer
        record = SessionRecord(handle_of(identity), name, frozenset(), {}, signer.clock() - 1e6)
        self.access._sessions.restore([record])
        return signer.seal("session", identity)

    def forged(self) -> str:
        """Return a cookie that is signed, but with another secret."""
        return Signer("another secret, as long as ours..").seal("session", new_id())

    def ask(
        self,
        path: str,
        cookie: str = "",
        method: str = "GET",
        *,
        body: str | bytes | None = None,
        **headers: str,
    ) -> Answer:
        """Return the answer to a request; ``_`` in a header's name is a hyphen."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            sent["Cookie"] = f"{COOKIE}={cookie}"
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            text = "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
            return Answer(answer.status, found, text)
        finally:
            connection.close()

    def upgrade(
        self, path: str, cookie: str = "", token: str = "", origin: str | None = "", **more: str
    ) -> Answer:
        """Return the answer to a WebSocket handshake, from one of our own pages by default."""
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": f"bokeh, {token}" if token else "bokeh",
            **more,
        }
        if origin is not None:
            headers["Origin"] = origin or self.origin
        return self.ask(path, cookie, **headers)

    def island(self, path: str, cookie: str, name: str = "mu-viewer", **headers: str) -> Any:
        """Return the data that stands in a page: what is the viewer's own, or ``mu-data``."""
        text = self.ask(path, cookie, **headers).text
        return json.loads(text.partition(f'id="{name}">')[2].partition("</script>")[0])

    def token(self, path: str, cookie: str) -> str:
        """Return the token that a page gives this viewer for its socket."""
        return str(self.island(path, cookie)["token"])

    def follow(self, path: str, cookie: str, revision: int = 1) -> Socket:
        """Return the socket of a page that this viewer has opened at a revision."""
        protocols = ("bokeh", self.token(path, cookie))
        return self.server.open(
            f"{path}/ws?rev={revision}", protocols=protocols, cookie=f"{COOKIE}={cookie}"
        )

    def log_in(self, name: str, password: str = PASSWORD, **more: str) -> Answer:
        """Return the answer to a filled-in login form."""
        from urllib.parse import urlencode

        form = urlencode({"name": name, "password": password, "next": more.pop("next", "/")})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.ask("/login", method="POST", body=form, **(headers | more))

    def audit(self) -> list[dict[str, Any]]:
        """Return every line of the audit."""
        lines = (self.folder / "audit.log").read_text().splitlines()
        return [json.loads(line) for line in lines]


@contextmanager
def guarded(config: AccessConfig, folder: Path, *more: Page) -> Iterator[Guarded]:
    """A server of `pages`, and `more`, with these settings of access; it ends with the block."""
    site = make_site(*pages(), *more, config=Config(access=config))
    access = open_access(config, address="127.0.0.1", clock=site.store.clock)
    server = Server(site, access)
    try:
        for feed, value in ((NAV, 1111.5), (BOOK, 2222.5), (HIDDEN, 3333.5)):
            server.publish(feed, value=value)
        yield Guarded(server.ready(), access, folder)
    finally:
        server.stop()


def sign_out(site: Guarded, cookie: str, csrf: str) -> Answer:
    """Return the answer to the form that signs out."""
    return site.ask(
        "/logout",
        cookie,
        "POST",
        body=f"csrf={csrf}",
        Origin=site.origin,
        Content_Type="application/x-www-form-urlencoded",
    )
