"""Requests to a provider: answers are bounded in size and time."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from muntin.access.errors import ProviderError

#: Bytes of an answer at most.
MAX_BYTES = 1024 * 1024


class Bounded(HTTPAdapter):
    """Sends requests and reads each answer into memory, up to a size and a time."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds, self._clock = seconds, clock

    def send(  # type: ignore[override]  # the stubs name each argument; all are passed on
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Return the answer with its body in memory."""
        until = self._clock() + self._seconds
        # An answer is asked for as it is, and is not unpacked: a small one could become huge.
        request.headers["Accept-Encoding"] = "identity"
        options.update(stream=True, timeout=self._seconds)
        response = super().send(request, **options)
        try:
            response.raw = io.BytesIO(self._body(response.raw, until))
        except HTTPError as error:  # requests would convert it if it read the body
            raise requests.ConnectionError(error, request=request) from error
        return response

    def _body(self, raw: HTTPResponse, until: float) -> bytes:
        body = bytearray()
        # read1 returns what has arrived, so a slow answer meets its deadline.
        while chunk := raw.read1(65536, decode_content=False):
            body += chunk
            if len(body) > MAX_BYTES or self._clock() > until:
                raw.close()
                raise requests.ConnectionError("the answer is too large or too slow")
        return bytes(body)


def bounded(session: requests.Session, seconds: float) -> None:
    """Bound the answers that a session reads."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, Bounded(seconds))


def fetch(url: str, seconds: float, bearer: str = "") -> Mapping[str, Any]:
    """Return the JSON object at a URL; raise ProviderError for anything else."""
    headers = {"Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    try:
        with requests.Session() as session:
            bounded(session, seconds)
            answer = session.get(url, headers=headers, allow_redirects=False)
            document = json.loads(answer.content) if answer.status_code == 200 else None
    except requests.RequestException as error:
        raise ProviderError(f"{place(url)} does not answer ({_kind(error)})") from error
    except (ValueError, RecursionError):
        raise ProviderError(f"{place(url)} does not answer with JSON") from None
    if not isinstance(document, dict):
        raise ProviderError(f"{place(url)} answers with status {answer.status_code}, no object")
    return document


def place(url: str) -> str:
    """Return a URL as it may be told: without user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _kind(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    return "no connection" if isinstance(error, requests.ConnectionError) else "no sound answer"
