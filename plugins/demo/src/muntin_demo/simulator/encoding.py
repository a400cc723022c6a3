"""What the simulator calls a document, and how one becomes bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

#: One JSON object, about to be written.
Document = dict[str, object]


def iso(seconds: float) -> str:
    """The instant in ISO 8601 with an explicit UTC offset, as every original writer puts it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def encode(document: object) -> bytes:
    """The document as UTF-8 JSON ending in a newline."""
    return (json.dumps(document) + "\n").encode()
