"""State documents in S3, Google's store, or any other that fsspec reads."""

from __future__ import annotations

from collections.abc import Iterable

from muntin import SourceKind, hookimpl
from muntin_objectstore.settings import ObjectStoreSettings
from muntin_objectstore.source import ObjectStoreSource, ObjectStoreTarget

__all__ = ["ObjectStoreSettings", "ObjectStoreSource", "ObjectStoreTarget", "muntin_sources"]


@hookimpl
def muntin_sources() -> Iterable[SourceKind[ObjectStoreSettings]]:
    """Return the kinds for s3://, gs:// and memory:// addresses.

    Core itself reads ``file://``, and sees changes at once.
    """
    for scheme in ("s3", "gs", "memory"):
        yield SourceKind(
            scheme,
            ObjectStoreSource,
            "An object for each feed.",
            ObjectStoreSettings,
            target=ObjectStoreTarget,
        )
