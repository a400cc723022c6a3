"""Hostile files and wrong parsers: each is named, and none costs the others anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from muntin.sources.files.directory import DirectorySource
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status

Put = Callable[..., Path]


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 5 * 1024**3)


def make_deep(path: Path) -> None:
    path.write_bytes(b"[" * 1_000_000)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (make_pipe, "a pipe"),
        (Path.mkdir, "a directory"),
        (make_loop, "circle"),
        (make_huge, "more than"),
        (make_deep, "more than 200,000 lists and objects"),
    ],
)
def test_hostile_file_costs_the_others_nothing_f25(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any, make: Any, problem: str
) -> None:
    """F25: what cannot be read is named, keeps its last good value, and stays alone with it."""
    path = put(nav, 1)
    follower = follow(source)
    follower.wait_value(nav, 1)

    path.unlink()
    make(path)
    put(kpis, 2)
    follower.wait_value(kpis, 2)
    reading = follower.wait_fault(nav, Status.UNREADABLE)
    assert problem in reading.problem
    assert reading.value == 1

    path.rmdir() if path.is_dir() else path.unlink()
    put(nav, 3)
    follower.wait_value(nav, 3)


def test_parser_s_mistake_stays_with_its_feed_f6(
    follow: Any, source: DirectorySource, put: Put, kpis: Any
) -> None:
    """F6: a parser that is wrong is named in its feed's reading and in the log."""

    def broken(_: Any) -> Any:
        raise NameError("name 'pandas' is not defined")

    feed = Feed("nav", broken)
    put(feed, 1)
    put(kpis, 2)
    with capture_logs() as logs:
        follower = follow(source, feed, kpis)
        follower.wait_value(kpis, 2)

    assert follower.fault(feed) is Status.MALFORMED
    assert [entry["feed"] for entry in logs if entry["event"] == "feed is faulty"] == ["nav"]
