"""Waiting for changes: where the file system tells, where it does not, where it stops to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from muntin.sources.files import watching as watch
from muntin.sources.files.directory import DirectorySource
from muntin.sources.files.watching import Watch
from muntin.testing import FakeClock

Put = Callable[..., Path]


def exhausted(_: list[str]) -> Any:
    raise OSError(28, "OS file watch limit reached")


class Deaf:
    """A notifier that reports nothing, and can break."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.closed = False

    def watch(self, _debounce: int, _step: int, timeout: int, stop: threading.Event) -> str:
        if self.error is not None:
            raise self.error
        return "stop" if stop.wait(timeout / 1000) else "timeout"

    def close(self) -> None:
        self.closed = True


def test_event_names_the_changed_path(tmp_path: Path) -> None:
    stop = threading.Event()
    looking = Watch([str(tmp_path)])
    assert looking.has_events

    (tmp_path / "nav.json").touch()
    named = looking.wait(5, stop)
    looking.close()

    assert named == {str(tmp_path / "nav.json")}


def test_wait_ends_after_its_time_and_at_stop(tmp_path: Path) -> None:
    stop = threading.Event()
    looking = Watch([str(tmp_path)])

    assert looking.wait(0.01, stop) == frozenset()
    stop.set()
    assert looking.wait(60, stop) == frozenset()
    looking.close()


def test_directory_replaced_by_another_is_watched(tmp_path: Path) -> None:
    root = tmp_path / "state"
    looking = Watch([str(root)])
    assert not looking.has_events

    root.mkdir()
    looking.refresh()
    assert looking.has_events
    root.rename(tmp_path / "old")
    root.mkdir()
    looking.refresh()
    (root / "nav.json").touch()

    assert looking.wait(5, threading.Event()) == {str(root / "nav.json")}
    looking.close()


def test_without_events_files_are_followed_by_the_clock(
    follow: Any, put: Put, nav: Any, tmp_path: Path, clock: FakeClock, monkeypatch: Any
) -> None:
    """Watches exhausted: said in one line, and nothing is missed."""
    monkeypatch.setattr(watch, "notifier", exhausted)
    with capture_logs() as logs:
        follower = follow(DirectorySource(tmp_path, clock))
        for n in range(3):
            put(nav, n)
            follower.wait_value(nav, n)

    lines = [entry for entry in logs if entry["log_level"] == "warning"]
    assert len(lines) == 1
    assert "limit reached" in lines[0]["problem"]


@pytest.mark.parametrize("error", [OSError("lost"), RuntimeError("inotify broke")])
def test_events_that_break_off_are_replaced_by_the_clock(
    follow: Any, put: Put, nav: Any, tmp_path: Path, clock: FakeClock, monkeypatch: Any, error: Any
) -> None:
    deaf = Deaf()
    monkeypatch.setattr(watch, "notifier", lambda _: deaf)
    follower = follow(DirectorySource(tmp_path, clock, poll=0.05))
    put(nav, 1)
    follower.wait_value(nav, 1)

    deaf.error = error
    put(nav, 2)
    follower.wait_value(nav, 2)

    assert deaf.closed


def test_change_without_an_event_is_found_by_the_poll(
    follow: Any, put: Put, nav: Any, tmp_path: Path, clock: FakeClock, monkeypatch: Any
) -> None:
    """Network file systems report only what this machine did."""
    monkeypatch.setattr(watch, "notifier", lambda _: Deaf())
    follower = follow(DirectorySource(tmp_path, clock, poll=0.05))

    put(nav, 1)
    follower.wait_value(nav, 1)


def test_events_are_tried_again_later(tmp_path: Path, monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(watch, "notifier", exhausted)
        looking = Watch([str(tmp_path)])
    looking.refresh()
    assert not looking.has_events
    monkeypatch.setattr(watch, "RETRY_AFTER", -1.0)

    with capture_logs() as logs:
        looking.refresh()

    assert looking.has_events
    assert [entry["event"] for entry in logs] == ["file events are back"]
    looking.close()


def test_signal_is_passed_on(tmp_path: Path, monkeypatch: Any) -> None:
    deaf = Deaf()
    monkeypatch.setattr(deaf, "watch", lambda *_: "signal")
    monkeypatch.setattr(watch, "notifier", lambda _: deaf)

    with pytest.raises(KeyboardInterrupt):
        Watch([str(tmp_path)]).wait(1, threading.Event())


def test_polling_can_be_asked_for(tmp_path: Path) -> None:
    looking = Watch([str(tmp_path)], force_polling=True)

    assert not looking.has_events
    assert looking.wait(0.01, threading.Event()) == frozenset()
