"""What browsers can be sent: checked panel by panel, as encoding stops all charts of a page."""

from __future__ import annotations

from typing import Any

from bokeh.core.serialization import SerializationError, Serializer

from muntin.errors import MuntinError


class NotSendable(MuntinError):
    """A panel holds a value that browsers cannot be sent."""


def check_sendable(what: Any) -> None:
    """Raise NotSendable unless Bokeh can encode a model with all it refers to, or plain data."""
    try:
        Serializer().encode(what)
    except (SerializationError, TypeError, ValueError, OverflowError) as error:
        raise NotSendable(
            f"a chart holds what browsers cannot be sent ({error}); give it lists, arrays or"
            " columns of numbers, texts and times"
        ) from error
