"""The address of an HTTP source: checked, and freed of its credentials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from muntin import Secret, SourceError
from muntin.sources import redacted
from muntin_http.settings import HttpSettings

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """Where documents are looked for, and with which settings; the URL holds no secret."""

    #: Ends with a slash.
    url: str
    settings: HttpSettings

    def join(self, path: str) -> str:
        """Return the URL of a document; raise SourceError if it is on another server."""
        url = urljoin(self.url, path)
        if not same_origin(self.url, url):
            raise SourceError(f"{path!r} is no path below {self.url}")
        return url


def read_base(url: str, settings: HttpSettings) -> BaseUrl:
    """Return the base that an operator's URL names; raise SourceError with what to do."""
    try:
        parts = urlsplit(url)
        _check(parts)
    except ValueError as error:
        raise SourceError(f"{redacted(url)} is no usable address: {error}") from None
    place = parts.netloc.rpartition("@")[2]
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    return BaseUrl(f"{parts.scheme.lower()}://{place}{path}", _with_user(parts, settings))


def _check(parts: SplitResult) -> None:
    if parts.scheme.lower() not in _PORTS:
        raise ValueError("it must begin with http:// or https://")
    if not parts.hostname or any(char.isspace() for char in parts.netloc):
        raise ValueError("it names no host")
    if parts.port == 0:
        raise ValueError("no server has port 0")
    if parts.query or parts.fragment:
        raise ValueError("a base address has no query and no fragment")


def _with_user(parts: SplitResult, settings: HttpSettings) -> HttpSettings:
    if parts.username is None and parts.password is None:
        return settings
    if settings.has_credentials:
        raise SourceError(
            "credentials stand both in the address and in the source's table; keep the latter"
        )
    if not parts.username or parts.password is None:
        raise SourceError("the address must name both user and password, or neither")
    password = Secret(unquote(parts.password))
    return replace(settings, user=unquote(parts.username), password=password)


def same_origin(one: str, other: str) -> bool:
    """Return True if two URLs lead to the same server by the same scheme."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
