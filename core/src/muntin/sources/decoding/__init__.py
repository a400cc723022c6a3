"""Bytes to raw documents, in the form that a feed declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.sources.decoding.errors import Undecodable
from muntin.sources.decoding.json_text import decode_json
from muntin.state.feeds import Feed
from muntin.state.snapshots import PARSER_FAULTS

#: The forms other than JSON by name: module and function, imported when a feed needs them.
_FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "arrow": ("arrow", "decode_arrow"),
        "csv": ("csv_text", "decode_csv"),
        "parquet": ("arrow", "decode_parquet"),
        "text": ("plain", "decode_text"),
        "toml": ("plain", "decode_toml"),
    }
)


def decode(feed: Feed[Any], data: bytes) -> Any:
    """Return the raw document of a feed from its bytes.

    Raise Undecodable saying what is wrong and where; a feed's own function may also raise
    MalformedFeed or EmptyFeed.
    """
    try:
        return decoder(feed)(data)
    except (Undecodable, MalformedFeed, EmptyFeed):
        raise
    except ModuleNotFoundError as error:
        raise Undecodable(_missing(feed, error)) from None
    except MemoryError:
        raise Undecodable("too large to be held in memory") from None
    except PARSER_FAULTS as error:
        problem = f"the decoder of {feed.name!r} failed: {type(error).__name__}: {error}"
        raise Undecodable(problem[:300]) from None


def decoder(feed: Feed[Any]) -> Callable[[bytes], Any]:
    """Return what decodes a feed's documents."""
    if callable(feed.decode):
        return feed.decode
    if feed.form == "json":
        return decode_json
    module, name = _FORMS[feed.form]
    found: Callable[[bytes], Any] = getattr(import_module(f"{__name__}.{module}"), name)
    return found


def _missing(feed: Feed[Any], error: ModuleNotFoundError) -> str:
    package = (error.name or "a package").partition(".")[0]
    how = "'muntin[parquet]'" if package == "pyarrow" else package
    return f"{feed.name!r} is read as {feed.form}, which needs {package}: pip install {how}"


__all__ = ["Undecodable", "decode", "decode_json", "decoder"]
