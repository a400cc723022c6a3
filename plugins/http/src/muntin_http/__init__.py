"""State documents over HTTP: a kind of source for Muntin."""

from __future__ import annotations

from collections.abc import Iterable

from muntin import SourceKind, hookimpl
from muntin_http.settings import HttpSettings
from muntin_http.source import KINDS, HttpSource, Route

__all__ = ["HttpSettings", "HttpSource", "Route", "muntin_sources"]


@hookimpl
def muntin_sources() -> Iterable[SourceKind[HttpSettings]]:
    """Return the kinds for http:// and https:// addresses."""
    return KINDS
