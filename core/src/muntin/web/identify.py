"""What a request tells of who sends it: the cookie, the address, and whether it is local."""

from __future__ import annotations

import ipaddress

from tornado.httputil import HTTPServerRequest

from muntin.access import Ask, is_loopback
from muntin.web.hosts import host_name, is_address

#: Cookies of the session and of a login under way. Browsers take the first pair from encrypted
#: pages of this very host only; on loopback there is no encryption to ask for.
SAFE, LOCAL = ("__Host-muntin", "__Host-muntin-login"), ("muntin-session", "muntin-login")


def is_local(request: HTTPServerRequest) -> bool:
    """Return True if the browser is on this machine, by the name that it asks for."""
    return is_loopback(host_name(request.host))


def cookie_names(request: HTTPServerRequest) -> tuple[str, str]:
    """Return the names of the cookies of a session and of a login under way."""
    return LOCAL if is_local(request) else SAFE


def ask_of(request: HTTPServerRequest) -> Ask:
    """Return a request as far as it tells who is asking."""
    morsel = request.cookies.get(cookie_names(request)[0])
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Ask(request.remote_ip or "", headers, "" if morsel is None else morsel.value)


def address_of(request: HTTPServerRequest, proxies: tuple[str, ...]) -> str:
    """Return the address of whoever asks: the peer's, or what a proxy of ours says of its own peer.

    Only the last address counts, which our proxy has written; all before it is hearsay.
    """
    peer = request.remote_ip or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if is_address(told) and _among(peer, proxies) else peer


def _among(peer: str, proxies: tuple[str, ...]) -> bool:
    try:
        found = ipaddress.ip_address(peer.partition("%")[0])
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in ipaddress.ip_network(one) for one in proxies)
    except ValueError:
        return False
