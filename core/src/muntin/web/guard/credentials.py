"""What a request tells of who sends it: the cookie, the address, and whether it is local."""

from __future__ import annotations

from tornado.httputil import HTTPServerRequest

from muntin.access import Credentials, is_loopback
from muntin.web.guard.hosts import host_name

#: Cookies of the session and of a login under way. Browsers take the first pair from encrypted
#: pages of this very host only; on loopback there is no encryption to ask for.
SAFE, LOCAL = ("__Host-muntin", "__Host-muntin-login"), ("muntin-session", "muntin-login")


def is_local(request: HTTPServerRequest) -> bool:
    """Return True if the browser is on this machine, by the name that it asks for."""
    return is_loopback(host_name(request.host))


def cookie_names(request: HTTPServerRequest) -> tuple[str, str]:
    """Return the names of the cookies of a session and of a login under way."""
    return LOCAL if is_local(request) else SAFE


def ask_of(request: HTTPServerRequest) -> Credentials:
    """Return a request as far as it tells who is asking."""
    morsel = request.cookies.get(cookie_names(request)[0])
    headers = {name.lower(): tuple(request.headers.get_list(name)) for name in request.headers}
    return Credentials(request.remote_ip or "", headers, "" if morsel is None else morsel.value)
