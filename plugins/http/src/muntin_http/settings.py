"""The settings of an HTTP source. Importing this is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from muntin import Limits, Secret


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """The table of a source that is read over HTTP: ``[source]``, or ``[sources.NAME]``."""

    #: Seconds between two requests for a document.
    interval: Annotated[float, Limits(ge=0.1, le=3600)] = 5.0
    #: Seconds that one document may take to arrive, connecting included.
    timeout: Annotated[float, Limits(ge=0.1, le=120)] = 4.0
    #: User and password, sent as HTTP basic authentication.
    user: str = ""
    password: Secret | None = None
    #: A token, sent as ``Authorization: Bearer``.
    token: Secret | None = None
    #: Certificates to trust instead of the usual ones, for a server with its own authority.
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.token is not None and (self.user or self.password is not None):
            raise ValueError("give either user and password, or a token")
        if bool(self.user) is not (self.password is not None):
            raise ValueError("user and password are given together")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise ValueError(f"ca_file: there is no file {str(self.ca_file)!r}")

    @property
    def has_credentials(self) -> bool:
        """True if requests carry any credentials."""
        return self.token is not None or bool(self.user)
