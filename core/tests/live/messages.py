"""Reads what goes over the wire: finished frames, and the Bokeh messages they are the parts of."""

from __future__ import annotations

import json
import struct
from typing import Any


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """Return opcode and payload of every frame; each must be final and unmasked."""
    found = []
    while data:
        assert data[0] & 0xF0 == 0x80
        size, start = data[1], 2
        if size == 126:
            size, start = struct.unpack("!H", data[2:4])[0], 4
            assert size >= 126
        elif size == 127:
            size, start = struct.unpack("!Q", data[2:10])[0], 10
            assert size >= 65536
        assert size < 2**63
        found.append((data[0] & 15, data[start : start + size]))
        data = data[start + size :]
    return found


def parts(data: bytes) -> list[Any]:
    """Return every frame's payload, read as JSON."""
    return [json.loads(payload) for _, payload in frames(data)]


def messages(data: bytes) -> list[list[Any]]:
    """Return every message as its parts: header, metadata, content."""
    found = parts(data)
    return [found[index : index + 3] for index in range(0, len(found), 3)]


def events_of(data: bytes) -> list[dict[str, Any]]:
    """Return the events of a PATCH-DOC; buffers may follow it."""
    header, content = (json.loads(frames(data)[index][1]) for index in (0, 2))
    assert header["msgtype"] == "PATCH-DOC"
    events: list[dict[str, Any]] = content["events"]
    return events


def delta_of(data: bytes) -> list[Any]:
    """Return what the page's own script gets: revision, leaves, panels, feeds, scripts."""
    [told] = [event["msg_data"] for event in events_of(data) if event["kind"] == "MessageSent"]
    assert isinstance(told, list)
    return told
