"""What a client may send, from the ordinary to the impossible: strategies of bytes."""

from __future__ import annotations

import json
import struct
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

PULL = "PULL-DOC-REQ"
#: Messages that are answered at once, as a pull is not.
OTHERS = ("PATCH-DOC", "SERVER-INFO-REQ", "OK", "ACK", "")


def _length(declared: int, size: int) -> bytes:
    """Return the bytes that declare a length; `declared` picks the form, right or wrong."""
    if declared == 126:
        return struct.pack("!H", size & 0xFFFF)
    if declared == 127:
        return struct.pack("!Q", size)
    return b""


@st.composite
def frames(draw: st.DrawFn, payloads: st.SearchStrategy[bytes]) -> bytes:
    """Return one frame: any opcode, any flags, masked or not, with a length that may be a lie."""
    payload = draw(payloads)
    opcode = draw(st.sampled_from((1, 1, 0, 2, 8, 9, 10)) | st.integers(0, 15))
    flags = draw(st.sampled_from((0x80, 0x80, 0x80, 0, 0xC0, 0x10)))
    mask = draw(st.sampled_from((bytes(4), bytes(4), b"\x01\x02\x03\x04", None)))
    size = draw(st.sampled_from((len(payload), len(payload), 0, 65_536, 2**63 - 1, 2**64 - 1)))
    short = draw(st.sampled_from((None, None, 126, 127)))
    if short is None:
        short = size if size < 126 else 126 if size < 65_536 else 127
    head = bytes([flags | opcode, (0x80 if mask is not None else 0) | short])
    body = bytes(c ^ (mask or bytes(4))[i % 4] for i, c in enumerate(payload))
    return head + _length(short, size) + (mask or b"") + body


def sound(payload: bytes, opcode: int = 1, *, final: bool = True) -> bytes:
    """Return a frame with nothing wrong in it."""
    size = len(payload)
    short = size if size < 126 else 126 if size < 65_536 else 127
    return (
        bytes([(0x80 if final else 0) | opcode, 0x80 | short])
        + _length(short, size)
        + (bytes(4) + payload)
    )


@st.composite
def fragmented(draw: st.DrawFn, payload: bytes) -> bytes:
    """Return a text message in one frame or several, pings between them."""
    pieces = draw(st.lists(st.integers(0, len(payload)), max_size=3).map(sorted))
    edges = [0, *pieces, len(payload)]
    out = b""
    for index, (start, end) in enumerate(pairwise(edges)):
        final = index == len(edges) - 2
        out += sound(payload[start:end], 0 if index else 1, final=final)
        if not final and draw(st.booleans()):
            out += sound(b"between", 9)
    return out


@st.composite
def messages(draw: st.DrawFn, kinds: tuple[str, ...] = (PULL, *OTHERS)) -> bytes:
    """Return a whole Bokeh message, well-formed, with buffers or without."""
    header: dict[str, Any] = {
        "msgtype": draw(st.sampled_from(kinds)),
        "msgid": draw(st.text(min_size=1, max_size=5)),
    }
    buffers = draw(st.integers(0, 2))
    if buffers:
        header["num_buffers"] = buffers
    out = draw(fragmented(json.dumps(header).encode())) + sound(b"{}") + sound(b"{}")
    return out + b"".join(sound(b'{"id":1}') + sound(b"\0\xff", 2) for _ in range(buffers))


#: Payloads: nothing, text that is nearly a header, close codes, no UTF-8, much.
payloads = (
    st.sampled_from(
        (
            b"", b"{}", b"[", b"null", b'{"msgtype":1}', b'{"msgtype":"PULL-DOC-REQ"}',
            b'{"msgtype":"X","num_buffers":-1}', b'{"msgtype":"X","num_buffers":1e9}',
            b"\x03\xe8", b"\x03", b"\x03\xed", b"\xff\xff\xff", b"[" * 3000, b"x" * 125, b"x" * 126,
            b"\xed\xa0\x80",
        )
    )
    | st.binary(max_size=20)
)  # fmt: skip

#: Whatever comes over a WebSocket.
anything = (
    messages() | frames(payloads) | st.binary(min_size=1, max_size=60)
    | st.sampled_from((sound(b"", 10), sound(b"", 9), sound(b"", 1, final=False))).flatmap(
        lambda one: st.integers(1, 900).map(lambda times: one * times)
    )
)  # fmt: skip
