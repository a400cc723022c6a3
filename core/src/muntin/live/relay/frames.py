"""Finished WebSocket frames, and messages of the Bokeh protocol that need nothing of Bokeh."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

TEXT, BINARY, CLOSE, PONG = 1, 2, 8, 10


@dataclass(frozen=True, slots=True)
class Update:
    """One change, encoded once for all viewers; revision 0 is a heartbeat."""

    revision: int
    frames: bytes
    #: Seconds from the wake to the finished frames.
    seconds: float = 0.0


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return one finished, unmasked WebSocket frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
    return head + payload


def close_frame(code: int, reason: str) -> bytes:
    """Return the frame that closes a WebSocket with a code and a short reason."""
    return frame(struct.pack("!H", code) + reason.encode()[:120], CLOSE)


def message_frames(header: dict[str, Any], body: bytes) -> bytes:
    """Return the frames of a Bokeh message whose metadata and content are `body`."""
    return frame(json.dumps(header).encode()) + body


def simple_frames(kind: str, content: dict[str, Any], request: str = "") -> bytes:
    """Return the frames of a small message (ACK, OK, SERVER-INFO-REPLY, ERROR)."""
    header = {"msgid": kind.lower(), "msgtype": kind} | ({"reqid": request} if request else {})
    return message_frames(header, frame(b"{}") + frame(json.dumps(content).encode()))
