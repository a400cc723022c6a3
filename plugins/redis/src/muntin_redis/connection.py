"""Connections to Redis, and its errors as sentences. Imports the redis library."""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004  # Redis' own, which is no OSError
    NoPermissionError,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004  # as above
)
from redis.retry import Retry

from muntin.sources import FetchError, redacted
from muntin_redis.settings import RedisSettings


def connect(url: str, settings: RedisSettings) -> redis.Redis:
    """Return a client that connects when it is first used and never retries by itself."""
    options: dict[str, Any] = {
        "socket_timeout": settings.timeout,
        "socket_connect_timeout": settings.timeout,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "client_name": "muntin",
    }
    if settings.password is not None:
        options["password"] = settings.password.reveal()
    if settings.user:
        options["username"] = settings.user
    if settings.ca_file is not None:
        options["ssl_ca_certs"] = str(settings.ca_file)
    return redis.Redis.from_url(url, **options)


def fetch_error(error: RedisError, url: str) -> FetchError:
    """Return why Redis has no document to give, without anything that may be a secret."""
    where = redacted(url)
    if isinstance(error, AuthenticationError | NoPermissionError):
        words = "it refuses these credentials; set user and password in the source's table"
        return FetchError(f"{where}: {words}", everywhere=True)
    if isinstance(error, TimeoutError):
        return FetchError(f"{where}: no answer in time", everywhere=True, late=True)
    if isinstance(error, BusyLoadingError):
        return FetchError(f"{where}: it is still loading its data", everywhere=True)
    if isinstance(error, ConnectionError):
        return FetchError(f"{where}: {_reason(error)}", everywhere=True)
    if isinstance(error, ResponseError):
        return FetchError(f"{where}: it answers {' '.join(str(error).split())[:200]!r}")
    return FetchError(f"{where}: it cannot be asked ({type(error).__name__})")


def _reason(error: ConnectionError) -> str:
    text = str(error)
    if "NOAUTH" in text or "Authentication required" in text:
        return "it needs credentials; set user and password in the source's table"
    if "refused" in text:
        return "the connection was refused"
    if "Name or service" in text or "getaddrinfo" in text:
        return "the host's name is not known"
    if "certificate" in text.lower():
        return "its certificate is not trusted"
    return "the connection was lost"
