"""The audit: one bounded line for each event, whatever is in it, and never a secret."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.access import audit as module
from muntin.access.audit import MAX_LINE, MAX_VALUE, Audit, line_of
from muntin.testing import FakeClock

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(
    st.text(), st.text(), st.text(), st.dictionaries(st.text(max_size=300), ANYTHING, max_size=30)
)
def test_a_line_is_one_line_of_json_and_bounded(
    event: str, name: str, address: str, what: dict[str, Any]
) -> None:
    line = line_of(0.0, event, name, address, what)

    assert len(line) < MAX_LINE
    assert line.isascii()
    assert line.isprintable()
    assert isinstance(json.loads(line, parse_constant=pytest.fail), dict)


def test_what_is_told_can_be_read() -> None:
    line = line_of(0.0, "saw", "anna", "192.0.2.7", {"page": "overview", "panels": 3, "ok": True})

    assert json.loads(line) == {
        "at": "1970-01-01T00:00:00.000+00:00",
        "event": "saw",
        "name": "anna",
        "address": "192.0.2.7",
        "page": "overview",
        "panels": 3,
        "ok": True,
    }


def test_long_values_are_cut_and_lines_with_too_many_lose_them() -> None:
    found = json.loads(line_of(0.0, "saw", "x" * 9999, "", {"page": "y" * 9999}))
    assert (len(found["name"]), len(found["page"])) == (MAX_VALUE, MAX_VALUE)

    found = json.loads(line_of(0.0, "saw", "anna", "", {f"k{n}": "y" * 200 for n in range(50)}))
    assert (found["name"], found["cut"]) == ("anna", True)


@pytest.mark.parametrize("key", ["password", "client_secret", "csrfToken", "Cookie", "code"])
def test_what_is_called_a_secret_is_not_written(key: str) -> None:
    assert "hunter2" not in line_of(0.0, "login", "anna", "", {key: "hunter2"})


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), 10**5000], ids=["nan", "inf", "huge"]
)
def test_a_number_that_json_does_not_know_does_no_harm(number: float) -> None:
    line = line_of(0.0, "saw", "anna", "", {"count": number})

    assert json.loads(line, parse_constant=pytest.fail)["event"] == "saw"


def test_lines_stand_in_their_order_in_a_private_file(tmp_path: Path, clock: FakeClock) -> None:
    audit = Audit(str(tmp_path / "audit.log"), clock)
    for n in range(100):
        audit("saw", f"user{n}")
    audit.close()
    audit("later")
    audit.close()

    lines = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]
    assert [one["name"] for one in lines] == [*(f"user{n}" for n in range(100)), ""]
    assert (tmp_path / "audit.log").stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_moved_away_begins_anew(tmp_path: Path) -> None:
    audit = Audit(str(tmp_path / "audit.log"))
    audit("one")
    audit.close()
    (tmp_path / "audit.log").rename(tmp_path / "audit.log.1")
    audit("two")
    audit.close()

    assert "two" in (tmp_path / "audit.log").read_text()


def test_standard_output_takes_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    audit = Audit("-")
    audit("login", "anna")
    audit.close()

    assert json.loads(capsys.readouterr().out)["name"] == "anna"


def test_nowhere_is_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    audit = Audit("")
    audit("login", "anna")
    audit.close()

    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    audit = Audit(str(tmp_path / "no" / "audit.log"))
    audit("login", "anna")
    audit.close()

    (tmp_path / "no").mkdir()
    audit("logout", "anna")
    audit.close()
    assert "logout" in (tmp_path / "no" / "audit.log").read_text()


def test_lines_that_a_full_disk_refuses_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And half a line, which is all that fits, does not stay."""
    audit, write = Audit(str(tmp_path / "audit.log")), os.write

    def half(file: int, data: bytes) -> int:
        return write(file, data[: len(data) // 2])

    audit("one")
    audit.close()
    with monkeypatch.context() as patch:
        patch.setattr("muntin.access.audit.os.write", half)
        audit("two")
        audit("three")
        audit.close()
    audit("four")
    audit("five")
    audit.close()

    lines = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]
    assert [(line["event"], line.get("lost_before")) for line in lines] == [
        ("one", None),
        ("four", 2),
        ("five", None),
    ]


def test_a_disk_that_hangs_holds_up_nobody_and_what_is_lost_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 10)
    audit, free, held = Audit(str(tmp_path / "audit.log")), threading.Event(), threading.Event()
    write = audit._write

    def hanging(line: str) -> None:
        held.set()
        free.wait(10)
        write(line)

    monkeypatch.setattr(audit, "_write", hanging)
    audit("first")
    held.wait(10)
    for n in range(50):
        audit("saw", f"user{n}")
    free.set()
    audit.close()
    audit("last")
    audit.close()

    lines = [json.loads(line) for line in (tmp_path / "audit.log").read_text().splitlines()]
    assert len(lines) == 12
    assert lines[-1]["lost_before"] == 40
