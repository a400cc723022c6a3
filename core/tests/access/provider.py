"""A stand-in for an OpenID Connect provider: a real server on loopback that checks what it gets."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from muntin.testing import FakeClock

CLIENT, CLIENT_SECRET = "muntin", "the client's own secret"
BASE = "https://fund.example"


def once(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _public(key: Any) -> Any:
    return key if isinstance(key, dict) else key.as_dict(private=False)


class StandIn:
    """Signs everybody in as `person`; tests bend what it says."""

    def __init__(self, clock: FakeClock, key: RSAKey) -> None:
        self.clock = clock
        self.key = key
        self.person: dict[str, Any] = {
            "sub": "s-7",
            "preferred_username": "Anna",
            "roles": ["fund-investors"],
        }
        #: What a test puts in place of what is right.
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"sub": "s-7"}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.published: list[Any] = [self.key]
        #: Put over the answer of the token endpoint; None leaves a member out.
        self.granted: dict[str, Any] = {}
        #: By path: a whole answer, sent byte by byte as it is.
        self.raw: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.hangs = self.drips = False
        self._closed = threading.Event()
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def authorize(self, url: str) -> dict[str, str]:
        """Do what a browser and a person do: return what comes back to the app."""
        asked = once(urlsplit(url).query)
        assert url.startswith(self.issuer + "/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == BASE + "/login/callback"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.key)

    def _answer(self, path: str, form: dict[str, str], auth: str) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, self._discovery()
        if path == "/keys":
            return 200, {"keys": [_public(key) for key in self.published]}
        if path == "/userinfo":
            return (200, self.userinfo) if auth == "Bearer the-access-token" else (401, {})
        return self._token(form, auth) if path == "/token" else (404, {})

    def _discovery(self) -> dict[str, Any]:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        found = {f"{one}_endpoint": f"{self.issuer}/{path}" for one, path in names.items()}
        return {"issuer": self.issuer, **found, "jwks_uri": f"{self.issuer}/keys", **self.metadata}

    def _token(self, form: dict[str, str], auth: str) -> tuple[int, Any]:
        asked = self._codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = asked is not None and (asked["redirect_uri"], asked["code_challenge"]) == (
            form["redirect_uri"],
            challenge,
        )
        if asked is None or not known or auth != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        answer = {
            "access_token": "the-access-token",
            "token_type": "Bearer",
            "id_token": self.sign(kept),
            **self.granted,
        }
        return 200, {name: value for name, value in answer.items() if value is not None}

    def _write(self, out: Any, body: bytes) -> None:
        if self.hangs:
            self._closed.wait(10)
        elif self.drips:
            with contextlib.suppress(OSError):
                while not self._closed.wait(0.05):
                    out.write(body[:1])
        else:
            out.write(body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                form = once(self.rfile.read(size).decode())
                auth = self.headers.get("Authorization", "")
                path = urlsplit(self.path).path
                if path in stand_in.raw:
                    stand_in.asked.append(path)
                    self.wfile.write(stand_in.raw[path])
                    self.close_connection = True
                    return
                status, answer = stand_in._answer(path, form, auth)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                stand_in._write(self.wfile, body)

            do_POST = do_GET  # noqa: N815  # the library's name

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
