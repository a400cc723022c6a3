"""One GET at a time, bounded in every way: seconds, bytes, redirects, hosts. Imports requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from muntin.sources.files import LIMIT
from muntin.sources.http_problems import Trouble, of_exception, of_status
from muntin.sources.http_settings import HttpSettings
from muntin.sources.http_url import same_origin, shown
from muntin.sources.http_watch import Watch, WatchedAdapter

#: Redirects that are followed, all to the server where the request began.
REDIRECTS = 3

_MOVED = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024

#: What the libraries raise when a server, or the way to it, misbehaves.
_FAILURES = (requests.RequestException, HTTPError, OSError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """A document as it was sent; `data` is None if it has not changed since it was sent last."""

    data: bytes | None
    #: The headers that make the next request for it a conditional one.
    validators: Mapping[str, str] = field(default_factory=dict)
    #: The header Last-Modified, "" without one.
    modified: str = ""


class _Session(requests.Session):
    """Leaves redirects alone: following them, requests would read bodies without a bound."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that an answer leads nowhere else; the client looks for itself."""


class Client:
    """Asks one server; nothing of the environment (proxies, netrc, cookies) takes part."""

    def __init__(self, settings: HttpSettings, limit: int = LIMIT) -> None:
        self._settings = settings
        self._limit = limit
        self._watch = Watch()
        self._session = _Session()
        self._session.trust_env = False
        self._session.verify = str(settings.ca_file) if settings.ca_file else True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"Accept": "application/json", "User-Agent": "muntin"})
        self._authorize(settings)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, WatchedAdapter(self._watch))

    def _authorize(self, settings: HttpSettings) -> None:
        if settings.token is not None:
            self._session.headers["Authorization"] = f"Bearer {settings.token.reveal()}"
        elif settings.password is not None:
            password = settings.password.reveal().encode()
            self._session.auth = HTTPBasicAuth(settings.user.encode(), password)

    def get(self, url: str, validators: Mapping[str, str]) -> Answer:
        """Return what the server answers, or raise Trouble saying why there is no document."""
        timeout = self._settings.timeout
        try:
            with self._watch.limit(timeout):
                return self._follow(url, validators)
        except _FAILURES as error:
            late = self._watch.left <= 0
            raise of_exception(error, url, timeout, late=late) from None

    def _follow(self, url: str, validators: Mapping[str, str]) -> Answer:
        place = url
        for _ in range(REDIRECTS + 1):
            with self._ask(place, validators) as response:
                if response.status_code not in _MOVED:
                    return self._read(response, url, validators)
                place = _next(place, response.headers.get("Location", ""))
        raise Trouble(url, f"it redirects more than {REDIRECTS} times")

    def _ask(self, url: str, validators: Mapping[str, str]) -> requests.Response:
        return self._session.get(
            url,
            headers=validators,
            timeout=max(0.001, self._watch.left),
            stream=True,
            allow_redirects=False,
        )

    def _read(self, response: requests.Response, url: str, validators: Mapping[str, str]) -> Answer:
        headers = response.headers
        modified = headers.get("Last-Modified", "")
        if response.status_code == 304 and validators:
            return Answer(None, validators, modified)
        if response.status_code not in {200, 204}:
            given = self._settings.has_credentials
            raise of_status(response.status_code, headers, url, credentials=given)
        names = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        kept = {name: headers[of] for name, of in names.items() if headers.get(of)}
        return Answer(self._body(response, url), kept, modified)

    def _body(self, response: requests.Response, url: str) -> bytes:
        chunks: list[bytes] = []
        total = 0
        for chunk in response.iter_content(_CHUNK):
            total += len(chunk)
            if total > self._limit:
                raise Trouble(
                    url, f"it has more than the {self._limit:,} bytes a document may have"
                )
            chunks.append(chunk)
        # A connection that was shut down may look like the answer's proper end.
        if self._watch.left <= 0:
            raise requests.Timeout
        return b"".join(chunks)

    def close(self) -> None:
        """Let go of all connections."""
        self._session.close()


def _next(url: str, location: str) -> str:
    """Return where a redirect leads; trust and credentials end at the server that was named."""
    try:
        place = urljoin(url, location)
        stays = bool(location) and same_origin(url, place)
    except ValueError:
        stays, place = False, ""
    if not stays:
        where = shown(place) if location and place else "nowhere"
        raise Trouble(url, f"it redirects to {where}, which is not followed")
    return place
