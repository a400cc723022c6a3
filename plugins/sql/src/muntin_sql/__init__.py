"""Queries as state documents: SQLite, PostgreSQL and DuckDB as kinds of source for Muntin."""

from __future__ import annotations

from collections.abc import Iterable

from muntin import SourceKind, hookimpl
from muntin_sql.settings import Query, SqlSettings
from muntin_sql.source import SqlSource

__all__ = ["Query", "SqlSettings", "SqlSource", "muntin_sources"]


@hookimpl
def muntin_sources() -> Iterable[SourceKind[SqlSettings]]:
    """Return the kinds for sqlite://, postgresql:// and duckdb:// addresses."""
    for scheme in ("sqlite", "postgresql", "duckdb"):
        yield SourceKind(scheme, SqlSource, "A query for each feed.", SqlSettings)
