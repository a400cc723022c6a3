from __future__ import annotations

import asyncio
import math
import struct

import pytest
from bench.figures import middle, number, percentile, spread
from bench.state import percent
from bench.viewers.dash import _request
from bench.viewers.socket import Viewer


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)) == (
        50,
        99,
        100,
    )


def test_nothing_measured_is_no_number() -> None:
    assert math.isnan(percentile([], 0.5))
    assert math.isnan(middle([math.nan]))
    assert spread([math.nan]) == "–"


def test_a_spread_has_the_median_and_both_ends() -> None:
    assert spread([3.0, 1.0, 2.0, math.nan]) == "2.00 (1.00–3.00)"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0374, "0.0374"), (12.34, "12.3"), (1234.5, "1,234"), (0, "0")]
)
def test_a_figure_has_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    head = bytes([0x80 | opcode, size]) if size < 126 else struct.pack("!BBH", 0x81, 126, size)
    return head + payload


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_frames_are_found_however_the_bytes_are_cut(chunk: int) -> None:
    async def run() -> tuple[list[bytes], int]:
        got: list[bytes] = []
        viewer = Viewer(b"", lambda _viewer, payload, _at: got.append(payload))
        stream = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + frame(1, b"a") + frame(1, b"b" * 300)
        stream += frame(8, struct.pack("!H", 4008) + b"too slow")
        for start in range(0, len(stream), chunk):
            viewer.data_received(stream[start : start + chunk])
        return got, viewer.code

    assert asyncio.run(run()) == ([b"a", b"b" * 300], 4008)


def test_the_body_for_dash_names_every_output() -> None:
    callback = {
        "output": "..nav.children...donut.figure..",
        "inputs": [{"id": "tick", "property": "n_intervals"}],
    }
    body = _request(callback)(7)
    assert b'"outputs": [{"id": "nav", "property": "children"}, {"id": "donut"' in body
    assert b'"value": 7' in body


def test_a_share_may_be_rounded_as_it_is_and_as_floats_have_it() -> None:
    assert set(percent(0.5125, 1)) == {"51.2", "51.3"}
