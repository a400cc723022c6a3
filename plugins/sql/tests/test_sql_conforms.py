"""The SQL source keeps what every source promises: SQLite, PostgreSQL, and with LISTEN."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from plugins.sql.tests.conftest import PASSWORD, Server

from muntin import Feed, Secret
from muntin.sources import Source
from muntin.testing import SourceBackend
from muntin.testing.conformance.sources import *  # noqa: F403  # one line, as in a plugin's tests
from muntin_sql import Query, SqlSettings, SqlSource

QUERIES = {
    name: Query(f"SELECT body FROM state WHERE name = '{name}'", "document")
    for name in ("nav", "kpis")
}


class Lite(SourceBackend):
    """A table of documents in a SQLite file, which is moved away for an outage."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "state.db"
        self._execute("CREATE TABLE state (name PRIMARY KEY, body BLOB)")

    def source(self) -> Source:
        return SqlSource(f"sqlite:///{self._file}", SqlSettings(QUERIES, interval=0.1))

    def _execute(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute(sql, values)

    def put(self, feed: Feed[Any], data: bytes) -> None:
        self._execute("INSERT OR REPLACE INTO state VALUES (?, ?)", feed.name, data)

    def remove(self, feed: Feed[Any]) -> None:
        self._execute("DELETE FROM state WHERE name = ?", feed.name)

    def cut(self) -> None:
        self._file.rename(self._file.with_suffix(".away"))

    def mend(self) -> None:
        self._file.with_suffix(".away").rename(self._file)


class Postgres(SourceBackend):
    """A table of documents in PostgreSQL, which is ended and started again for an outage."""

    secret = PASSWORD

    def __init__(self, server: Server, **settings: Any) -> None:
        self._server = server
        self._settings = SqlSettings(QUERIES, timeout=1.5, password=Secret(PASSWORD), **settings)
        with server.connect() as connection:
            connection.execute("DELETE FROM state")

    def source(self) -> Source:
        return SqlSource(self._server.url, self._settings)

    def put(self, feed: Feed[Any], data: bytes) -> None:
        with self._server.connect() as connection:
            upsert = "ON CONFLICT (name) DO UPDATE SET body = excluded.body"
            connection.execute(f"INSERT INTO state VALUES (%s, %s) {upsert}", (feed.name, data))
            connection.execute("SELECT pg_notify('changes', %s)", (feed.name,))

    def remove(self, feed: Feed[Any]) -> None:
        with self._server.connect() as connection:
            connection.execute("DELETE FROM state WHERE name = %s", (feed.name,))
            connection.execute("NOTIFY changes")

    def cut(self) -> None:
        self._server.stop()

    def mend(self) -> None:
        self._server.start()


@pytest.fixture(params=["sqlite", "postgresql", "listen"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> SourceBackend:
    if request.param == "sqlite":
        return Lite(tmp_path)
    server = request.getfixturevalue("server")
    if request.param == "listen":
        return Postgres(server, listen="changes", interval=60)
    return Postgres(server, interval=0.2)
