"""What a connection may send: as much as it likes slowly, a little at once, never a flood."""

from __future__ import annotations

import pytest

from muntin.live.relay.allowance import Allowance, Limits

LIMITS = Limits(rate=10, pause_above=20, close_above=40, unit=100, pauses=2)


@pytest.fixture
def allowance() -> Allowance:
    return Allowance(LIMITS)


def test_rate_is_allowed_for_ever(allowance: Allowance) -> None:
    for second in range(1000):
        assert allowance.spend(second, units=10)
        assert allowance.pause(full=False) == 0


def test_surplus_pauses_reading_until_it_has_leaked_out(allowance: Allowance) -> None:
    allowance.spend(0, units=25)

    assert allowance.pause(full=False) == 0.5


def test_bytes_count_like_frames(allowance: Allowance) -> None:
    allowance.spend(0, size=2500)

    assert allowance.pause(full=False) == 0.5


def test_too_much_at_once_closes(allowance: Allowance) -> None:
    assert allowance.spend(0, units=40)
    assert not allowance.spend(0, units=1)


def test_sender_that_never_slows_down_is_closed(allowance: Allowance) -> None:
    """Each read after a pause finds a full buffer."""
    now, pauses = 0.0, []
    allowance.spend(now, units=20)
    while (pause := allowance.pause(full=True)) is not None:
        pauses.append(pause)
        now += pause
        allowance.spend(now, units=10)

    assert pauses == [0, 1, 1]


def test_sender_that_waits_for_its_answers_is_only_slowed_down(allowance: Allowance) -> None:
    now = 0.0
    for _ in range(1000):
        allowance.spend(now, units=13)
        pause = allowance.pause(full=False)
        assert pause is not None
        now += pause

    assert now == pytest.approx(1300, rel=0.01)
