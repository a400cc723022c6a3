"""The demo's examples: what nobody simulates is written from the feed's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin import Feed, log, parse_time
from muntin.testing import redate
from muntin_demo.examples import examples, summary, writing

NOW = 1_800_000_000.25


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "demo" / "state"
    made.mkdir(parents=True)
    return made


def feed(name: str = "fees", **more: Any) -> Feed[Any]:
    return Feed(name, dict, **{"example": {"ts": 1764188090, "total": 5}, **more})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1764188090, 1800000000),
        (1764188090.5, 1800000000.25),
        (1764188090000, 1800000000250),
        ("1764188090.5", "1800000000.25"),
        ("2025-11-26T20:15:00+00:00", "2027-01-15T08:00:00.250000Z"),
    ],
)
def test_a_time_is_replaced_in_its_own_form(old: object, new: object) -> None:
    raw = {"updated": None, "meta": {"ts": old}}

    redate(raw, ("updated", "meta.ts"), NOW)

    assert raw == {"updated": None, "meta": {"ts": new}}


def test_a_document_without_a_time_stays_without() -> None:
    raw = {"ts": "yesterday", "total": 5}

    redate(raw, ("ts",), NOW)

    assert raw == {"ts": "yesterday", "total": 5}


def test_an_example_is_written_as_observed_now(folder: Path) -> None:
    found, problems = examples([feed(path="deep/fees.json")], folder)

    with writing(found, lambda: NOW):
        written = json.loads((folder / "deep" / "fees.json").read_text())

    assert written == {"ts": 1800000000, "total": 5}
    assert problems == []
    assert summary(found, problems).endswith("own examples: fees")


def test_an_example_is_written_again_before_it_is_late(folder: Path) -> None:
    (found,), _ = examples([feed(late_after=6.0)], folder)

    found.write(NOW)

    assert found.due == NOW + 2.0


def test_the_rows_of_a_log_end_now_and_go_on(folder: Path) -> None:
    rows = [{"ts": 1764188000.0, "n": 1}, {"ts": 1764188030.0, "n": 2}]
    lines = log("fills", lambda row: row["n"], example=rows)
    (found,), _ = examples([lines], folder)

    found.write(NOW)
    found.write(NOW + 10)

    written = [json.loads(line) for line in (folder / "fills.jsonl").read_text().splitlines()]
    assert [(row["ts"], row["n"]) for row in written] == [
        (NOW - 30, 1), (NOW, 2), (NOW + 10, 2),
    ]  # fmt: skip


def test_what_the_fund_simulates_is_left_to_it(folder: Path) -> None:
    simulated = [feed("nav"), log("vetoes", dict, path="../execution/risk_vetoes.jsonl")]

    assert examples(simulated, folder) == ([], [])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (feed(example=None), "has no example"),
        (feed(example={"x": {1, 2}}), "has an example that is no JSON"),
        (feed(path="../../fees.json"), "lies outside the demo's directory"),
        (feed(path="/etc/fees.json"), "lies outside the demo's directory"),
        (log("fees", dict, example={"ts": 1}), "is a log whose example is no list of rows"),
    ],
)
def test_what_cannot_be_written_is_summary(folder: Path, bad: Feed[Any], reason: str) -> None:
    """Nothing is ever written beside the demo's own directory."""
    found, problems = examples([bad], folder)

    assert found == []
    assert len(problems) == 1
    assert problems[0].startswith(f"fees {reason}")
    assert "so the demo does not write it" in summary(found, problems)


def test_a_log_beside_a_directory_of_another_name_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Logs stand beside a directory called `state`, as with a real engine."""
    vetoes = log("vetoes", dict, path="../execution/risk_vetoes.jsonl", example=[{"ts": 1}])

    _, problems = examples([vetoes], tmp_path / "atlas")

    assert f"use --state {tmp_path / 'atlas' / 'state'}" in problems[0]


def test_the_times_written_are_times(folder: Path) -> None:
    raw: dict[str, Any] = {"ts": "2025-11-26 20:15:00"}
    read: Callable[[Any], Any] = parse_time

    redate(raw, ("ts",), NOW)

    assert read(raw["ts"]).timestamp() == NOW
