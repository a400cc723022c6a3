"""What waits for a stage: merged at the page's pace, later where nobody looks, at once if asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from muntin.live.stage import inbox as module
from muntin.live.stage.inbox import IDLE, Inbox

WAIT = 20.0
NAV = frozenset({"nav"})


class Reader:
    """Takes from an inbox on a thread of its own, as a stage does."""

    def __init__(self, refresh: float = 0.0, *, watched: bool = True) -> None:
        self.watched, self.held = watched, False
        self.inbox: Inbox[str] = Inbox(refresh, lambda: self.watched, lambda: self.held)
        self.taken: list[tuple[frozenset[str], list[str]]] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while (work := self.inbox.take()) is not None:
            with self._news:
                self.taken.append(work)
                self._news.notify_all()

    def start(self) -> Reader:
        self._thread.start()
        return self

    def wait(self, count: int) -> list[tuple[frozenset[str], list[str]]]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.taken) >= count, WAIT), self.taken
            return self.taken

    def stop(self) -> None:
        self.inbox.stop()
        self._thread.join(WAIT)
        assert not self._thread.is_alive()


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader(watched=True)
    yield reader
    reader.stop()


@pytest.fixture
def unwatched() -> Iterator[Reader]:
    """Return one whose first change has been taken, so that the next has to wait."""
    reader = Reader(watched=False).start()
    reader.inbox.change(NAV)
    reader.wait(1)
    yield reader
    reader.stop()


def test_changes_are_merged_and_taken_once(reader: Reader) -> None:
    reader.inbox.change(NAV)
    reader.inbox.change(frozenset({"kpis"}))
    reader.start().wait(1)
    reader.inbox.change(NAV)

    assert reader.wait(2) == [(frozenset({"nav", "kpis"}), []), (NAV, [])]


def test_change_that_nobody_looks_at_waits_until_somebody_does(unwatched: Reader) -> None:
    unwatched.inbox.change(NAV)
    assert unwatched.inbox.behind
    assert len(unwatched.taken) == 1

    assert unwatched.inbox.settle(WAIT)
    assert not unwatched.inbox.behind
    assert unwatched.taken == [(NAV, []), (NAV, [])]


def test_newcomer_has_changes_taken(unwatched: Reader) -> None:
    unwatched.inbox.change(NAV)
    unwatched.watched = True
    unwatched.inbox.look()

    assert unwatched.wait(2)[1] == (NAV, [])


def test_job_comes_after_the_changes_that_waited(unwatched: Reader) -> None:
    unwatched.inbox.change(NAV)
    unwatched.inbox.add("pull")

    assert unwatched.wait(2)[1] == (NAV, ["pull"])


def test_job_need_not_wait_for_the_pace() -> None:
    reader = Reader(refresh=1000.0).start()
    reader.inbox.look()
    reader.inbox.change(NAV)
    reader.wait(1)
    reader.inbox.change(NAV)
    reader.inbox.add("pull")

    assert reader.wait(2) == [(NAV, []), (frozenset(), ["pull"])]
    reader.stop()


def test_page_that_nobody_looks_at_is_drawn_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    inbox: Inbox[str] = Inbox(0.1, lambda: False, lambda: False)
    inbox.change(NAV)
    assert inbox.take() == (NAV, [])
    inbox.change(NAV)
    now[0] += IDLE

    assert inbox.take() == (NAV, [])


def test_update_waits_while_the_last_one_is_sent_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]

    def wait(_: object, timeout: float | None = None) -> bool:
        now[0] += timeout or 0.0
        return True

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(threading.Condition, "wait", wait)
    inbox: Inbox[str] = Inbox(0.0, lambda: True, lambda: True)
    inbox.change(NAV)
    inbox.take()
    inbox.change(NAV)
    began = now[0]

    assert inbox.take() == (NAV, [])
    assert 1.9 < now[0] - began < 2.1


def test_nothing_to_settle_is_settled(unwatched: Reader) -> None:
    assert unwatched.inbox.settle(WAIT)
    assert len(unwatched.taken) == 1


def test_what_takes_too_long_is_not_settled() -> None:
    inbox: Inbox[str] = Inbox(0.1, lambda: False, lambda: False)
    inbox.change(NAV)

    assert not inbox.settle(0.01)
