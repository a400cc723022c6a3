"""One GET at a time, bounded in every way: seconds, bytes, redirects, hosts. Imports requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from muntin.sources import LIMIT, Fetched, redacted
from muntin_http.addresses import same_origin
from muntin_http.deadline import Deadline, DeadlineAdapter
from muntin_http.problems import HttpError, failure_of, status_error
from muntin_http.settings import HttpSettings

#: Redirects that are followed, all to the server where the request began.
REDIRECTS = 3

_MOVED = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024

#: What the libraries raise when a server, or the way to it, misbehaves.
_FAILURES = (requests.RequestException, HTTPError, OSError, UnicodeError)


class _Session(requests.Session):
    """Leaves redirects alone: following them, requests would read bodies without a bound."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: the client follows redirects itself."""


class Client:
    """Sends requests to one server; the environment (proxies, netrc, cookies) takes no part."""

    def __init__(self, settings: HttpSettings, limit: int = LIMIT) -> None:
        self._settings = settings
        self._limit = limit
        self._deadline = Deadline()
        self._session = _Session()
        self._session.trust_env = False
        self._session.verify = str(settings.ca_file) if settings.ca_file else True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"Accept": "application/json", "User-Agent": "muntin"})
        self._authorize(settings)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, DeadlineAdapter(self._deadline))

    def _authorize(self, settings: HttpSettings) -> None:
        if settings.token is not None:
            self._session.headers["Authorization"] = f"Bearer {settings.token.reveal()}"
        elif settings.password is not None:
            password = settings.password.reveal().encode()
            self._session.auth = HTTPBasicAuth(settings.user.encode(), password)

    def get(self, url: str, validators: Mapping[str, str] | None = None) -> Fetched:
        """Return the document of a URL, or raise HttpError saying why there is none.

        Its version is the headers that make the next request for it a conditional one.
        """
        timeout = self._settings.timeout
        try:
            with self._deadline.limit(timeout):
                return self._follow(url, validators or {})
        except _FAILURES as error:
            late = self._deadline.left <= 0
            raise failure_of(error, url, timeout, late=late) from None

    def _follow(self, url: str, validators: Mapping[str, str]) -> Fetched:
        place = url
        for _ in range(REDIRECTS + 1):
            with self._ask(place, validators) as response:
                if response.status_code not in _MOVED:
                    return self._read(response, url, validators)
                place = _next(place, response.headers.get("Location", ""))
        raise HttpError(url, f"it redirects more than {REDIRECTS} times")

    def _ask(self, url: str, validators: Mapping[str, str]) -> requests.Response:
        return self._session.get(
            url,
            headers=validators,
            timeout=max(0.001, self._deadline.left),
            stream=True,
            allow_redirects=False,
        )

    def _read(
        self, response: requests.Response, url: str, validators: Mapping[str, str]
    ) -> Fetched:
        headers = response.headers
        modified_at = _moment(headers.get("Last-Modified", ""))
        if response.status_code == 304 and validators:
            return Fetched(None, validators, modified_at)
        if response.status_code not in {200, 204}:
            given = self._settings.has_credentials
            raise status_error(response.status_code, headers, url, credentials=given)
        names = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        kept = {name: headers[of] for name, of in names.items() if headers.get(of)}
        return Fetched(self._body(response, url), kept, modified_at)

    def _body(self, response: requests.Response, url: str) -> bytes:
        chunks: list[bytes] = []
        total = 0
        for chunk in response.iter_content(_CHUNK):
            total += len(chunk)
            if total > self._limit:
                raise HttpError(
                    url, f"it has more than the {self._limit:,} bytes a document may have"
                )
            chunks.append(chunk)
        # A connection that was shut down may look like the answer's proper end.
        if self._deadline.left <= 0:
            raise requests.Timeout
        return b"".join(chunks)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def _next(url: str, location: str) -> str:
    """Return where a redirect leads; trust and credentials end at the server that was named."""
    try:
        place = urljoin(url, location)
        stays = bool(location) and same_origin(url, place)
    except ValueError:
        stays, place = False, ""
    if not stays:
        where = redacted(place) if location and place else "nowhere"
        raise HttpError(url, f"it redirects to {where}, which is not followed")
    return place


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
