"""A database through SQLAlchemy: read only, every call bounded, errors as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool

from muntin import SourceError
from muntin.sources import FetchError, redacted
from muntin_sql.settings import SqlSettings

T = TypeVar("T")

#: What each kind of database needs besides SQLAlchemy.
_PACKAGES = {"postgresql": "'muntin-sql[postgresql]'", "duckdb": "'muntin-sql[duckdb]'"}


class Database:
    """Runs queries of one database; a call that takes too long is given up."""

    def __init__(self, url: str, settings: SqlSettings) -> None:
        self.location = redacted(url)
        self.url = _parsed(url, settings)
        self._settings = settings
        self._engine = _engine(self.url, settings)
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="sql")
        self._closed = False

    def rows(self, sql: str) -> list[Mapping[str, Any]]:
        """Return the rows of a query; raise FetchError with what is wrong."""
        return self._within(lambda: self._rows(sql))

    def ping(self) -> None:
        """Raise FetchError if the database does not answer."""
        self._within(lambda: self._rows("SELECT 1"))

    def _rows(self, sql: str) -> list[Mapping[str, Any]]:
        with self._connection() as connection:
            result = connection.execute(text(sql))
            names = list(result.keys()) if result.returns_rows else []
            if not names:
                raise FetchError("the query returns no columns; write a SELECT")
            twice = next((name for name in names if names.count(name) > 1), "")
            if twice:
                raise FetchError(f"the query returns the column {twice!r} twice; name one with AS")
            found = result.fetchmany(self._settings.most_rows + 1)
        if len(found) > self._settings.most_rows:
            raise FetchError(
                f"the query returns more than {self._settings.most_rows:,} rows; add a LIMIT, or"
                " raise most_rows"
            )
        return [dict(zip(names, row, strict=True)) for row in found]

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            try:
                yield connection
            finally:
                if self._closed:  # meanwhile, and the pool that would close it is gone
                    connection.invalidate()

    def _within(self, call: Callable[[], T]) -> T:
        future = self._pool.submit(call)
        try:
            return future.result(self._settings.timeout)
        except TooLate:
            future.cancel()
            words = f"{self.location}: no answer within {self._settings.timeout:g} s"
            raise FetchError(words, everywhere=True, late=True) from None
        except FetchError as error:
            raise FetchError(f"{self.location}: {error.problem}") from None
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise database_error(error, self.location) from None

    def close(self) -> None:
        """Close idle connections; a call that still runs ends by itself."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()


def _parsed(url: str, settings: SqlSettings) -> URL:
    try:
        found = make_url(url)
    except ArgumentError:
        raise SourceError(
            f"{redacted(url)} is no usable address; write postgresql://HOST/NAME, or"
            " sqlite:////path/to/file"
        ) from None
    if found.get_backend_name() == "postgresql":
        found = found.set(drivername="postgresql+psycopg")
    if settings.user:
        found = found.set(username=settings.user)
    return found if settings.password is None else found.set(password=settings.password.reveal())


def _engine(url: URL, settings: SqlSettings) -> Engine:
    backend = url.get_backend_name()
    try:
        if backend == "sqlite":
            return create_engine(url, poolclass=NullPool, creator=lambda: _sqlite(url, settings))
        if backend == "duckdb":
            # Opened for each query: DuckDB shares a file with no writer.
            return create_engine(url, poolclass=NullPool, connect_args={"read_only": True})
        return create_engine(
            url,
            pool_size=2,
            max_overflow=0,
            pool_timeout=settings.timeout,
            pool_pre_ping=True,
            isolation_level="AUTOCOMMIT",
            connect_args=postgresql_options(settings),
        )
    except (NoSuchModuleError, ModuleNotFoundError):
        package = _PACKAGES.get(backend, "the package of its driver")
        raise SourceError(f"{backend}:// needs more: pip install {package}") from None


def postgresql_options(settings: SqlSettings) -> dict[str, Any]:
    """Return what makes a connection read only and lets none of its statements hang."""
    limit = int(settings.timeout * 1000)
    return {
        "connect_timeout": 2,
        "application_name": "muntin",
        "options": f"-c default_transaction_read_only=on -c statement_timeout={limit}",
    }


def _sqlite(url: URL, settings: SqlSettings) -> sqlite3.Connection:
    path = quote(url.database or "")
    connection = sqlite3.connect(
        f"file:{path}?mode=ro", uri=True, timeout=settings.timeout / 2, check_same_thread=False
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def database_error(error: Exception, location: str) -> FetchError:
    """Return why there is no answer; never more than the first line of the database's words."""
    cause = getattr(error, "orig", None) or error
    line = next(iter(str(cause).strip().splitlines()), type(cause).__name__)[:200]
    if "authentication failed" in line or "no password supplied" in line:
        words = "it refuses these credentials; set user and password in the source's table"
        return FetchError(f"{location}: {words}", everywhere=True)
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    away = any(words in line for words in ("connect", "terminating", "starting up", "shutting"))
    if lost or (away and isinstance(error, OperationalError | InterfaceError)):
        return FetchError(f"{location}: the database cannot be reached", everywhere=True)
    if "unable to open database file" in line or ("does not exist" in line and "IO Error" in line):
        return FetchError(f"{location}: there is no such file, or it may not be read")
    return FetchError(f"{location}: {line}")
