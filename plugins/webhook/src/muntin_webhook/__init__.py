"""Posts what happens to a webhook: a plugin that only listens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from muntin import Event, hookimpl
from muntin_webhook.settings import Settings

if TYPE_CHECKING:
    from muntin_webhook.sender import Sender

__all__ = ["Settings", "muntin_event"]


@hookimpl
def muntin_event(event: Event, settings: Settings) -> None:
    """Hand an event to the sender; returns at once."""
    if settings.url is not None and (not settings.kinds or event.kind in settings.kinds):
        _sender(settings).put(event)


@cache
def _sender(settings: Settings) -> Sender:
    """Return the sender that works by these settings, started at its first event."""
    from muntin_webhook.sender import Sender

    made = Sender(settings)
    made.start()
    return made
