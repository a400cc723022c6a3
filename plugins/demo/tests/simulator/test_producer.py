"""Facts about the producer: whole files, in rhythm, by the clock it is given."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest

from muntin_demo.simulator import DOCUMENTS, Fund, Producer, log_dir

START = 1_790_000_000.0
#: A past long enough for what is tested here.
SHORT = 2.0 * 3_600.0
OFTEN = ("nav", "nav_state", "kpis_v7", "positions", "positions_state")


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "state"


@pytest.fixture
def producer(state_dir: Path) -> Producer:
    return Producer(Fund(Random(41), START, SHORT), state_dir, lambda: START)


def leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.endswith(".tmp")]


def counted(producer: Producer, seconds: int, step: float = 0.25) -> Counter[str]:
    """How often each document was written while the clock ran so long."""
    producer.tick(START)
    counts: Counter[str] = Counter()
    for number in range(1, int(seconds / step) + 1):
        written = producer.tick(START + number * step)
        counts.update(path.stem for path in written if path.suffix == ".json")
    return counts


def test_first_tick_writes_every_document(producer: Producer, state_dir: Path) -> None:
    written = producer.tick(START)

    assert {path.stem for path in written if path.suffix == ".json"} == set(DOCUMENTS)
    assert {path.stem for path in state_dir.glob("*.json")} == set(DOCUMENTS) - {"nav_log"}
    assert all(path.is_file() for path in written)


def test_write_all_writes_every_document_again(producer: Producer) -> None:
    producer.tick(START)
    written = producer.write_all(START + 0.5)

    assert {path.stem for path in written if path.suffix == ".json"} == set(DOCUMENTS)


def test_nothing_is_written_twice_at_one_instant(producer: Producer) -> None:
    producer.tick(START)

    assert producer.tick(START) == []


def test_documents_of_the_first_page_are_written_every_two_to_three_seconds(
    producer: Producer,
) -> None:
    counts = counted(producer, 60)

    assert all(20 <= counts[name] <= 31 for name in OFTEN)


def test_no_document_is_forgotten_and_the_slow_ones_are_slow(producer: Producer) -> None:
    counts = counted(producer, 90)

    assert set(counts) == set(DOCUMENTS)
    assert counts["universe"] <= 4
    assert counts["v6_runtime_probe"] <= 4


def test_writes_are_spread_out(producer: Producer) -> None:
    """No instant writes most of the documents: a reader meets a steady trickle."""
    producer.tick(START)
    most = max(
        len([path for path in producer.tick(START + number / 4.0) if path.suffix == ".json"])
        for number in range(1, 240)
    )

    assert most <= 7


def test_pace_multiplies_the_writes(state_dir: Path) -> None:
    slow = Producer(Fund(Random(42), START, SHORT), state_dir, lambda: START)
    fast = Producer(Fund(Random(42), START, SHORT), state_dir, lambda: START, pace=2.0)
    slowly, quickly = counted(slow, 40), counted(fast, 40)

    assert quickly["nav"] == pytest.approx(2 * slowly["nav"], abs=2)


def test_a_pause_of_the_clock_is_not_made_up_for(producer: Producer) -> None:
    """After a night asleep each document is written once, not a thousand times."""
    producer.tick(START)
    night = producer.tick(START + 8 * 3_600.0)
    stems = Counter(path.stem for path in night if path.suffix == ".json")

    assert set(stems.values()) == {1}


def test_burst_writes_one_named_document_with_the_fund_stepped(
    producer: Producer, state_dir: Path
) -> None:
    times = []
    for number in range(1, 6):
        path = producer.write("nav", START + number)
        times.append(json.loads(path.read_text())["updated_ts"])

    assert path == state_dir / "nav.json"
    assert times == sorted(set(times))
    assert [each.name for each in state_dir.iterdir()] == ["nav.json"]


def test_burst_of_an_unknown_document_is_refused(producer: Producer) -> None:
    with pytest.raises(KeyError, match="navv"):
        producer.write("navv", START)


def test_no_temporary_file_is_left(producer: Producer, state_dir: Path) -> None:
    counted(producer, 20)

    assert leftovers(state_dir.parent) == []


def test_readers_always_see_a_whole_document(state_dir: Path) -> None:
    """Whoever reads while the producer writes gets all of the old or all of the new."""
    producer = Producer(Fund(Random(45), START), state_dir, lambda: START)
    producer.write_all(START)
    done = Event()
    lengths: list[int] = []

    def read() -> None:
        while not done.is_set():
            state = json.loads((state_dir / "nav_state.json").read_bytes())
            lengths.append(len(state["series"]))

    reader = Thread(target=read)
    reader.start()
    for number in range(1, 120):
        producer.write("nav_state", START + number)
    done.set()
    reader.join()

    assert lengths
    assert set(lengths) == {500}


def test_run_ticks_until_it_is_told_to_stop(state_dir: Path) -> None:
    stop = Event()
    fund = Fund(Random(43), START, SHORT)

    def clock() -> float:
        if fund.now > START + 5.0:
            stop.set()
        return fund.now + 0.5

    Producer(fund, state_dir, clock, pace=1_000.0).run(stop)

    assert (state_dir / "nav.json").is_file()
    assert fund.now > START + 5.0


def test_log_dir_is_beside_a_directory_named_state(tmp_path: Path) -> None:
    """`logs/state` has its logs in `logs/execution`, as the original does."""
    assert log_dir(tmp_path / "logs" / "state") == tmp_path / "logs" / "execution"


def test_log_dir_is_inside_any_other_directory(tmp_path: Path) -> None:
    """A directory of another name keeps everything to itself."""
    assert log_dir(tmp_path / "demo") == tmp_path / "demo" / "execution"


def test_nothing_is_written_outside_a_directory_of_another_name(tmp_path: Path) -> None:
    state_dir = tmp_path / "demo"
    written = Producer(Fund(Random(44), START, SHORT), state_dir, lambda: START).tick(START)

    assert all(path.is_relative_to(state_dir) for path in written)
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert (state_dir / "nav_log.json").is_file()
