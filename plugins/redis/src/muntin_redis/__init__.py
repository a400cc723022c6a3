"""State documents in Redis: a kind of source for Muntin."""

from __future__ import annotations

from collections.abc import Iterable

from muntin import SourceKind, hookimpl
from muntin_redis.settings import RedisSettings
from muntin_redis.source import RedisSource
from muntin_redis.target import RedisTarget

__all__ = ["RedisSettings", "RedisSource", "RedisTarget", "muntin_sources"]


@hookimpl
def muntin_sources() -> Iterable[SourceKind[RedisSettings]]:
    """Return the kinds for redis:// and, with TLS, rediss:// addresses."""
    for scheme in ("redis", "rediss"):
        yield SourceKind(
            scheme, RedisSource, "A key for each feed.", RedisSettings, target=RedisTarget
        )
