"""The limiter: five failures in five minutes, in bounded memory."""

from __future__ import annotations

import pytest

from muntin.access import limiter as module
from muntin.access.limiter import FAILURES, WINDOW, Limiter, network_of
from muntin.testing import FakeClock


def test_the_wait_is_until_the_oldest_failure_is_forgotten(clock: FakeClock) -> None:
    limiter = Limiter(clock)
    for _ in range(FAILURES):
        assert limiter.attempt("anna", "192.0.2.7") == 0
        clock.advance(10)

    assert limiter.attempt("anna", "192.0.2.7") == WINDOW - 50
    clock.advance(WINDOW - 50)
    assert limiter.attempt("anna", "192.0.2.7") == 0


def test_an_attempt_that_has_to_wait_does_not_lengthen_the_wait(clock: FakeClock) -> None:
    limiter = Limiter(clock)
    for _ in range(FAILURES):
        limiter.attempt("anna", "192.0.2.7")

    waits = {limiter.attempt("anna", "192.0.2.7") for _ in range(100)}

    assert waits == {WINDOW}


def test_a_success_forgets_the_users_failures(clock: FakeClock) -> None:
    limiter = Limiter(clock)
    for n in range(FAILURES - 1):
        limiter.attempt("anna", f"192.0.2.{n}")
    limiter.attempt("anna", "192.0.2.7")
    limiter.succeeded("anna", "192.0.2.7")

    assert all(limiter.attempt("anna", f"198.51.100.{n}") == 0 for n in range(FAILURES))


def test_memory_is_bounded_and_the_latest_are_kept(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 100)
    limiter = Limiter(clock)
    for n in range(1000):
        limiter.attempt(f"user{n}", f"10.0.{n // 250}.{n % 250}")
    assert len(limiter) <= 100

    for _ in range(FAILURES):
        limiter.attempt("anna", "192.0.2.7")
    assert limiter.attempt("anna", "192.0.2.8") > 0


def test_what_is_long_past_is_forgotten(clock: FakeClock) -> None:
    limiter = Limiter(clock)
    for n in range(50):
        limiter.attempt(f"user{n}", "192.0.2.7")
    clock.advance(WINDOW)
    for n in range(60):
        limiter.attempt("anna", f"10.0.0.{n}")
        limiter.refund("anna", f"10.0.0.{n}")
        clock.advance(WINDOW)

    assert len(limiter) <= 4


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("", "", True),
        ("no address", "no address", True),
    ],
)
def test_an_address_stands_for_one_line(one: str, other: str, alike: bool) -> None:
    assert (network_of(one) == network_of(other)) is alike


def test_a_very_long_address_is_cut() -> None:
    assert len(network_of("x" * 100_000)) == 64
