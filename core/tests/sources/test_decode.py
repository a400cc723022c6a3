"""Bytes to JSON: what is accepted, and what is said of the rest."""

from __future__ import annotations

import json
import math
import sys
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.sources.decoding import Undecodable, decode_json
from muntin.state.feeds import Feed
from muntin.state.fields import Presence
from muntin.state.nodes import Node
from muntin.state.snapshots import Reading, read
from muntin.testing import FakeClock

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=25,
)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"n": 1}', {"n": 1}),
        (b'\xef\xbb\xbf{"n": 1}', {"n": 1}),
        (b"\r\n [1]\r\n", [1]),
        ('"Zürich €"'.encode(), "Zürich €"),
        (b"null", None),
        (b"-0.0", -0.0),
        (b'"a\x00\x1b[31m\nb"', "a\x00\x1b[31m\nb"),
        (b'{"\\u0000": "\\u0000"}', {"\x00": "\x00"}),
        (b'{"__proto__": {"constructor": 1}}', {"__proto__": {"constructor": 1}}),
    ],
)
def test_document_is_decoded_f109(data: bytes, value: Any) -> None:
    """F109: a byte order mark is no error, and no control character does harm."""
    assert decode_json(data) == value


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_nothing_at_all_is_empty_f96(data: bytes) -> None:
    """F96: a file truncated to nothing is told from a broken one."""
    with pytest.raises(Undecodable, match="empty") as caught:
        decode_json(data)

    assert caught.value.empty


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"n": 1', "cut off at line 1, after 7 characters"),
        (b'{"n": "abc', "cut off at line 1, after 10 characters"),
        (b'{\n"n": tru\n}', "at line 2, column 6"),
        (b'{"n": 1}}', "extra data at line 1, column 9"),
        (b"{'n': 1}", "at line 1, column 2"),
        (b'{"n": \xff}', "byte 0xff at position 6"),
        (b'\xef\xbb\xbf{"n": \xff}', "byte 0xff at position 9"),
        ('{"n": 1}'.encode("utf-16"), "UTF-16"),
        ('{"n": 1}'.encode("utf-16-be"), "not JSON"),
        (b'\xfe\xff\x00{\x00"', "UTF-16"),
        ('{"n": 1}'.encode("utf-32"), "UTF-32"),
        (b"\0" * 4096, "nothing but 4096 zero bytes"),
        (b'{"n": 1, "m": 2, "n": 3}', "the key 'n' stands more than once"),
        (b'[{"a": {"n": 1, "\\u006e": 1}}]', "the key 'n' stands more than once"),
        (b'{"\\ud800": 1, "\\udc00": 2}', "stands more than once"),
    ],
)
def test_broken_document_is_told_with_its_place_f25(data: bytes, problem: str) -> None:
    """F25: unreadable is said in one sentence that helps to find the place."""
    with pytest.raises(Undecodable) as caught:
        decode_json(data)

    assert problem in caught.value.problem
    assert "\n" not in caught.value.problem
    assert not caught.value.empty


@pytest.mark.parametrize("depth", [201, 1000, 10_000, 150_000])
@pytest.mark.parametrize(("left", "right"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_is_refused(depth: int, left: bytes, right: bytes) -> None:
    with pytest.raises(Undecodable, match="too deeply"):
        decode_json(left * depth + b"1" + right * depth)


def test_moderate_nesting_is_fine() -> None:
    assert decode_json(b"[" * 150 + b"]" * 150)


@pytest.mark.parametrize("literal", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000])
def test_odd_number_costs_only_itself_f81(literal: bytes) -> None:
    """F81: what is not finite reaches its field, which calls it invalid; the rest lives."""
    node = Node(decode_json(b'{"n": %s, "m": 2}' % literal), "nav")

    assert node.number("n").presence is Presence.INVALID
    assert node.number("m").value == 2


@pytest.mark.parametrize(("digits", "value"), [(400, None), (401, math.inf), (10**6, math.inf)])
def test_long_integer_does_not_raise(digits: int, value: float | None) -> None:
    found = decode_json(b"-" + b"7" * (digits - 1))

    assert found == (-value if value else -int("7" * 399))


def test_lone_surrogates_are_replaced() -> None:
    """Nothing that is decoded fails to be encoded later; real pairs stay."""
    found = decode_json(b'{"\\ud83d\\ude00": ["\\ud800x", {"a\\udfff": "\\\\ud800"}]}')

    assert found == {"\U0001f600": ["\ufffdx", {"a\ufffd": "\\ud800"}]}
    assert json.dumps(found, ensure_ascii=False).encode()


@pytest.mark.skipif(sys.gettrace() is not None, reason="coverage slows every call")
def test_large_document_is_decoded_in_milliseconds() -> None:
    """A nav_state.json of 90 kB costs less than 5 ms."""
    series = [{"t": "2025-11-26T20:15:00+00:00", "equity": 3905.7, "n": n} for n in range(1450)]
    data = json.dumps({"updated_at": 1764188100.1, "series": series}).encode()
    assert len(data) > 90_000

    def cost() -> float:
        started = time.process_time()
        decode_json(data)
        return time.process_time() - started

    assert min(cost() for _ in range(5)) < 0.005


@given(JSON)
def test_every_json_value_comes_back(value: Any) -> None:
    assert decode_json(json.dumps(value).encode()) == value
    with suppress(UnicodeEncodeError):
        assert decode_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_only_undecodable(data: bytes) -> None:
    with suppress(Undecodable):
        decode_json(data)


@given(st.dictionaries(st.text(), JSON, min_size=1), st.data())
def test_every_prefix_of_a_document_is_undecodable_f96(
    document: dict[str, Any], data: st.DataObject
) -> None:
    """F96: no part of an object is taken for the whole."""
    whole = json.dumps(document).encode()
    end = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(Undecodable):
        decode_json(whole[:end])


@given(JSON)
def test_any_document_gives_a_reading_f26(value: Any) -> None:
    """Whatever stands in a document, reading it never raises."""

    def parse(raw: Any) -> Any:
        node = Node(raw, "nav")
        return [node.number("n", "a.b"), node.text("s"), node.time("t"), list(node.rows("rows"))]

    now = FakeClock().now
    reading = read(Feed("nav", parse), decode_json(json.dumps(value).encode()), now)

    assert isinstance(reading, Reading)
    assert reading.status(now)
