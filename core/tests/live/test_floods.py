"""A viewer that sends without end costs a few hundred frames, whatever they are, and is closed."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from core.tests.live.peers import (
    CLOSE,
    CONTINUATION,
    FLOODS,
    PING,
    PULL,
    TEXT,
    Peer,
    masked,
    message,
)
from wsproto.frame_protocol import FrameDecoder

from muntin.live.relay import viewer_socket as line
from muntin.live.relay.relay import Relay
from muntin.testing import FakeClock

#: Frames that may be parsed of one flood, of which some have 43,000.
MOST = 400


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that gets every frame, or part of one, that is parsed."""
    frames: list[Any] = []
    original = FrameDecoder.process_buffer

    def counting(self: Any) -> Any:
        frame = original(self)
        if frame is not None:
            frames.append(frame)
        return frame

    monkeypatch.setattr(FrameDecoder, "process_buffer", counting)
    return frames


@pytest.fixture
def relay() -> Relay:
    """Return a relay whose document is 100 kB."""
    stage: Any = SimpleNamespace(
        now=FakeClock(),
        shown=SimpleNamespace(revision=5),
        catch_up=lambda: b"",
        look=lambda: None,
        pull=lambda done: done(5, b"x" * 100_000),
    )
    return Relay(stage)


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a connection that does not close a moment instead of a second."""
    monkeypatch.setattr(line, "GRACE", 0.05)


def flooded(relay: Relay, data: bytes, early: bytes = b"") -> bytes:
    """Send a flood over a socket until the connection is gone; return what came back."""

    async def run() -> bytes:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        peer = Peer(theirs)
        try:
            await line.receive(relay, ours, early, 5)
            async with asyncio.timeout(20):
                await asyncio.gather(peer.send(data), peer.read_to_end())
                while relay.viewers:  # noqa: ASYNC110  # until the loop has noticed
                    await asyncio.sleep(0)
        finally:
            peer.close()
        return peer.got

    return asyncio.run(run())


@pytest.mark.parametrize("kind", FLOODS)
def test_flood_is_closed_after_a_few_hundred_frames(
    relay: Relay, parsed: list[Any], kind: str
) -> None:
    got = flooded(relay, FLOODS[kind])

    assert 0 < len(parsed) <= MOST
    assert relay.counts.cut == 1
    assert b"\x03\xf0too many messages" in got


def test_nothing_is_parsed_after_a_close(relay: Relay, parsed: list[Any]) -> None:
    got = flooded(relay, masked(b"\x03\xe8", CLOSE) + FLOODS["pongs"])

    assert got.endswith(b"\x88\x02\x03\xe8")
    assert len(parsed) == 1


def test_what_comes_with_the_handshake_counts_too(relay: Relay, parsed: list[Any]) -> None:
    got = flooded(relay, b"", early=FLOODS["pongs"][:65536])

    assert b"too many messages" in got
    assert len(parsed) <= MOST


def test_nothing_is_parsed_after_a_cut(relay: Relay, parsed: list[Any]) -> None:
    flooded(relay, masked(b"no json") + message(*PULL) * 50)

    assert len(parsed) == 1


def test_documents_that_a_flood_of_pulls_is_sent_are_few(relay: Relay) -> None:
    got = flooded(relay, FLOODS["pulls"])

    assert got.count(b"PULL-DOC-REPLY") <= 30


def test_fragments_of_nothing_are_not_kept(relay: Relay) -> None:
    """One in two seconds for a year would else be held for as long."""

    async def run() -> int:
        ours, theirs = socket.socketpair()
        peer = Peer(theirs)
        made = line.ViewerSocket(relay, asyncio.get_running_loop())
        made.viewer = relay.join(made, 5)
        ours.setblocking(False)
        await line.connect(made, ours)
        await peer.send(masked(b"", TEXT, final=False) + masked(b"", CONTINUATION, final=False) * 9)
        await peer.send(masked(b"seen", 9))
        await peer.hear(b"\x8a\x04seen")
        kept = len(made._text)
        peer.close()
        while relay.viewers:  # noqa: ASYNC110  # until the loop has noticed
            await asyncio.sleep(0)
        return kept

    assert asyncio.run(run()) == 0


def test_client_that_is_gone_is_not_written_to(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    """Each write to a connection that is lost is logged by asyncio."""

    async def run() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        await line.receive(relay, ours, b"", 5)
        theirs.sendall(masked(b"x", PING) * 200)
        theirs.close()
        while relay.viewers:  # noqa: ASYNC110  # until the loop has noticed
            await asyncio.sleep(0)

    asyncio.run(run())

    assert caplog.records == []
