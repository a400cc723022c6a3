"""The Bokeh protocol as the server speaks it, over raw sockets: shared and read-only."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from tests.kit import PATIENCE, Server, nav, serving
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from muntin import Page
from muntin.live.frames import Update
from muntin.live.relay import TOO_SLOW, Relay
from muntin.live.stage import Stage
from muntin.store import Store

T = TypeVar("T")


def in_loop(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what a coroutine returns, run in a loop of its own; the browser's may run here."""
    done: list[T] = []
    failed: list[BaseException] = []

    def target() -> None:
        try:
            done.append(asyncio.run(asyncio.wait_for(run(), 3 * PATIENCE)))
        except BaseException as error:  # noqa: BLE001  # handed over to the test's own thread
            failed.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


@dataclass(frozen=True)
class Message:
    """One message of the Bokeh protocol, frame by frame."""

    frames: tuple[str | bytes, ...]

    @property
    def header(self) -> dict[str, Any]:
        header: dict[str, Any] = json.loads(self.frames[0])
        return header

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.frames[2])
        return content

    @property
    def kind(self) -> str:
        return str(self.header["msgtype"])

    @property
    def revision(self) -> int:
        """The revision of the page that a PATCH-DOC leads to."""
        told = [e["msg_data"] for e in self.content["events"] if e.get("msg_type") == "muntin"]
        return int(told[0][0])


class Client:
    """One viewer without a browser."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection
        self._closed = False

    async def frame(self) -> str | bytes | None:
        """Return the next frame, None once the connection is closed."""
        if self._closed:
            return None
        frame = await asyncio.wait_for(self.connection.read_message(), PATIENCE)
        self._closed = frame is None
        return frame

    async def read(self) -> Message:
        """Return the next message."""
        frames: list[str | bytes] = []
        wanted = 3
        while len(frames) < wanted:
            frame = await self.frame()
            assert frame is not None, "the server closed the connection"
            frames.append(frame)
            if len(frames) == 1:
                wanted = 3 + 2 * json.loads(frame).get("num_buffers", 0)
        return Message(tuple(frames))

    async def find(self, wanted: Callable[[Message], bool]) -> Message:
        """Return the first message that is wanted; the ones before are dropped."""
        while True:
            message = await self.read()
            if wanted(message):
                return message

    async def patch(self) -> Message:
        """Return the next PATCH-DOC."""
        return await self.find(lambda message: message.kind == "PATCH-DOC")

    async def send(
        self, kind: str, content: dict[str, Any] | None = None, msgid: str = "m1"
    ) -> None:
        """Send one message."""
        for part in ({"msgid": msgid, "msgtype": kind}, {}, content or {}):
            await self.connection.write_message(json.dumps(part))

    async def pull(self, msgid: str = "pull-1") -> Message:
        """Ask for the document and return the reply."""
        await self.send("PULL-DOC-REQ", msgid=msgid)
        return await self.find(lambda message: message.kind == "PULL-DOC-REPLY")

    async def closed(self) -> None:
        """Return once the server has closed the connection."""
        while await self.frame() is not None:
            pass

    async def close(self) -> None:
        """Close the connection and return once it is."""
        self.connection.close()
        await self.closed()


async def connect(server: Server, query: str = "") -> Client:
    """Return a connected viewer."""
    address = f"ws://127.0.0.1:{server.port}/overview/ws{query}"
    request = HTTPRequest(address, headers={"Origin": server.url})
    return Client(await websocket_connect(request, subprotocols=["bokeh", "token"]))


@asynccontextmanager
async def viewers(
    server: Server, count: int = 1, query: str = "?rev=1"
) -> AsyncIterator[list[Client]]:
    """Connect viewers that follow, each greeted and caught up; close them in the end."""
    clients = [await connect(server, query=query) for _ in range(count)]
    try:
        for client in clients:
            await client.pull()
        yield clients
    finally:
        for client in clients:
            await client.close()


def handshake(server: Server, origin: str) -> int:
    """Return the status of the answer to the wish for a WebSocket."""
    headers = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": origin,
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", "/overview/ws", headers=headers)
    answer = connection.getresponse()
    answer.close()
    connection.close()
    return answer.status


def slices(reply: Message) -> dict[str, Any]:
    """Return the data of `aum_slices` in a pulled document."""
    for model in _models(reply.content["doc"]):
        if model.get("attributes", {}).get("name") == "aum_slices":
            entries: list[list[Any]] = model["attributes"]["data"]["entries"]
            return dict(entries)
    raise AssertionError("the document holds no aum_slices")


def _models(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "attributes" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _models(child)


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
            return await client.find(
                lambda m: m.kind == "PATCH-DOC" and "12321" in str(m.frames[2])
            )

    patch = in_loop(run)

    assert "12,321.00" in str(patch.frames[2])


def test_what_a_viewer_sends_is_answered_and_not_applied(server: Server) -> None:
    """A shared document is read-only: no viewer changes what another one sees."""

    async def run() -> tuple[Message, Message, Message]:
        async with viewers(server, 2) as (sender, other):
            before = await other.pull("before")
            source = next(
                m
                for m in _models(before.content["doc"])
                if m["attributes"].get("name") == "aum_slices"
            )
            change = {
                "kind": "ModelChanged", "model": {"id": source["id"]}, "attr": "data",
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
            await other.find(lambda m: m.kind == "PATCH-DOC" and "12002" in str(m.frames[2]))
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
            return await other.find(lambda m: m.kind == "PATCH-DOC" and "12003" in str(m.frames[2]))

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


# ---------------------------------------------------------------- the relay by itself


class FakeSocket:
    """A connection that takes everything, or nothing."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.sent: list[bytes] = []
        self.dropped: list[int] = []
        self._stuck = stuck
        self._owed = 0

    def send(self, frames: bytes) -> None:
        self.sent.append(frames)
        self._owed += len(frames) if self._stuck else 0

    def owed(self) -> int:
        return self._owed

    def drop(self, code: int, reason: str) -> None:
        del reason
        self.dropped.append(code)


@pytest.fixture
def stage() -> Stage:
    return Stage(Page("test", "Test"), Store(()), emit=lambda update: None)


def test_a_reader_that_takes_nothing_is_dropped_at_the_bound_of_bytes(stage: Stage) -> None:
    """It costs the others nothing: they get every update, before and after."""
    relay = Relay(stage, owed_bytes=10_000, owed_seconds=1e9)
    good, stuck = FakeSocket(), FakeSocket(stuck=True)
    relay.join(good, 1)
    relay.join(stuck, 1)
    for revision in range(1, 101):
        relay.broadcast(Update(revision, b"x" * 1000))

    assert sum(frames == b"x" * 1000 for frames in good.sent) == 100
    assert sum(frames == b"x" * 1000 for frames in stuck.sent) <= 10
    assert (stuck.dropped, good.dropped) == ([TOO_SLOW], [])
    assert relay.counts.dropped == 1
    assert len(relay.viewers) == 1


def test_a_reader_that_owes_for_too_long_is_dropped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little it is, and though no update comes: signs of life are enough to notice."""
    now = [100.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], perf_counter=time.perf_counter)
    monkeypatch.setattr("muntin.live.relay.time", clock)
    relay = Relay(stage, owed_bytes=10_000, owed_seconds=10.0)
    stuck = FakeSocket(stuck=True)
    relay.join(stuck, 1)
    for _ in range(14):
        now[0] += 1.0
        relay.beat()

    assert stuck.dropped == [TOO_SLOW]


def test_a_viewer_that_pulls_gets_document_then_what_came_since(stage: Stage) -> None:
    """Nothing is lost and nothing comes twice while the document is being written."""
    relay = Relay(stage)
    socket = FakeSocket()
    viewer = relay.join(socket, 1)
    relay.hold(viewer)
    for revision in (4, 5, 6):
        relay.broadcast(Update(revision, f"update-{revision}".encode()))
    held = list(socket.sent)
    relay.deliver(viewer, "r1", 5, b"document")
    relay.broadcast(Update(7, b"update-7"))

    assert not any(frames.startswith(b"update") for frames in held)
    assert socket.sent[len(held)].endswith(b"document")
    assert socket.sent[len(held) + 1 :] == [b"update-6", b"update-7"]


# ---------------------------------------------------------------- HTTP


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/overview/nowhere", "/static/0000000000000000/muntin.js", "/-/secrets",
     "/static/../../etc/passwd", "/overview/autoload.js", "/pipelin", "//overview", "/%00"],
)  # fmt: skip
def test_unknown_addresses_are_not_found(server: Server, path: str) -> None:
    answer = server.get(path)

    assert answer.status == 404
    assert "Traceback" not in answer.text


def test_the_root_leads_to_the_first_page(server: Server) -> None:
    answer = server.get("/")

    assert answer.status in {302, 303, 307}
    assert answer.headers["Location"] == "/overview"


@pytest.mark.parametrize(
    ("path", "kind", "holds"),
    [
        ("/healthz", "text/plain", "ok"),
        ("/readyz", "text/plain", "ready"),
        ("/metrics", "text/plain", "muntin_viewers"),
        ("/-/feeds", "application/json", '"nav"'),
        ("/-/plugins", "application/json", '"overview"'),
        ("/overview", "text/html", "<h1>"),
    ],
)
def test_an_address_answers(server: Server, path: str, kind: str, holds: str) -> None:
    answer = server.get(path)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(kind)
    assert holds in answer.text


def test_every_answer_forbids_scripts_in_the_page_and_foreign_hosts(server: Server) -> None:
    policy = server.get("/overview").headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))

    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in scripts
    assert "http" not in policy
