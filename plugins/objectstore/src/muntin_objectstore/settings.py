"""The settings of an object store. Importing this is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from muntin import Limits, Secret


@dataclass(frozen=True, slots=True)
class ObjectStoreSettings:
    """The table of a source that is read from an object store: ``[source]``, ``[sources.NAME]``."""

    #: Seconds between two looks at all objects, which is one listing of their folder.
    interval: Annotated[float, Limits(ge=0.2, le=3600)] = 2.0
    #: Seconds that the store may take to answer.
    timeout: Annotated[float, Limits(ge=0.5, le=4)] = 3.0
    #: Access key and secret of S3 and stores like it; without them those of the environment.
    key: str = ""
    secret: Secret | None = None
    #: Address of a store that speaks S3 and is not Amazon's.
    endpoint: str = ""
    region: str = ""
    #: Credentials file of Google's store; without it those of the environment.
    token_file: Path | None = None

    def __post_init__(self) -> None:
        if bool(self.key) is not (self.secret is not None):
            raise ValueError("key and secret are given together")
        if self.token_file is not None and not self.token_file.is_file():
            raise ValueError(f"token_file: there is no file {str(self.token_file)!r}")
