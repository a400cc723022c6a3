"""The Bokeh protocol as the server speaks it, over raw sockets: shared and read-only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.kit import PATIENCE, Server, nav, serving
from tests.protocol import Message, connect, handshake, in_loop, viewers


def slices_model(reply: Message) -> dict[str, Any]:
    """Return the model of `aum_slices` in a pulled document."""
    for model in models(reply.content["doc"]):
        if model["attributes"].get("name") == "aum_slices":
            return model
    raise AssertionError("the document holds no aum_slices")


def slices(reply: Message) -> dict[str, Any]:
    """Return the data of `aum_slices` in a pulled document."""
    return dict(slices_model(reply)["attributes"]["data"]["entries"])


def models(node: Any) -> Iterator[dict[str, Any]]:
    """Return every model at or below a part of a document."""
    if isinstance(node, dict):
        if "attributes" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from models(child)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("protocol") / "state") as server:
        yield server


@pytest.fixture(autouse=True)
def healthy(server: Server) -> None:
    server.state.heal()
    server.wait_figure("nav", data_value="12000.5", data_status="live")
    for name in ("kpis_v7", "nav_state", "positions_state"):
        server.wait_feed(name, "live")


def test_a_viewer_is_greeted_and_told_the_time(server: Server) -> None:
    async def run() -> tuple[Message, Message]:
        client = await connect(server)
        greeting, beat = await client.read(), await client.read()
        await client.close()
        return greeting, beat

    greeting, beat = in_loop(run)

    assert greeting.kind == "ACK"
    assert abs(beat.content["now"] / 1000 - time.time()) < 5


def test_the_document_is_pulled_in_answer_to_its_request(server: Server) -> None:
    """BokehJS holds on to `reqid`: the reply names the message it answers."""

    async def run() -> Message:
        client = await connect(server)
        reply = await client.pull("request-77")
        await client.close()
        return reply

    reply = in_loop(run)

    assert reply.header["reqid"] == "request-77"
    assert slices(reply)["label"] == ["Futures", "BTC", "XAUT"]
    assert slices(reply)["value"] == [12000.5, 4500.0, 2000.0]


def test_a_change_is_a_patch(server: Server) -> None:
    async def run() -> Message:
        async with viewers(server) as (client,):
            server.state.put("nav", nav(12321.0))
            return await client.patch("12321")

    patch = in_loop(run)

    assert "12,321.00" in str(patch.frames[2])


def test_what_a_viewer_sends_is_answered_and_not_applied(server: Server) -> None:
    """A shared document is read-only: no viewer changes what another one sees."""

    async def run() -> tuple[Message, Message, Message]:
        async with viewers(server, 2) as (sender, other):
            before = await other.pull("before")
            change = {
                "kind": "ModelChanged", "model": {"id": slices_model(before)["id"]}, "attr": "data",
                "new": {"type": "map", "entries": [["label", ["Mine"]], ["value", [1.0]]]},
            }  # fmt: skip
            await sender.send("PATCH-DOC", {"events": [change]}, "evil-1")
            answer = await sender.find(lambda m: m.header.get("reqid") == "evil-1")
            return before, answer, await other.pull("after")

    before, answer, after = in_loop(run)

    assert answer.kind == "OK"
    assert slices(after) == slices(before)


@pytest.mark.parametrize(
    "frames",
    [
        ["not json at all"],
        ["[]"],
        ["{}"],
        ["null"],
        [b"\x00\xff\x00"],
        ["[" * 5000],
        ['{"msgtype": "PULL-DOC-REQ", "num_buffers": 1e9}', *["{}"] * 80],
        ["x" * 200_000],
    ],
    ids=["text", "list", "object", "null", "binary", "nested", "endless", "large"],
)
def test_garbage_closes_at_most_the_connection_it_came_over(
    server: Server, frames: list[str | bytes]
) -> None:
    async def run() -> bool:
        async with viewers(server) as (other,):
            sender = await connect(server)
            for frame in frames:
                await sender.connection.write_message(frame, binary=isinstance(frame, bytes))
            if len(frames) == 1:
                await sender.closed()
            server.state.put("nav", nav(12002.0))
            await other.patch("12002")
            await sender.close()
            return True

    assert in_loop(run)
    assert server.get("/healthz").status == 200


def test_a_flood_of_messages_closes_only_the_flooder(server: Server) -> None:
    async def run() -> Message:
        async with viewers(server) as (other,):
            sender = await connect(server)
            for _ in range(200):
                await sender.send("SERVER-INFO-REQ")
            await sender.closed()
            await sender.close()
            server.state.put("nav", nav(12003.0))
            return await other.patch("12003")

    assert in_loop(run).kind == "PATCH-DOC"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:1",
        "null",
        "{url}.evil.example",
        "file://",
        "http://127.0.0.1",
    ],
)
def test_pages_of_other_origins_are_refused(server: Server, origin: str) -> None:
    """A stranger's page in the viewer's browser must not read the fund."""
    assert handshake(server, origin.replace("{url}", server.url)) == 403


def test_the_page_itself_is_let_in(server: Server) -> None:
    assert handshake(server, server.url) == 101


def test_many_viewers_get_the_same_bytes_encoded_once(server: Server) -> None:
    """The cost of an update does not grow with those who watch, but for the sending."""

    def encodes() -> float:
        return server.metric("muntin_stage_encodes_total", page="overview")

    async def run() -> tuple[float, list[Message], float]:
        async with viewers(server, 50) as clients:
            before = encodes()
            server.state.put("nav", nav(12345.0))
            got = await asyncio.gather(*(client.patch() for client in clients))
            return before, list(got), encodes()

    before, got, after = in_loop(run)

    assert len({message.frames for message in got}) == 1
    assert after - before == 1


def test_viewers_are_counted_and_forgotten(server: Server) -> None:
    async def run() -> float:
        async with viewers(server, 3):
            return server.metric("muntin_viewers", page="overview")

    counted = in_loop(run)

    assert counted >= 3
    deadline = time.monotonic() + PATIENCE
    while server.metric("muntin_viewers", page="overview"):
        assert time.monotonic() < deadline


def test_a_document_rewritten_unchanged_is_not_sent(server: Server) -> None:
    """Producers write the same again and again; viewers are told when something is new."""

    async def run() -> list[str]:
        data = server.state.path("nav").read_bytes()
        async with viewers(server) as (client,):
            # What tests before this one wrote may still be on its way: signs of life only come
            # while nothing else is sent, and two of them lie further apart than two looks.
            quiet = 0
            while quiet < 2:
                quiet = quiet + 1 if (await client.read()).kind == "OK" else 0
            server.state.put("nav", data)
            return [(await client.read()).kind for _ in range(2)]

    assert set(in_loop(run)) == {"OK"}


def test_a_viewer_of_an_old_revision_is_caught_up_at_once(server: Server) -> None:
    """What changed between loading the page and opening the socket is not lost."""

    async def run() -> Message:
        client = await connect(server, query="?rev=0")
        patch = await client.patch()
        await client.close()
        return patch

    assert "12,000.50" in str(in_loop(run).frames[2])
