"""`open_state`: live state in plain Python."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

import muntin
from muntin import Feed, MuntinError, Status

NAV = Feed("nav", lambda raw: raw["nav"], example={"nav": 1.0, "ts": 1})


def put(folder: Path, value: float) -> None:
    beside = folder / ".nav.json"
    beside.write_text(json.dumps({"nav": value, "updated_ts": time.time()}))
    beside.replace(folder / "nav.json")


def test_the_block_begins_with_what_is_there(tmp_path: Path) -> None:
    put(tmp_path, 5.5)

    with muntin.open_state(tmp_path, [NAV]) as store:
        assert store.snapshot[NAV] == 5.5


def test_the_store_follows_the_documents(tmp_path: Path) -> None:
    put(tmp_path, 1.0)
    changed = threading.Event()

    with muntin.open_state(str(tmp_path), [NAV]) as store:
        store.subscribe(lambda names: changed.set())
        put(tmp_path, 2.0)

        assert changed.wait(30)
        assert store.snapshot[NAV] == 2.0


def test_a_missing_document_says_so(tmp_path: Path) -> None:
    with muntin.open_state(tmp_path, [NAV]) as store:
        assert store.snapshot.reading(NAV).status(store.snapshot.now) is Status.MISSING


def test_a_state_that_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(MuntinError, match="there is no such directory"),
        muntin.open_state(tmp_path / "none", [NAV]),
    ):
        pass


def test_threads_end_with_the_block(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    with muntin.open_state(tmp_path, [NAV]):
        assert set(threading.enumerate()) - before

    assert set(threading.enumerate()) <= before
