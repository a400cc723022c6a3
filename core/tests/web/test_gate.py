"""The gate: newcomers come in a few at a time, and everybody comes in."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tornado.netutil import bind_sockets

from muntin.web.gate import AT_ONCE, Gate, gate


@pytest.fixture
def door() -> Iterator[Gate]:
    with gate(bind_sockets(0, "127.0.0.1")[0]) as made:
        yield made


def turn(door: Gate) -> int:
    """Accept as Tornado does, until there is nobody; return how many came in."""
    let_in = 0
    while True:
        try:
            door.accept()[0].close()
        except BlockingIOError:
            return let_in
        let_in += 1


def test_one_turn_lets_in_a_few_and_the_next_turns_all_others(door: Gate) -> None:
    outside = [socket.create_connection(door.getsockname()) for _ in range(2 * AT_ONCE + 3)]

    assert [turn(door) for _ in range(4)] == [AT_ONCE, AT_ONCE, 3, 0]
    for one in outside:
        one.close()


def test_a_few_come_in_at_once_again_after_nobody_was_there(door: Gate) -> None:
    assert turn(door) == 0
    outside = [socket.create_connection(door.getsockname()) for _ in range(AT_ONCE)]

    assert [turn(door), turn(door)] == [AT_ONCE, 0]
    for one in outside:
        one.close()
