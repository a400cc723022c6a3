"""The judge of the honesty bench: what counts as false or unmarked."""

from __future__ import annotations

import pytest
from bench.honesty.faults import FAULTS, Fault
from bench.honesty.judge import Seen, is_honest, number_of
from bench.honesty.producer import Truth, documents_of, encode

NOW = 1_000_000.0
TRUTHS = [
    Truth(NOW - 60, {"nav": 100.0, "mark": 5.0}),
    Truth(NOW - 1, {"nav": 200.0, "mark": 6.0}),
]


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("200.00", ""),  # current
        ("–", ""),  # not shown
        ("nan", ""),
        ("100.00", "last known 12:03:11"),  # old and marked
        ("100.00", "live · 60 s"),  # old, with its true age
        ("100.00", "updated 1 min ago"),
    ],
)
def test_honest_figures(text: str, beside: str) -> None:
    assert is_honest(Seen("nav", text, beside), TRUTHS, NOW)


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("100.00", ""),  # old and unmarked
        ("100.00", "updated 2 s ago"),  # old, with a false age
        ("0.00", "updated 1 s ago"),  # never true
    ],
)
def test_false_or_unmarked_figures(text: str, beside: str) -> None:
    assert not is_honest(Seen("nav", text, beside), TRUTHS, NOW)


def test_number_is_read_as_pages_write_it() -> None:
    assert number_of("▲ −1,234.50 USD") == -1234.5
    assert number_of("—") is None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_changes_the_documents_or_the_servers(fault: Fault) -> None:
    documents, _ = documents_of(NOW)
    good = encode(documents)
    begin = fault.begin
    if begin is None:
        assert fault.outside
        return
    spoil = begin(NOW)
    spoil(documents_of(NOW)[0], NOW)
    assert spoil(documents_of(NOW + 1)[0], NOW + 1) != encode(documents_of(NOW + 1)[0]) != good
