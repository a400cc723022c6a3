"""New connections are accepted a few at a time, and all of them in the end."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tornado.netutil import bind_sockets

from muntin.web.accept_throttle import AT_ONCE, AcceptThrottle


@pytest.fixture
def listening() -> Iterator[AcceptThrottle]:
    with AcceptThrottle(bind_sockets(0, "127.0.0.1")[0]) as made:
        yield made


def turn(listening: AcceptThrottle) -> int:
    """Accept as Tornado does, until there is no more; return how many were accepted."""
    accepted = 0
    while True:
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return accepted
        accepted += 1


def test_one_turn_accepts_a_few_and_the_next_turns_all_others(listening: AcceptThrottle) -> None:
    outside = [socket.create_connection(listening.getsockname()) for _ in range(2 * AT_ONCE + 3)]

    assert [turn(listening) for _ in range(4)] == [AT_ONCE, AT_ONCE, 3, 0]
    for one in outside:
        one.close()


def test_a_few_are_accepted_at_once_again_after_a_turn_without_any(
    listening: AcceptThrottle,
) -> None:
    assert turn(listening) == 0
    outside = [socket.create_connection(listening.getsockname()) for _ in range(AT_ONCE)]

    assert [turn(listening), turn(listening)] == [AT_ONCE, 0]
    for one in outside:
        one.close()
