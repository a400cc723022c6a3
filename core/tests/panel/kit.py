"""A Panel app at work on its stage, and what the stage hands to a relay."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

from core.tests.live.messages import frames

from muntin.live.relay.frames import Update
from muntin.pages import Page
from muntin.panel.broadcast.stage import AppStage
from muntin.state.store import Store
from muntin.testing import FakeClock

WAIT = 20.0


class RunningApp:
    """An app on its stage, and every update that the stage has emitted."""

    def __init__(self, app: Any, refresh: float = 0.02) -> None:
        self.clock = FakeClock()
        self.updates: list[Update] = []
        self.events: list[tuple[str, str, str]] = []
        self.watched, self.sending = True, False
        self._news = threading.Condition()
        self.stage = AppStage(
            Page("market", "Market", app=app),
            Store([], self.clock),
            refresh,
            lambda *event: self._note(self.events, event),
        )

    def start(self) -> RunningApp:
        self.stage.start(self)
        assert self.stage.ready.wait(WAIT)
        return self

    def emit(self, update: Update) -> None:
        self._note(self.updates, update)

    def _note(self, where: list[Any], what: Any) -> None:
        with self._news:
            where.append(what)
            self._news.notify_all()

    def wait(self, true: Callable[[], Any], what: str = "it") -> Any:
        """Wait until something is true of what was emitted or said, and return it."""
        with self._news:
            assert self._news.wait_for(lambda: true() or False, WAIT), what
            return true()

    def patches(self) -> Iterator[dict[str, Any]]:
        """Yield every change so far, as JSON."""
        for update in tuple(self.updates):
            for content, _ in messages(update.frames):
                yield from content["events"]

    def changes(self, attr: str) -> list[Any]:
        """Return the values that a property was given so far, in any model."""
        return [event["new"] for event in self.patches() if event.get("attr") == attr]

    def told(self) -> list[dict[str, Any]]:
        """Return what the page itself was told so far."""
        return [event["msg_data"] for event in self.patches() if event["kind"] == "MessageSent"]

    def pull(self) -> tuple[int, dict[str, Any]]:
        """Return the revision and the content of a pull's answer."""
        pulled: list[tuple[int, bytes]] = []
        self.stage.pull(lambda revision, body: self._note(pulled, (revision, body)))
        self.wait(lambda: pulled, "an answer to the pull")
        revision, body = pulled[0]
        content: dict[str, Any] = json.loads(frames(body)[1][1])
        return revision, content


def messages(data: bytes) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """Yield the content of every message, and its buffers."""
    payloads = [payload for _, payload in frames(data)]
    while payloads:
        buffers = json.loads(payloads[0]).get("num_buffers", 0)
        yield json.loads(payloads[2]), payloads[4 : 3 + 2 * buffers : 2]
        payloads = payloads[3 + 2 * buffers :]
