"""Conformance of a source, as tests that come with one line.

In the source's own tests::

    from muntin.testing import SourceBackend
    from muntin.testing.conformance.sources import *


    class Backend(SourceBackend): ...


    @pytest.fixture
    def backend():
        return Backend()
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from muntin.sources.files.reading import LIMIT
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status
from muntin.state.source import place_of
from muntin.testing.sources import SourceBackend, SourceRun


def _number(raw: Any) -> float:
    return float(raw["n"])


NAV: Feed[float] = Feed("nav", _number, late_after=60, stale_after=600)
KPIS: Feed[float] = Feed("kpis", _number, late_after=60, stale_after=600)

#: Seconds within which an outage, and its end, must show.
OUTAGE = 5.0

#: Documents that no parser should see, with the faults that they may be.
HOSTILE: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("white space", b" \n "),
    ("no JSON", b"<html>502 Bad Gateway</html>"),
    ("cut off", b'{"n": 1, "upd'),
    ("not UTF-8", b'{"n": "\xff\xfe"}'),
    ("a list", b"[1, 2, 3]"),
    ("a key twice", b'{"n": 1, "n": 2}'),
    ("nested deeply", b"[" * 5000 + b"]" * 5000),
    ("another shape", b'{"m": 1}'),
    ("a text for a number", b'{"n": "one"}'),
)


def _document(n: float, age: float = 0.0) -> bytes:
    return json.dumps({"n": n, "updated_ts": time.time() - age}).encode()


@pytest.fixture
def run(backend: SourceBackend) -> Iterator[SourceRun]:
    """Return the backend's source at work, on the feeds `NAV` and `KPIS`."""
    with SourceRun(backend.source(), (NAV, KPIS)) as made:
        yield made


@pytest.fixture
def cuttable(backend: SourceBackend) -> SourceBackend:
    """Return the backend if it can be cut off; skip the test if not."""
    if type(backend).cut is SourceBackend.cut:
        pytest.skip("this backend cannot be cut off")
    return backend


def test_first_publication_has_a_reading_of_every_feed(backend: SourceBackend) -> None:
    backend.put(NAV, _document(1))
    with SourceRun(backend.source(), (NAV, KPIS)) as made:
        made.until(lambda run: bool(run.batches))
        assert {one.feed.name for one in made.batches[0]} == {"nav", "kpis"}


def test_document_that_is_not_there_is_missing(run: SourceRun) -> None:
    run.until_fault(NAV, Status.MISSING)


def test_change_is_published(backend: SourceBackend, run: SourceRun) -> None:
    for n in (1, 2, 3):
        backend.put(NAV, _document(n))
        run.until_value(NAV, n)


def test_age_is_that_of_the_content(backend: SourceBackend, run: SourceRun) -> None:
    backend.put(NAV, _document(1, age=120))
    reading = run.until_value(NAV, 1)
    assert reading.status(run.store.snapshot.now) is Status.LATE


def test_torn_document_keeps_the_last_good_value(backend: SourceBackend, run: SourceRun) -> None:
    backend.put(NAV, _document(1))
    run.until_value(NAV, 1)
    backend.put(NAV, b'{"n": 2, "upda')
    assert run.until_fault(NAV, Status.UNREADABLE).value == 1
    backend.put(NAV, _document(3))
    run.until_value(NAV, 3)


def test_document_that_goes_is_gone_and_comes_back(backend: SourceBackend, run: SourceRun) -> None:
    backend.put(NAV, _document(1))
    run.until_value(NAV, 1)
    backend.remove(NAV)
    run.until(lambda run: "gone" in run.reading(NAV).problem)
    reading = run.until_fault(NAV, Status.UNREADABLE)
    assert reading.value == 1
    backend.put(NAV, _document(2))
    run.until_value(NAV, 2)


def test_same_document_is_published_again_after_a_fault(
    backend: SourceBackend, run: SourceRun
) -> None:
    document = _document(1)
    backend.put(NAV, document)
    run.until_value(NAV, 1)
    backend.put(NAV, b"{")
    run.until_fault(NAV, Status.UNREADABLE)
    backend.put(NAV, document)
    run.until_value(NAV, 1)


def test_unchanged_document_is_published_once(backend: SourceBackend, run: SourceRun) -> None:
    document = _document(1)
    backend.put(NAV, document)
    run.until_value(NAV, 1)
    for n in (1, 2):
        backend.put(NAV, document)
        backend.put(KPIS, _document(n))
        run.until_value(KPIS, n)
    assert [one.value for one in run.published(NAV) if one.fault is None] == [1]


def test_same_fault_is_published_once(backend: SourceBackend, run: SourceRun) -> None:
    backend.put(NAV, b"{")
    run.until_fault(NAV, Status.UNREADABLE)
    for n in (1, 2):
        backend.put(KPIS, _document(n))
        run.until_value(KPIS, n)
    faults = [one.fault for one in run.published(NAV) if one.fault is Status.UNREADABLE]
    assert len(faults) == 1


@pytest.mark.parametrize("data", [data for _, data in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_document_is_a_fault_of_its_own_feed(
    backend: SourceBackend, run: SourceRun, data: bytes
) -> None:
    backend.put(NAV, _document(1))
    run.until_value(NAV, 1)
    backend.put(NAV, data)
    reading = run.until_fault(NAV, Status.EMPTY, Status.MALFORMED, Status.UNREADABLE)
    assert reading.value == 1
    assert reading.problem
    backend.put(KPIS, _document(2))
    run.until_value(KPIS, 2)


def test_huge_document_is_refused(backend: SourceBackend, run: SourceRun) -> None:
    backend.put(NAV, b'{"n": "' + b"x" * LIMIT + b'"}')
    run.until_fault(NAV, Status.UNREADABLE, timeout=20)
    backend.put(KPIS, _document(2))
    run.until_value(KPIS, 2)


def test_source_stops_within_a_second(run: SourceRun) -> None:
    run.until(lambda one: bool(one.batches))
    assert run.stop(1.0)


def test_source_says_where_without_secrets(backend: SourceBackend) -> None:
    source = backend.source()
    assert source.location
    assert place_of(source, NAV)
    if backend.secret:
        assert backend.secret not in source.location
        assert backend.secret not in place_of(source, NAV)
        assert backend.secret not in repr(source)


def test_outage_marks_every_feed_and_ends(
    cuttable: SourceBackend, run: SourceRun, capsys: pytest.CaptureFixture[str]
) -> None:
    cuttable.put(NAV, _document(1))
    cuttable.put(KPIS, _document(2))
    run.until_value(NAV, 1)
    run.until_value(KPIS, 2)

    cuttable.cut()
    problems = [run.until_fault(one, timeout=OUTAGE).problem for one in (NAV, KPIS)]
    assert (run.reading(NAV).value, run.reading(KPIS).value) == (1, 2)

    cuttable.mend()
    cuttable.put(NAV, _document(3))
    run.until_value(NAV, 3, timeout=2 * OUTAGE)
    run.until_value(KPIS, 2, timeout=OUTAGE)
    if cuttable.secret:
        printed = capsys.readouterr()
        assert cuttable.secret not in "".join([*problems, printed.out, printed.err])


def test_source_that_starts_in_an_outage_says_so_and_recovers(cuttable: SourceBackend) -> None:
    cuttable.put(NAV, _document(1))
    cuttable.cut()
    with SourceRun(cuttable.source(), (NAV, KPIS)) as made:
        made.until_fault(NAV, timeout=OUTAGE)
        assert made.reading(NAV).value is None
        cuttable.mend()
        made.until_value(NAV, 1, timeout=2 * OUTAGE)


__all__ = [
    "cuttable",
    "run",
    "test_age_is_that_of_the_content",
    "test_change_is_published",
    "test_document_that_goes_is_gone_and_comes_back",
    "test_document_that_is_not_there_is_missing",
    "test_first_publication_has_a_reading_of_every_feed",
    "test_hostile_document_is_a_fault_of_its_own_feed",
    "test_huge_document_is_refused",
    "test_outage_marks_every_feed_and_ends",
    "test_same_document_is_published_again_after_a_fault",
    "test_same_fault_is_published_once",
    "test_source_says_where_without_secrets",
    "test_source_stops_within_a_second",
    "test_source_that_starts_in_an_outage_says_so_and_recovers",
    "test_torn_document_keeps_the_last_good_value",
    "test_unchanged_document_is_published_once",
]
