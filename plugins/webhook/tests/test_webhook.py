"""Events reach a real server: signed, in order, again after faults, and never hold anything up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from muntin import Event, Secret
from muntin.sources import Backoff
from muntin_webhook import Settings, muntin_event
from muntin_webhook.sender import Sender

WAIT = 30.0
KEY = "not-a-real-key"


class Receiver:
    """The other side: answers with a status, or not at all, and keeps what came."""

    def __init__(self) -> None:
        self.status = 204
        self.hanging = threading.Event()
        self._news = threading.Condition()
        self.came: list[tuple[int, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.status
                receiver.take(status, dict(self.headers), body)
                if status == 0:
                    receiver.hanging.wait(WAIT)
                    return
                self.send_response(status)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?token={KEY}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, status: int, headers: dict[str, str], body: bytes) -> None:
        with self._news:
            self.came.append((status, {k.lower(): v for k, v in headers.items()}, body))
            self._news.notify_all()

    def wait(self, ready: Any) -> None:
        with self._news:
            assert self._news.wait_for(lambda: ready(self), WAIT), self.came

    @property
    def taken(self) -> list[dict[str, Any]]:
        return [json.loads(body) for status, _, body in self.came if status == 204]

    def close(self) -> None:
        self.hanging.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def event(subject: str = "nav", kind: str = "feed-status") -> Event:
    return Event(kind, subject, "live to stale", datetime(2026, 11, 27, 2, 15, tzinfo=UTC))


@pytest.fixture
def sender(receiver: Receiver) -> Iterator[Sender]:
    made = sender_to(receiver)
    made.start()
    yield made
    made.stop()


def sender_to(receiver: Receiver, limit: int = 1000, **more: Any) -> Sender:
    settings = Settings(Secret(receiver.url), Secret(KEY), **more)
    return Sender(settings, limit, lambda: Backoff(0.01, 0.05))


def test_an_event_is_a_json_document_with_a_sentence(receiver: Receiver, sender: Sender) -> None:
    sender.put(event())
    receiver.wait(lambda it: it.taken)

    assert receiver.taken == [
        {
            "kind": "feed-status",
            "subject": "nav",
            "detail": "live to stale",
            "at": "2026-11-27T02:15:00+00:00",
            "text": "feed-status nav: live to stale",
        }
    ]


def test_it_is_signed_as_standard_webhooks_say(receiver: Receiver, sender: Sender) -> None:
    sender.put(event())
    receiver.wait(lambda it: it.taken)

    [(_, headers, body)] = receiver.came
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(KEY.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [500, 503, 408, 429, 302])
def test_what_fails_is_sent_again_under_its_name_and_in_order(
    receiver: Receiver, sender: Sender, status: int
) -> None:
    receiver.status = status
    for subject in ("first", "second"):
        sender.put(event(subject))
    receiver.wait(lambda it: len(it.came) > 2)
    receiver.status = 204
    receiver.wait(lambda it: len(it.taken) == 2)

    assert [one["subject"] for one in receiver.taken] == ["first", "second"]
    first = [headers["webhook-id"] for _, headers, body in receiver.came if b"first" in body]
    assert len(set(first)) == 1
    assert sender.dropped == 0


def test_a_server_that_does_not_answer_in_time_is_asked_again(receiver: Receiver) -> None:
    receiver.status = 0
    sender = sender_to(receiver, timeout=0.1)
    sender.start()
    sender.put(event())
    receiver.wait(lambda it: len(it.came) > 1)
    receiver.status = 204

    receiver.wait(lambda it: it.taken)
    sender.stop()


def test_what_is_refused_is_not_sent_again(receiver: Receiver, sender: Sender) -> None:
    receiver.status = 400
    sender.put(event("refused"))
    receiver.wait(lambda it: it.came)
    receiver.status = 204
    sender.put(event("next"))
    receiver.wait(lambda it: it.taken)

    assert [status for status, _, body in receiver.came if b"refused" in body] == [400]
    assert sender.dropped == 1


def test_an_event_that_cannot_be_delivered_is_given_up(receiver: Receiver) -> None:
    receiver.status = 500
    sender = sender_to(receiver, give_up=0)
    sender.start()
    sender.put(event("lost"))
    receiver.wait(lambda it: it.came)
    receiver.status = 204
    sender.put(event("next"))
    receiver.wait(lambda it: it.taken)
    sender.stop()

    assert [one["subject"] for one in receiver.taken] == ["next"]


def test_a_full_queue_drops_and_counts_and_says_so_once(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    sender = sender_to(receiver, limit=3)  # not started: nothing leaves the queue
    for number in range(10):
        sender.put(event(str(number)))

    assert sender.dropped == 7
    assert [record.getMessage() for record in caplog.records] == [
        "webhook: 3 events wait; new ones are dropped"
    ]


def test_stopping_takes_a_moment_whatever_hangs(receiver: Receiver) -> None:
    receiver.status = 0
    sender = sender_to(receiver, timeout=60)
    sender.start()
    sender.put(event())
    receiver.wait(lambda it: it.came)
    before = time.monotonic()
    sender.stop()

    assert time.monotonic() - before < 5


def test_no_token_of_the_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    url = Secret(f"http://127.0.0.1:9/hook?token={KEY}")  # the port of discard: refused
    sender = Sender(Settings(url, give_up=0))
    sender.start()
    sender.put(event())
    deadline = time.monotonic() + WAIT
    while not sender.dropped and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    sender.stop()

    assert sender.dropped == 1
    assert KEY not in caplog.text


def test_only_kinds_that_are_named_are_sent(receiver: Receiver) -> None:
    settings = Settings(Secret(receiver.url), kinds=("panel-failed",))
    muntin_event(event(), settings)
    muntin_event(event("page/panel", "panel-failed"), settings)
    receiver.wait(lambda it: it.taken)

    assert [one["kind"] for one in receiver.taken] == ["panel-failed"]


def test_without_an_address_nothing_is_sent() -> None:
    before = threading.active_count()
    muntin_event(event(), Settings())

    assert threading.active_count() == before


def test_an_address_of_another_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="must begin with http"):
        Settings(Secret("ftp://host/"))
