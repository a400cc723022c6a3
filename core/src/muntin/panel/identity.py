"""Who looks, in the words of Panel: ``pn.state.user`` and ``pn.state.user_info`` of a session."""

from __future__ import annotations

import base64
import json
import secrets

from panel.config import config
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from tornado.web import create_signed_value

from muntin.pages import Viewer

#: How this server's own cookies begin; and cookies in which Panel looks for who has signed in, of
#: which a browser's own do not count.
_OURS = ("muntin-", "__Host-muntin")
_OF_PANEL = ("user", "id_token", "access_token", "refresh_token", "is_guest", "oauth_expiry")


def introduced(request: HTTPServerRequest, viewer: Viewer) -> HTTPServerRequest:
    """Return the request that opens a viewer's session, as Panel reads it.

    Its user is the viewer, and the claims and roles are what is said of them. What opens the
    viewer's login here is left out: an app has no use for it.
    """
    cookies = {
        name: morsel.value
        for name, morsel in request.cookies.items()
        if name not in _OF_PANEL and not name.startswith(_OURS)
    }
    if not viewer.anonymous:
        cookies["user"] = _signed("user", viewer.name)
        about = {**viewer.claims, "user": viewer.name, "roles": sorted(viewer.roles)}
        cookies["id_token"] = _signed("id_token", _token(about))
    headers = HTTPHeaders(request.headers)
    headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    line = RequestStartLine(request.method or "GET", request.uri or "/", request.version)
    return HTTPServerRequest(start_line=line, headers=headers, connection=request.connection)


def _signed(name: str, value: str) -> str:
    """Return a value signed with Panel's secret, which is of this process unless one is set."""
    if config.cookie_secret is None:
        config.cookie_secret = secrets.token_hex(32)  # type: ignore[misc]  # as `pn.serve` does
    return create_signed_value(config.cookie_secret, name, value).decode()


def _token(about: dict[str, object]) -> str:
    """Return an id_token that says this; Panel reads it, and the cookie around it is signed."""
    text = base64.urlsafe_b64encode(json.dumps(about, default=str).encode()).decode().rstrip("=")
    return f"e30.{text}.e30"
