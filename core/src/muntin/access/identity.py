"""What access control takes in and gives back: credentials, sessions, results of a sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from muntin.pages import Viewer

#: The path of this app to which a provider redirects browsers.
CALLBACK = "/login/callback"

_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Credentials:
    """The parts of a request that identify its sender."""

    #: The peer's own address, never what a header says of it.
    address: str
    #: Every value of each header, by lower-case name: a header that stands twice has two.
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    #: The value of the session cookie, "" without one.
    cookie: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A viewer's session; holds nothing that would let another person take it over."""

    #: Identifies the session in logs and tables; the cookie cannot be derived from it.
    id: str
    viewer: Viewer
    #: Seconds of `Access.clock` at which the session ends, however much it is used.
    expires: float
    #: Stands in forms; a request that changes something must send it back.
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """The result of an attempt to sign in: a session and its cookie, or why there is none."""

    session: Session | None = None
    #: The value for the session cookie.
    cookie: str = field(default="", repr=False)
    #: Seconds to wait before another attempt, 0 if none are needed.
    retry_after: float = 0.0
    #: Why it failed, in a word, for the audit; "" for a success.
    reason: str = ""
    #: Why it failed, in a sentence for the user; the same for a wrong name and a wrong password.
    message: str = ""
    #: Where to go now, a path on this server.
    next: str = "/"


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """The start of a sign-in at a provider: where to send the browser, and a cookie to set."""

    url: str
    #: Valid for ten minutes; `Access.finish` takes it back.
    cookie: str = field(repr=False)
