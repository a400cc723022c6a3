"""Text and TOML documents."""

from __future__ import annotations

import tomllib
from typing import Any

from muntin.sources.decoding.errors import Undecodable
from muntin.sources.decoding.json_text import text_of


def decode_text(data: bytes) -> str:
    """Return a document as text; raise Undecodable unless it is UTF-8."""
    return text_of(data)


def decode_toml(data: bytes) -> dict[str, Any]:
    """Return a TOML document as a dict; dates and times stay what they are."""
    try:
        return tomllib.loads(text_of(data))
    except tomllib.TOMLDecodeError as error:
        what = str(error)
        raise Undecodable(f"not TOML: {what[:1].lower()}{what[1:]}") from None
    except RecursionError:
        raise Undecodable("nested too deeply") from None
