"""The mirror: byte by byte, whole, once, and on where it was, whatever ends it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from muntin import Feed
from muntin.mirror import Mirror
from muntin.sources import DirectorySource
from muntin.sources.files.target import DirectoryTarget

NAV: Feed[Any] = Feed("nav", lambda raw: raw)
KPIS: Feed[Any] = Feed("kpis", lambda raw: raw)


class Notes(DirectoryTarget):
    """A directory that keeps what was written, and fails while it is `away`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.written: list[bytes] = []
        self.away = threading.Event()
        self.news = threading.Condition()

    def write(self, feed: Feed[Any], data: bytes, modified_at: Any) -> None:
        with self.news:
            self.news.notify_all()
            if self.away.is_set():
                self.written.append(b"")
                raise OSError("the target is away")
            super().write(feed, data, modified_at)
            self.written.append(data)

    def until(self, ready: Callable[[], bool]) -> None:
        with self.news:
            assert self.news.wait_for(ready, 10), self.written


def put(root: Path, n: int, feed: Feed[Any] = NAV) -> bytes:
    data = json.dumps({"n": n, "updated_ts": 1_768_816_800 + n}).encode()
    temporary = root / f".{feed.path}"
    temporary.write_bytes(data)
    os.replace(temporary, root / feed.path)  # noqa: PTH105  # as producers do
    return data


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "from").mkdir()
    return tmp_path / "from"


@contextmanager
def mirroring(root: Path, target: DirectoryTarget) -> Iterator[Mirror]:
    made = Mirror(DirectorySource(root), target, [NAV, KPIS])
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join(5)
        assert not thread.is_alive()


def test_documents_are_copied_byte_by_byte_with_their_times(root: Path, tmp_path: Path) -> None:
    odd = b'{ "n" : 1e3,\n "updated_ts": 7, "big": 123456789012345678901234567890}\n'
    (root / "nav.json").write_bytes(odd)
    os.utime(root / "nav.json", (1_768_816_800, 1_768_816_800))
    target = Notes(tmp_path / "to")

    with mirroring(root, target):
        target.until(lambda: len(target.written) == 1)

    assert (tmp_path / "to" / "nav.json").read_bytes() == odd
    assert (tmp_path / "to" / "nav.json").stat().st_mtime == 1_768_816_800
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["nav.json"]


def test_what_the_target_holds_is_not_written_again(root: Path, tmp_path: Path) -> None:
    put(root, 1)
    put(root, 1, KPIS)
    first = Mirror(DirectorySource(root), Notes(tmp_path / "to"), [NAV, KPIS])
    assert first.run_once(5)

    again = Notes(tmp_path / "to")
    assert Mirror(DirectorySource(root), again, [NAV, KPIS]).run_once(5)
    assert again.written == []


def test_what_cannot_be_decoded_is_not_copied(root: Path, tmp_path: Path) -> None:
    good = put(root, 1)
    (root / "kpis.json").write_bytes(b"{")
    target = Notes(tmp_path / "to")

    assert not Mirror(DirectorySource(root), target, [NAV, KPIS]).run_once(5)
    assert target.written == [good]


def test_an_outage_of_the_target_ends_with_the_newest_document(root: Path, tmp_path: Path) -> None:
    target = Notes(tmp_path / "to")
    target.away.set()
    put(root, 1)
    with mirroring(root, target) as mirror:
        target.until(lambda: b"" in target.written)
        assert mirror.lag("nav") > 0
        newest = put(root, 3)
        target.away.clear()
        target.until(lambda: newest in target.written)

    assert mirror.lag("nav") == 0


@pytest.mark.parametrize("path", ["../nav.json", "deep/../../nav.json"])
def test_nothing_is_written_outside_of_the_target(root: Path, tmp_path: Path, path: str) -> None:
    with pytest.raises(OSError, match="outside"):
        DirectoryTarget(tmp_path / "to").write(Feed("nav", str, path), b"{}", None)


# ------------------------------------------------------------------ the command


def command(root: Path, to: Path, *more: str) -> list[str]:
    feeds = ["--feed", "nav", "--feed", "kpis"]
    return [sys.executable, "-m", "muntin", "mirror", str(root), str(to), *feeds, *more]


def test_the_command_copies_once_and_says_if_something_is_missing(
    root: Path, tmp_path: Path
) -> None:
    put(root, 1)
    assert subprocess.run(command(root, tmp_path / "to", "--once"), check=False).returncode == 1
    put(root, 1, KPIS)
    assert subprocess.run(command(root, tmp_path / "to", "--once"), check=False).returncode == 0


def test_the_command_serves_its_lag(root: Path, tmp_path: Path) -> None:
    put(root, 1)
    words = command(root, tmp_path / "to", "--metrics-port", "0")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        process.stdout.readline()
        text = urllib.request.urlopen(address, timeout=5).read().decode()
        process.terminate()
        assert process.wait(5) == 0
    assert 'muntin_mirror_lag_seconds{feed="nav"}' in text
    assert 'muntin_mirror_source_ok{feed="kpis"} 0.0' in text


def kill_at_random(root: Path, to: Path, times: int) -> None:
    """Kill a mirror at random instants while documents change; nothing is torn, lost or older."""
    chance = random.Random(7)
    n, seen = 0, 0
    for _ in range(times):
        process = subprocess.Popen(command(root, to), stdout=subprocess.DEVNULL)
        until = time.monotonic() + chance.uniform(0.3, 1.2)
        while time.monotonic() < until:
            n += 1
            put(root, n)
            put(root, n, KPIS)
            copy = to / "nav.json"
            if copy.exists():
                found = json.loads(copy.read_bytes())["n"]
                assert seen <= found <= n
                seen = found
        process.kill()
        process.wait()
    assert subprocess.run(command(root, to, "--once"), check=False).returncode == 0
    for feed in (NAV, KPIS):
        assert (to / feed.path).read_bytes() == (root / feed.path).read_bytes()
    assert {path.name for path in to.iterdir()} <= {
        "nav.json",
        "kpis.json",
        ".nav.json.part",
        ".kpis.json.part",
    }


def test_a_mirror_that_is_killed_goes_on_where_it_was(root: Path, tmp_path: Path) -> None:
    kill_at_random(root, tmp_path / "to", 3)


@pytest.mark.faults
@pytest.mark.timeout(590)
def test_a_mirror_that_is_killed_a_hundred_times(root: Path, tmp_path: Path) -> None:
    kill_at_random(root, tmp_path / "to", 100)
