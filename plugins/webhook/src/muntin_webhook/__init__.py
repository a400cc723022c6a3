"""Posts what happens to a webhook: a plugin that only listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin import Event, hookimpl
from muntin_webhook.settings import WebhookSettings

if TYPE_CHECKING:
    from muntin_webhook.sender import Sender

__all__ = ["Webhook", "WebhookSettings", "plugin"]


class Webhook:
    """The plugin: it keeps the sender, which is made at the first event."""

    Settings = WebhookSettings

    def __init__(self) -> None:
        self._sender: Sender | None = None

    @hookimpl
    def muntin_event(self, event: Event, settings: WebhookSettings) -> None:
        """Hand an event to the sender; returns at once."""
        if settings.url is None or (settings.kinds and event.kind not in settings.kinds):
            return
        if self._sender is None:
            from muntin_webhook.sender import Sender

            self._sender = Sender(settings.url, settings)
            self._sender.start()
        self._sender.put(event)


plugin = Webhook()
