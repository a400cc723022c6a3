"""Facts about chaos: documents go wrong, it is told, and they are right again by themselves."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from random import Random

import pytest

from muntin_demo.simulator import DOCUMENTS, Chaos, Fund, Producer, document

START = 1_790_000_000.0
#: The longest a trouble lasts, and the longest a document takes until its next write.
LASTS = 15.0
SLOWEST = 30.0
#: A past long enough for what is tested here.
SHORT = 2.0 * 3_600.0


def right(path: Path, name: str, fund: Fund) -> bool:
    """Whether the file holds the document in its usual shape, with the usual figures."""
    try:
        found = json.loads(path.read_bytes(), parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return False
    usual = document(fund, name)
    if not isinstance(found, dict) or not isinstance(usual, dict):
        return isinstance(found, type(usual))
    stamp = found.get("updated_ts") if name == "nav" else 0.0
    in_range = isinstance(stamp, float) and stamp < 1e12
    return found.keys() == usual.keys() and in_range and found.get("nav") != 0.0


def producer_with(chaos: Chaos, root: Path, seed: int = 61) -> Producer:
    fund = Fund(Random(seed), START, SHORT)
    return Producer(fund, root / "state", lambda: START, chaos=chaos)


def files(root: Path) -> dict[str, Path]:
    folder = root / "state"
    return {name: (root if name == "nav_log" else folder) / f"{name}.json" for name in DOCUMENTS}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_document_is_right_again_by_itself(tmp_path: Path, seed: int) -> None:
    """No document stays wrong, or silent, longer than one trouble lasts."""
    lines: list[str] = []
    producer = producer_with(Chaos(Random(seed), lines.append), tmp_path)
    producer.tick(START)
    wrong_since: dict[str, float] = {}
    written_at = dict.fromkeys(DOCUMENTS, START)
    longest_wrong: dict[str, float] = defaultdict(float)
    longest_silent: dict[str, float] = defaultdict(float)

    for number in range(1, 500):
        now = START + number * 1.0
        for path in producer.tick(now):
            name = path.stem
            if name in written_at:
                longest_silent[name] = max(longest_silent[name], now - written_at[name])
                written_at[name] = now
        for name, path in files(tmp_path).items():
            if right(path, name, producer.fund):
                wrong_since.pop(name, None)
            else:
                since = wrong_since.setdefault(name, now)
                longest_wrong[name] = max(longest_wrong[name], now - since)

    assert lines
    assert max(longest_wrong.values()) > 0.0
    assert max(longest_wrong.values()) <= LASTS + 1.0
    assert max(longest_silent.values()) <= LASTS + SLOWEST + 1.0


def test_each_trouble_is_told_in_one_line(tmp_path: Path) -> None:
    lines: list[str] = []
    producer = producer_with(Chaos(Random(3), lines.append), tmp_path)
    for number in range(300):
        producer.tick(START + number)

    assert 15 <= len(lines) <= 50
    assert all(line.startswith("chaos: ") and "\n" not in line for line in lines)
    assert all(line.endswith(" s") for line in lines)


@pytest.mark.slow
def test_every_kind_of_trouble_comes_sooner_or_later(tmp_path: Path) -> None:
    """Half an hour of chaos has shown all it can do."""
    lines: list[str] = []
    chaos = Chaos(Random(4), lines.append, every=4.0)
    producer = producer_with(chaos, tmp_path)
    for number in range(700):
        producer.tick(START + number * 2.0)
    told = "\n".join(lines)

    for words in (
        "is torn",
        "no longer written",
        "nothing is written at all",
        "flat shape",
        "kpis_v7 takes the shape of v7.6",
        "positions takes the shape of v7.6",
        "ISO 8601",
        "milliseconds",
        "copy of nav",
        "empty file",
        "empty object",
        "NaN",
        "exchange cannot be reached",
    ):
        assert words in told


def test_an_outage_shows_nav_zero_from_an_unavailable_source(tmp_path: Path) -> None:
    lines: list[str] = []
    producer = producer_with(Chaos(Random(5), lines.append, every=4.0), tmp_path)
    seen = None
    for number in range(900):
        producer.tick(START + number * 2.0)
        if lines and "exchange" in lines[-1]:
            seen = json.loads((tmp_path / "state" / "nav.json").read_bytes())
            rows = json.loads((tmp_path / "state" / "positions.json").read_bytes())["rows"]
            break

    assert seen is not None
    assert seen["nav"] == 0.0
    assert seen["nav_detail"]["source"] == "unavailable"
    assert seen["aum"] == {"futures": 0.0, "offexchange": {}, "total": 0.0}
    assert rows == []


def test_chaos_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    told = []
    for place in ("a", "b"):
        lines: list[str] = []
        producer = producer_with(Chaos(Random(6), lines.append), tmp_path / place)
        for number in range(120):
            producer.tick(START + number)
        told.append(lines)

    assert told[0] == told[1]


def test_the_fund_itself_is_never_touched(tmp_path: Path) -> None:
    """Chaos spoils what is written, not what is true."""
    calm = Producer(Fund(Random(7), START, SHORT), tmp_path / "calm" / "state", lambda: START)
    wild = producer_with(Chaos(Random(8)), tmp_path / "wild", seed=7)
    for number in range(90):
        calm.tick(START + number)
        wild.tick(START + number)

    assert document(calm.fund, "nav") == document(wild.fund, "nav")


def test_no_decision_is_lost_while_nothing_is_written(tmp_path: Path) -> None:
    """Logs fall silent with the rest, and catch up afterwards."""
    lines: list[str] = []
    producer = producer_with(Chaos(Random(9), lines.append, every=3.0), tmp_path)
    for number in range(400):
        producer.tick(START + number * 3.0)
    assert any("nothing is written" in line for line in lines)
    now = START + 1_200.0
    producer.write_all(now)
    logged = (tmp_path / "pipeline_v6_shadow.jsonl").read_text().splitlines()
    vetoes = (tmp_path / "execution" / "risk_vetoes.jsonl").read_text().splitlines()
    attempts = (tmp_path / "execution" / "orders_attempted.jsonl").read_text().splitlines()

    assert len(logged) == len(vetoes) + len(attempts)
