"""Anything in any order, cut anywhere, over a viewer's socket: answers stay sound, work bounded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from core.tests.fuzz import hostile
from core.tests.fuzz.manual_loop import KeptTransport, ManualLoop
from core.tests.live.messages import frames as frames_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from wsproto.frame_protocol import FrameDecoder

from muntin.live.relay.allowance import GRACE
from muntin.live.relay.frames import Update, simple_frames
from muntin.live.relay.relay import Relay
from muntin.live.relay.viewer_socket import HEADER, LIMITS, READ, ViewerSocket
from muntin.testing import FakeClock

UPDATE = simple_frames("PATCH-DOC", {"events": []})


class Documents:
    """A stage of which only the document is asked; it answers a pull when the test says so."""

    def __init__(self) -> None:
        self.now = FakeClock()
        self.shown: Any = SimpleNamespace(revision=1)
        self.pulls: list[Callable[[int, bytes], None]] = []

    def catch_up(self) -> bytes:
        return UPDATE

    def look(self) -> None:
        """Nothing is drawn here."""

    def pull(self, done: Callable[[int, bytes], None]) -> None:
        self.pulls.append(done)

    def answer(self) -> None:
        waiting, self.pulls = self.pulls, []
        for done in waiting:
            done(self.shown.revision, simple_frames("document", {}))


class Connection:
    """A viewer's socket on a loop whose clock is turned by hand."""

    def __init__(self, loop: ManualLoop, revision: int | None = 1) -> None:
        self.loop, self.documents = loop, Documents()
        self.relay = loop.do(lambda: Relay(self.documents))
        self.line = ViewerSocket(self.relay, loop)
        self.transport = KeptTransport(self.line)
        loop.do(lambda: self.line.connection_made(self.transport))
        self.line.viewer = loop.do(lambda: self.relay.join(self.line, revision))

    def feed(self, data: bytes) -> int:
        """Have bytes read, as many as the connection takes now."""
        return self.loop.do(lambda: self.transport.feed(data))

    @property
    def answers(self) -> list[str]:
        """The requests that were answered, in order."""
        texts = [
            payload for opcode, payload in frames_of(bytes(self.transport.written)) if opcode == 1
        ]
        headers = [json.loads(text) for text in texts if b'"reqid"' in text]
        return [header["reqid"] for header in headers if header["reqid"] != "beat"]


@pytest.fixture(autouse=True, scope="module")
def parsed() -> Iterator[list[int]]:
    """Count the frames, and parts of frames, that are parsed."""
    original = FrameDecoder.process_buffer

    def counting(self: Any) -> Any:
        frame = original(self)
        Machine.parsed += frame is not None
        return frame

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FrameDecoder, "process_buffer", counting)
        yield []


class Machine(RuleBasedStateMachine):
    """One viewer's connection: what comes in is chosen, cut and mixed with what the server does."""

    parsed = 0

    @initialize(revision=st.sampled_from((None, 0, 1)))
    def connect(self, revision: int | None) -> None:
        self.loop = ManualLoop()
        self.made = Connection(self.loop, revision)
        self.coming = bytearray()
        Machine.parsed, self.began = 0, self.loop.now
        self.checked, self.said_close = 0, False

    @rule(data=hostile.anything)
    def send(self, data: bytes) -> None:
        self.coming += data

    @precondition(lambda self: self.coming)
    @rule(size=st.sampled_from((1, 2, 3, 7, 100, READ, READ)))
    def arrive(self, size: int) -> None:
        before = Machine.parsed
        was_closed = self.made.line._cut
        del self.coming[: self.made.feed(bytes(self.coming[:size]))]
        assert not was_closed or Machine.parsed == before, "parsed after a close"

    @rule(seconds=st.sampled_from((0.01, 0.5, 3.0)))
    def wait(self, seconds: float) -> None:
        self.loop.advance(seconds)

    @rule()
    def update(self) -> None:
        self.made.documents.shown.revision += 1
        number = self.made.documents.shown.revision
        self.loop.do(lambda: self.made.relay.broadcast(Update(number, UPDATE)))

    @rule()
    def answer(self) -> None:
        self.loop.do(self.made.documents.answer)

    @rule(owed=st.sampled_from((0, 0, 200_000, 5_000_000)))
    def owe(self, owed: int) -> None:
        self.made.transport.owed = owed

    @rule()
    def beat(self) -> None:
        self.loop.do(self.made.relay.beat)

    @precondition(lambda self: self.loop.now > self.began + 5)
    @rule(code=st.sampled_from((4401, 1001)))
    def expel(self, code: int) -> None:
        self.loop.do(lambda: self.made.relay.expel("", code, "over"))

    @precondition(lambda self: self.loop.now > self.began + 5)
    @rule()
    def lose(self) -> None:
        self.loop.do(self.made.transport.close)

    @invariant()
    def what_is_sent_is_sound(self) -> None:
        written = self.made.transport.written
        for opcode, _ in frames_of(bytes(written[self.checked :])):
            assert opcode in {1, 8, 10}
            assert not self.said_close, "something was sent after a close"
            self.said_close = opcode == 8
        self.checked = len(written)

    @invariant()
    def work_is_bounded(self) -> None:
        elapsed = self.loop.now - self.began
        assert Machine.parsed <= LIMITS.close_above + 1 + LIMITS.rate * elapsed

    @invariant()
    def memory_is_bounded(self) -> None:
        line = self.made.line
        assert len(line._text) <= HEADER
        if line._parser is not None:
            assert len(line._parser._proto._frame_decoder.buffer) <= READ + 200

    @invariant()
    def whoever_is_gone_is_forgotten(self) -> None:
        if self.made.transport.gone:
            assert not self.made.relay.viewers

    def teardown(self) -> None:
        if not hasattr(self, "made"):
            return
        line, transport = self.made.line, self.made.transport
        closing = line._closing
        self.loop.advance(GRACE + 0.5)
        assert transport.gone or not closing, "a closed connection stays open"
        self.loop.close()


def explore(examples: int, steps: int, *, repeat: bool) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            derandomize=repeat, suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


def test_connection_withstands_anything_in_any_order() -> None:
    explore(120, 60, repeat=True)


@pytest.mark.faults
def test_connection_withstands_anything_in_any_order_for_long() -> None:
    explore(4000, 100, repeat=False)


# ------------------------------------------------------------------ what is well-formed


@settings(max_examples=100, deadline=None)
@given(
    said=st.lists(hostile.messages(hostile.OTHERS), min_size=1, max_size=5).map(b"".join),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8),
)
def test_how_messages_are_cut_changes_no_answer(said: bytes, sizes: list[int]) -> None:
    def answers(pieces: list[bytes]) -> tuple[list[str], bytes]:
        loop = ManualLoop()
        made = Connection(loop)
        for piece in pieces:
            made.feed(piece)
            made.loop.do(made.documents.answer)
            loop.advance(5)  # what is slow enough is never too much
        found = made.answers, bytes(made.transport.written[-2:])
        loop.do(made.transport.close)
        loop.close()
        return found

    pieces: list[bytes] = []
    rest = said
    while rest:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(rest[:size])
        rest = rest[size:]
    whole = answers([said])
    assert whole
    assert answers(pieces) == whole
