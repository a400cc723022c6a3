"""What goes in and out of the door: requests, sessions, and what became of a login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from muntin.viewers import Viewer

#: The path of this app to which a provider sends browsers back.
CALLBACK = "/login/callback"

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, as far as it tells who is asking."""

    #: The peer's own address, never what a header says of it.
    address: str
    #: By lower-case name.
    headers: Mapping[str, str] = field(default_factory=lambda: _NONE)
    #: The value of the session cookie, "" without one.
    cookie: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's stay; holds nothing that would let another person take it over."""

    #: A handle for logs and tables; the cookie cannot be worked out from it.
    id: str
    viewer: Viewer
    #: Epoch seconds after which it is no longer good, however much it is used.
    expires: float
    #: Stands in forms; a request that changes something must give it back.
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """What became of an attempt to sign in: a session and its cookie, or why there is none."""

    session: Session | None = None
    #: The value for the session cookie.
    cookie: str = field(default="", repr=False)
    #: Seconds to wait before another attempt, 0 if there is no need.
    retry_after: float = 0.0
    #: Why not, in a word, for the audit; "" if all went well.
    reason: str = ""
    #: Why not, in a sentence, for the person; the same for a wrong name and a wrong password.
    message: str = ""
    #: Where to go now, a path on this server.
    next: str = "/"


@dataclass(frozen=True, slots=True)
class Begun:
    """A login begun at a provider: where to send the browser, and a cookie to give it."""

    url: str
    #: For ten minutes; `Access.finish` wants it back.
    cookie: str = field(repr=False)
