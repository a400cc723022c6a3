"""The settings of a SQL source. Importing this is cheap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from muntin import Limits, Secret


@dataclass(frozen=True, slots=True)
class Query:
    """One query, which is one feed."""

    #: A SELECT; it is run in a read-only transaction.
    sql: str
    #: What becomes the document: ``rows``, an object with the list `rows` (or a frame, for a feed
    #: whose form is one); ``row``, the first row as an object; ``document``, the text of the first
    #: column of the first row.
    shape: Literal["rows", "row", "document"] = "rows"
    #: The column of the rows' own time; the newest is the document's `updated_at`.
    time: str = ""

    def __post_init__(self) -> None:
        if not self.sql.strip():
            raise ValueError("sql is empty")


@dataclass(frozen=True, slots=True)
class SqlSettings:
    """The table of a source that is read from a database: ``[source]``, or ``[sources.NAME]``."""

    #: Queries by the feed that each of them is.
    queries: Mapping[str, Query] = field(default_factory=dict)
    #: Seconds between two runs of a query.
    interval: Annotated[float, Limits(ge=0.1, le=3600)] = 2.0
    #: Seconds that a query may take.
    timeout: Annotated[float, Limits(ge=0.1, le=3)] = 2.0
    #: PostgreSQL only: a channel; NOTIFY on it runs the query its payload names, all without one.
    listen: str = ""
    #: Rows that a query may return.
    most_rows: Annotated[int, Limits(ge=1, le=1_000_000)] = 50_000
    user: str = ""
    password: Secret | None = None

    def __post_init__(self) -> None:
        if self.listen and not self.listen.isidentifier():
            raise ValueError(f"listen: {self.listen!r} is no name of a channel")
