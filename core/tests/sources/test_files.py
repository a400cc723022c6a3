"""Reading files that others write: nothing blocks, nothing is read without a bound."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin.sources.files.reading import Unreadable, read_file, stamp


def test_content_comes_with_its_stamp(tmp_path: Path) -> None:
    path = tmp_path / "nav.json"
    path.write_bytes(b"{}")

    content = read_file(path)

    assert content.data == b"{}"
    assert content.stamp == stamp(path)
    assert content.stamp.size == 2
    assert content.stamp.modified_at is not None


def test_empty_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "nav.json"
    path.touch()

    assert read_file(path).data == b""


def test_file_that_hides_its_size_is_read() -> None:
    """Files of /proc say that they have 0 bytes."""
    assert read_file(Path("/proc/self/status")).data


def make_directory(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 5 * 1024**3)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (make_directory, "is a directory, not a file"),
        (make_pipe, "is a pipe, not a file"),
        (make_device, "is a device, not a file"),
        (make_loop, "lead in a circle"),
        (make_sparse, "5,368,709,120 bytes, more than"),
    ],
)
def test_what_is_no_document_is_refused_at_once(tmp_path: Path, make: Any, problem: str) -> None:
    path = tmp_path / "nav.json"
    make(path)

    with pytest.raises(Unreadable, match=problem) as caught:
        read_file(path)

    assert not caught.value.absent


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("nav.json")

        with pytest.raises(Unreadable, match="is a socket"):
            read_file(tmp_path / "nav.json")


@pytest.mark.parametrize("swap", [make_pipe, make_directory])
def test_what_takes_a_file_s_place_before_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: Any
) -> None:
    """Opening must not block, should a pipe stand where a file was."""
    path = tmp_path / "nav.json"
    path.write_bytes(b"{}")
    before = path.stat()
    path.unlink()
    swap(path)
    monkeypatch.setattr(Path, "stat", lambda _self, **_: before)

    with pytest.raises(Unreadable, match="not a file"):
        read_file(path)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("x" * 300, "the name is too long"), ("a\0b", "no file can have the name")],
)
def test_impossible_name_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem):
        read_file(tmp_path / name)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nav.json", r"nav\.json$"),
        ("no/nav.json", r"the directory .*/no does not exist"),
        ("file/nav.json", r"file is not a directory"),
    ],
)
def test_absence_is_told_from_trouble_f25(tmp_path: Path, path: str, problem: str) -> None:
    """F25: that there is no file is not an error of reading."""
    (tmp_path / "file").touch()

    with pytest.raises(Unreadable, match=problem) as caught:
        read_file(tmp_path / path)

    assert caught.value.absent


@pytest.mark.parametrize(
    ("error", "problem", "absent"),
    [
        (FileNotFoundError(2, "gone"), "nav.json", True),
        (PermissionError(13, "denied"), "no permission to read .*nav.json", False),
        (OSError(24, "many"), "too many files are open", False),
        (OSError(5, "I/O"), "the disk failed to read", False),
        (OSError(999, "odd thing"), "cannot be read: odd thing", False),
    ],
)
def test_failure_to_open_is_told_f98(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, problem: str, absent: bool
) -> None:
    """F98: vanishing between stat and open is absence; the rest is said in words."""
    path = tmp_path / "nav.json"
    path.write_bytes(b"{}")

    def refuse(*_: Any, **__: Any) -> int:
        raise error

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(Unreadable, match=problem) as caught:
        read_file(path)
    assert caught.value.absent is absent


class ChangingReads:
    """Stands in for `os.read`, and does something to the file each time bytes were read."""

    def __init__(self, path: Path, change: Any, times: int = 10**9) -> None:
        self.path, self.change, self.times = path, change, times
        self.read = os.read

    def __call__(self, handle: int, size: int) -> bytes:
        data = self.read(handle, size)
        if data and self.times > 0:
            self.times -= 1
            self.change(self.path)
        return data


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return what writes a file that changes while it is read."""

    def write(change: Callable[[Path], None], **more: int) -> Path:
        path = tmp_path / "nav.json"
        path.write_bytes(b"{}")
        monkeypatch.setattr(os, "read", ChangingReads(path, change, **more))
        return path

    return write


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b" " * 1024)


def replace(path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(b"[]")
    temporary.rename(path)


def test_file_growing_while_it_is_read_stops_at_the_limit(changing: Callable[..., Path]) -> None:
    path = changing(append)

    with pytest.raises(Unreadable, match="more than the 10,000"):
        read_file(path, limit=10_000)


def test_file_changed_while_it_is_read_is_read_again_f96(changing: Callable[..., Path]) -> None:
    """F96: bytes of two versions are never taken for one."""
    path = changing(append, times=1)

    content = read_file(path)

    assert content.stamp.size == len(content.data) == 1026


def test_file_that_never_stops_changing_is_unreadable_for_now_f96(
    changing: Callable[..., Path],
) -> None:
    """F96: after a few attempts the caller decides when to look again."""

    def touch(path: Path) -> None:
        times = path.stat()
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))

    path = changing(touch)

    with pytest.raises(Unreadable, match="keeps changing"):
        read_file(path)


def test_file_replaced_while_it_is_read_is_whole_f96(changing: Callable[..., Path]) -> None:
    """F96: a rename leaves the opened file as it was: one consistent version."""
    path = changing(replace, times=1)

    assert read_file(path).data == b"{}"
    assert read_file(path).data == b"[]"


def test_file_time_beyond_the_calendar_is_none(tmp_path: Path) -> None:
    path = tmp_path / "nav.json"
    path.touch()

    assert stamp(path)._replace(mtime_ns=10**21).modified_at is None
