"""What is a database's own: shapes of rows, times, read-only connections, errors, LISTEN."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from plugins.sql.tests.conftest import PASSWORD, Server

from muntin import Feed, Node, Secret, SourceError, Status
from muntin.testing import SourceRun
from muntin_sql import Query, SqlSettings, SqlSource
from muntin_sql.database import Database

BOOK: Feed[Any] = Feed("book", lambda raw: raw)

Make = Callable[..., SqlSource]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fund.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE book (symbol, qty, at)")
        rows = [("BTC", 1.5, "2026-01-19 10:00:00"), ("ETH", None, "2026-01-19 11:00:00")]
        connection.executemany("INSERT INTO book VALUES (?, ?, ?)", rows)
    return path


@pytest.fixture
def lite(file: Path) -> Make:
    def make(sql: str = "SELECT * FROM book ORDER BY symbol", **query: Any) -> SqlSource:
        settings = SqlSettings({"book": Query(sql, **query)}, interval=0.2)
        return SqlSource(f"sqlite:///{file}", settings)

    return make


def first(source: SqlSource, feed: Feed[Any] = BOOK) -> Any:
    with SourceRun(source, [feed]) as run:
        run.until(lambda one: bool(one.batches))
        return run.reading(feed)


def test_rows_are_a_list_with_the_newest_time(lite: Make) -> None:
    reading = first(lite(time="at"))

    assert reading.value["rows"][0] == {"symbol": "BTC", "qty": 1.5, "at": "2026-01-19 10:00:00"}
    assert reading.value["rows"][1]["qty"] is None
    assert reading.as_of.isoformat() == "2026-01-19T11:00:00+00:00"


def test_a_row_is_an_object(lite: Make) -> None:
    reading = first(lite("SELECT * FROM book WHERE symbol = 'BTC'", shape="row", time="at"))

    assert reading.value["qty"] == 1.5
    assert reading.as_of.hour == 10


def test_no_row_is_an_empty_feed(lite: Make) -> None:
    assert first(lite("SELECT * FROM book WHERE 0", shape="row")).fault is Status.EMPTY


@pytest.mark.parametrize("form", ["csv", "arrow", "parquet"])
def test_rows_are_a_frame_for_a_feed_of_frames(lite: Make, form: str) -> None:
    feed: Feed[Any] = Feed("book", lambda frame: frame, decode=form, as_of=("[-1].at",))

    reading = first(lite(), feed)

    assert list(reading.value.columns) == ["symbol", "qty", "at"]
    quantity = Node(reading.raw, "book").number("[0].qty")
    assert (quantity.value, quantity.path) == (1.5, "[0].qty")
    assert reading.as_of.hour == 11


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM gone", "no such table: gone"),
        ("DELETE FROM book", "attempt to write a readonly database"),
        ("SELECT symbol, qty AS symbol FROM book", "returns the column 'symbol' twice"),
    ],
)
def test_a_query_that_fails_says_why(lite: Make, file: Path, sql: str, words: str) -> None:
    reading = first(lite(sql))

    assert reading.fault is Status.UNREADABLE
    assert words in reading.problem
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM book").fetchone() == (2,)


def test_too_many_rows_are_refused(file: Path) -> None:
    settings = SqlSettings({"book": Query("SELECT * FROM book")}, most_rows=1)

    reading = first(SqlSource(f"sqlite:///{file}", settings))

    assert "more than 1 rows; add a LIMIT" in reading.problem


def test_a_feed_without_a_query_is_missing(lite: Make) -> None:
    other: Feed[Any] = Feed("other", lambda raw: raw)

    reading = first(lite(), other)

    assert (reading.fault, reading.problem) == (
        Status.MISSING,
        "never seen: no query is named 'other'",
    )


def test_duckdb_is_read(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "fund.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE book AS SELECT 'BTC' AS symbol, 2 AS qty")
    settings = SqlSettings({"book": Query("SELECT * FROM book", "row")})

    assert first(SqlSource(f"duckdb:///{path}", settings)).value == {"symbol": "BTC", "qty": 2}


def reader(server: Server, sql: str, **more: Any) -> SqlSource:
    given: dict[str, Any] = {"password": Secret(PASSWORD), "interval": 0.3, "timeout": 1.0, **more}
    return SqlSource(server.url, SqlSettings({"book": Query(sql, "row", time="at")}, **given))


def test_types_of_postgresql_become_json(server: Server) -> None:
    reading = first(
        reader(
            server,
            "SELECT 1.25::numeric AS qty, timestamptz '2026-01-19 10:00+02' AS at, true AS live,"
            " gen_random_uuid() AS id, null AS nothing",
        )
    )

    value = reading.value
    assert (value["qty"], value["live"], value["nothing"]) == (1.25, True, None)
    assert len(value["id"]) == 36
    assert reading.as_of.isoformat() == "2026-01-19T08:00:00+00:00"


def test_postgresql_is_never_written_to(server: Server) -> None:
    reading = first(reader(server, "INSERT INTO state VALUES ('x', '') RETURNING 1 AS at"))

    assert "read-only transaction" in reading.problem


def test_a_slow_query_is_given_up(server: Server) -> None:
    reading = first(reader(server, "SELECT pg_sleep(30), now() AS at", timeout=0.5))

    assert reading.fault is Status.UNREADABLE


def test_a_database_that_hangs_is_marked_within_five_seconds(server: Server) -> None:
    with SourceRun(reader(server, "SELECT now() AS at, 1 AS n", interval=60), [BOOK]) as run:
        run.until(lambda one: one.reading(BOOK).fault is None and bool(one.batches))
        connection = server.connect()
        pids = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'reader'")
        workers = [pid for (pid,) in pids.fetchall()]
        server.signal(signal.SIGSTOP, workers)
        try:
            reading = run.until_fault(BOOK, Status.UNREADABLE, timeout=5)
            assert "no answer within 1 s" in reading.problem
            assert reading.value["n"] == 1
        finally:
            server.signal(signal.SIGCONT, workers)
            connection.close()
        run.until(lambda one: one.reading(BOOK).fault is None)


def test_a_wrong_password_is_said_and_not_shown(server: Server) -> None:
    reading = first(reader(server, "SELECT 1 AS at", password=Secret("wrong-and-secret")))

    assert "it refuses these credentials" in reading.problem
    assert "wrong-and-secret" not in reading.problem


def test_sqlite_is_opened_read_only(file: Path) -> None:
    database = Database(f"sqlite:///{file}", SqlSettings({"book": Query("SELECT 1")}))
    try:
        with pytest.raises(Exception, match="readonly"):
            database.rows("INSERT INTO book VALUES (1, 2, 3) RETURNING symbol")
    finally:
        database.close()


@pytest.mark.parametrize(
    ("url", "settings", "words"),
    [
        ("sqlite:///x.db", SqlSettings(), "no query is named"),
        ("sqlite:///x.db", SqlSettings({"a": Query("SELECT 1")}, listen="c"), "postgresql:// only"),
    ],
)
def test_settings_that_cannot_work_are_refused(url: str, settings: Any, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        SqlSource(url, settings)
