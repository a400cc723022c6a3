"""An event as it is sent: a JSON document, and the headers that name and sign it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime

from muntin import Event, Secret


def body_of(event: Event) -> bytes:
    """Return an event as JSON, with a sentence for chat services in ``text``."""
    document = {
        "kind": event.kind,
        "subject": event.subject,
        "detail": event.detail,
        "at": event.at.isoformat(),
        "text": f"{event.kind} {event.subject}: {event.detail}".rstrip(": "),
    }
    return json.dumps(document).encode()


def headers_of(name: str, sent_at: datetime, body: bytes, secret: Secret | None) -> dict[str, str]:
    """Return the headers of one attempt to deliver a message.

    They are those of the Standard Webhooks specification, version 1.0. `name` is the message's own
    and stays the same for each attempt; the time, and so the signature, is that of the attempt.
    """
    time = str(int(sent_at.timestamp()))
    headers = {
        "content-type": "application/json",
        "user-agent": "muntin-webhook",
        "webhook-id": name,
        "webhook-timestamp": time,
    }
    return headers | _signature(f"{name}.{time}.".encode() + body, secret)


def _signature(signed: bytes, secret: Secret | None) -> dict[str, str]:
    if secret is None:
        return {}
    digest = hmac.new(secret.reveal().encode(), signed, hashlib.sha256).digest()
    return {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}
