"""JSON documents: tolerant in form, strict in meaning, one kind of error for the rest."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections import Counter
from typing import Any

from muntin.sources.decoding.errors import Undecodable

#: Levels of objects and lists within each other; no real document comes near it.
DEEPEST = 200

#: An integer of more digits becomes an infinity, which no field accepts as a value.
LONGEST_INTEGER = 400

#: Lists and objects, and commas, that a document may have: above it is a log or a dump. A page of
#: 10,000 rows of 20 columns has a twentieth of the first and a fifth of the second.
MOST_CONTAINERS, MOST_VALUES = 200_000, 1_000_000

_PIECE = 256 * 1024

#: What a document in another encoding starts with; the longer marks come first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def decode_json(data: bytes) -> Any:
    """Return the raw JSON of a document, or raise Undecodable saying why there is none.

    Accepted beyond the standard: a byte order mark, NaN and infinities (kept: the field that reads
    one calls it invalid, the rest of the document lives), integers of any length, control
    characters in texts, and lone surrogates (replaced, so that nothing later fails to encode).
    """
    _check_size(data)
    text = text_of(data)
    try:
        raw = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Undecodable(_syntax_problem(text, error)) from None
    except RecursionError:
        raise Undecodable("nested too deeply") from None
    except MemoryError:
        raise Undecodable("too large to be held in memory") from None
    _check_depth(raw)
    escaped = "\\u" in text and _SURROGATE_ESCAPE.search(text)
    return _without_surrogates(raw) if escaped else raw


def _check_size(data: bytes) -> None:
    """Raise Undecodable for more values than can be decoded without stopping every other thread.

    Decoding is one call that no other thread interrupts, and so is freeing what it made.
    """
    if len(data) < min(MOST_CONTAINERS, MOST_VALUES):
        return
    containers = values = 0
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        containers += piece.count(b"[") + piece.count(b"{")
        values += piece.count(b",")
        if containers > MOST_CONTAINERS:
            raise Undecodable(f"more than {MOST_CONTAINERS:,} lists and objects")
        if values > MOST_VALUES:
            raise Undecodable(f"more than {MOST_VALUES:,} values")


def text_of(data: bytes) -> str:
    """Return a document as text; raise Undecodable unless it is UTF-8 and holds something."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise Undecodable(f"not UTF-8 but {encoding}, from byte 0 on")
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + len(data) - len(body)
        raise Undecodable(f"not UTF-8: byte 0x{data[at]:02x} at position {at}") from None
    if not text.strip():
        what = "only white space" if text else "0 bytes"
        raise Undecodable(f"the document is empty ({what})", empty=True)
    if not text.strip("\0"):
        raise Undecodable(f"nothing but {len(text)} zero bytes")
    return text


def _syntax_problem(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        line = text.count("\n") + 1
        return f"not JSON: cut off at line {line}, after {len(text):,} characters"
    what = error.msg[:1].lower() + error.msg[1:]
    return f"not JSON: {what} at line {error.lineno}, column {error.colno}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        name = _SURROGATE.sub("\ufffd", counts.most_common(1)[0][0][:80])
        raise Undecodable(
            f"the key {name!r} stands more than once in an object: which is right cannot be known"
        )
    return found


def _integer(digits: str) -> int | float:
    if len(digits) <= LONGEST_INTEGER:
        return int(digits)
    return -math.inf if digits.startswith("-") else math.inf


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, strict=False)


def _check_depth(raw: Any) -> None:
    level = [raw]
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise Undecodable("nested too deeply")


def _without_surrogates(raw: Any) -> Any:
    if isinstance(raw, str):
        return _SURROGATE.sub("\ufffd", raw)
    if isinstance(raw, list):
        return [_without_surrogates(value) for value in raw]
    if isinstance(raw, dict):
        return _object(
            [(_SURROGATE.sub("\ufffd", k), _without_surrogates(v)) for k, v in raw.items()]
        )
    return raw
