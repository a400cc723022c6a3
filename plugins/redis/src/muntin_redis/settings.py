"""The settings of a Redis source. Importing this is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from muntin import Limits, Secret


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """The table of a source that is read from Redis: ``[source]``, or ``[sources.NAME]``."""

    #: What stands before a feed's name in its key: ``fund:`` for ``fund:nav``.
    prefix: str = ""
    #: A hash that holds all documents, a field each, instead of a key each.
    hash: str = ""
    #: A stream whose entries name, in the field `feed`, a document that has changed.
    stream: str = ""
    #: Seconds between two looks at all documents; with a stream 30 will do.
    interval: Annotated[float, Limits(ge=0.1, le=3600)] = 1.0
    #: Seconds that Redis may take to answer.
    timeout: Annotated[float, Limits(ge=0.1, le=2)] = 1.5
    user: str = ""
    password: Secret | None = None
    #: Certificates to trust instead of the usual ones, with ``rediss://``.
    ca_file: Path | None = None
    #: Entries that `muntin mirror` keeps in the stream.
    stream_length: Annotated[int, Limits(ge=1)] = 10_000

    def __post_init__(self) -> None:
        if self.hash and self.prefix:
            raise ValueError("give either prefix or hash: a hash's fields are the feeds' names")
        if self.user and self.password is None:
            raise ValueError("user needs a password")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise ValueError(f"ca_file: there is no file {str(self.ca_file)!r}")
