"""The settings of the webhook. Importing this is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from muntin import Limits, Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """The table ``[plugin.webhook]``."""

    #: Where events are posted to; often it holds a token, so it comes from the environment or a
    #: file. Nothing is sent without one.
    url: Secret | None = None
    #: Signs what is sent.
    secret: Secret | None = None
    #: Kinds of event that are sent; all of them if none is named.
    kinds: tuple[str, ...] = ()
    #: Seconds that the other side may take to answer.
    timeout: Annotated[float, Limits(ge=0.1, le=60)] = 5.0
    #: Seconds after which an event that cannot be delivered is given up.
    give_up: Annotated[float, Limits(ge=0, le=86400)] = 3600.0

    def __post_init__(self) -> None:
        if self.url is not None and not self.url.reveal().startswith(("http://", "https://")):
            raise ValueError("url must begin with http:// or https://")
