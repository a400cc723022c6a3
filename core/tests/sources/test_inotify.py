"""File events of Linux: bursts are one answer, and who waits is woken by its end."""

from __future__ import annotations

import select
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from muntin.sources.files.inotify import Inotify
from muntin.sources.stopping import Stop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def reported(tmp_path: Path) -> Iterator[Inotify]:
    """Return what reports the changes in tmp_path."""
    notifier = Inotify([str(tmp_path)])
    yield notifier
    notifier.close()


def paths(found: set[tuple[int, str]] | str) -> set[str]:
    assert isinstance(found, set)
    return {path for _, path in found}


def test_burst_is_one_answer(reported: Inotify, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f".{name}").write_text("{}")
        (tmp_path / f".{name}").rename(tmp_path / name)

    named = paths(reported.watch(1000, 0, 5000, Stop()))

    assert {str(tmp_path / name) for name in ("a", "b", "c")} <= named


def test_names_that_are_no_text_are_reported(reported: Inotify, tmp_path: Path) -> None:
    path = tmp_path / "\udcff\udcfe"
    path.touch()

    assert paths(reported.watch(40, 0, 5000, Stop())) == {str(path)}


def test_directory_that_goes_ends_the_wait(reported: Inotify, tmp_path: Path) -> None:
    tmp_path.rmdir()

    assert reported.watch(40, 0, 60_000, Stop()) == set()


@pytest.mark.parametrize("kind", [Stop, threading.Event])
def test_stop_ends_the_wait(reported: Inotify, kind: type[threading.Event]) -> None:
    stop = kind()
    threading.Timer(0.01, stop.set).start()

    assert reported.watch(40, 0, 60_000, stop) == "stop"
    assert reported.watch(40, 0, 60_000, stop) == "stop"


def test_wait_ends_after_its_time(reported: Inotify) -> None:
    assert reported.watch(40, 0, 1, Stop()) == "timeout"


def test_directory_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for name in ("file", "absent"):
        with pytest.raises(OSError, match="irectory"):
            Inotify([str(tmp_path / name)])


def test_stop_can_be_waited_for_as_a_file() -> None:
    stop = Stop()
    assert not select.select([stop], [], [], 0)[0]

    stop.set()
    stop.set()

    assert stop.is_set()
    assert select.select([stop], [], [], 0)[0] == [stop]
