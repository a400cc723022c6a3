"""Messages between two processes: whole, in order, and open sockets with them."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from muntin.live.workers.channel import Channel, Message


class Ends:
    """Two ends of a channel, and what the second has heard."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Message] = asyncio.Queue()
        self.lost: asyncio.Queue[str] = asyncio.Queue()
        one, two = socket.socketpair()
        self.one = Channel(one, lambda _: None, lambda: self.lost.put_nowait("one"))
        self.two = Channel(two, self.heard.put_nowait, lambda: self.lost.put_nowait("two"))

    async def hear(self, count: int) -> list[Message]:
        async with asyncio.timeout(10):
            return [await self.heard.get() for _ in range(count)]


def run(job: Callable[[Ends], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        ends = Ends()
        try:
            return await job(ends)
        finally:
            ends.one.close()
            ends.two.close()

    return asyncio.run(whole())


def test_messages_come_whole_and_in_order() -> None:
    async def job(ends: Ends) -> None:
        for number in range(200):
            ends.one.send("update", b"x" * (number * 997), number=number)
        heard = await ends.hear(200)

        assert [message.facts["number"] for message in heard] == list(range(200))
        assert [len(message.body) for message in heard] == [n * 997 for n in range(200)]
        assert ends.one.owed == 0

    run(job)


def test_what_the_other_end_has_not_taken_is_owed() -> None:
    async def job(ends: Ends) -> None:
        ends.one.send("update", b"x" * 5_000_000)
        assert ends.one.owed > 1_000_000
        await ends.hear(1)
        assert ends.one.owed == 0

    run(job)


def test_open_sockets_come_with_their_messages() -> None:
    async def job(ends: Ends) -> None:
        pairs = [socket.socketpair() for _ in range(20)]
        ends.one.send("before", b"x" * 3_000_000)
        for index, (_, given) in enumerate(pairs):
            ends.one.send("viewer", b"y" * 100_000, given, index=index)
            ends.one.send("between")
        heard = [one for one in await ends.hear(41) if one.kind == "viewer"]

        for index, (mine, given) in enumerate(pairs):
            handle = heard[index].handle
            assert given.fileno() == -1
            assert handle is not None
            os.write(handle, b"%d" % index)
            assert mine.recv(10) == b"%d" % index
            os.close(handle)
            mine.close()

    run(job)


def test_end_that_goes_is_noticed_once() -> None:
    async def job(ends: Ends) -> None:
        ends.two.close()
        async with asyncio.timeout(10):
            assert [await ends.lost.get(), await ends.lost.get()] == ["two", "one"]
        ends.one.close()
        assert ends.lost.empty()

    run(job)


def test_socket_given_to_nobody_is_closed() -> None:
    async def job(ends: Ends) -> None:
        mine, given = socket.socketpair()
        ends.one.close()
        ends.one.send("viewer", b"", given)
        assert given.fileno() == -1
        mine.close()

    run(job)
