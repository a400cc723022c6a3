"""Pages of Panel content that are drawn at the same time do not disturb each other."""

from __future__ import annotations

import subprocess
import sys

import pytest


def draw(pages: int, rounds: int, timeout: float) -> list[str]:
    """Return what went wrong while pages were drawn at once, with the log."""
    command = [sys.executable, "-W", "ignore", "-m", "core.tests.live.drawing"]
    made = subprocess.run(
        [*command, str(pages), str(rounds)],
        capture_output=True, text=True, timeout=timeout, check=True,
    )  # fmt: skip
    assert "Traceback" not in made.stderr, made.stderr
    return made.stdout.splitlines()


@pytest.mark.slow
def test_pages_of_panel_content_are_drawn_at_once() -> None:
    assert draw(5, 1, 110) == []


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("attempt", range(10))
def test_twenty_pages_of_panel_content_are_drawn_at_once_two_hundred_times(attempt: int) -> None:
    """Ten processes, for imports come only once in each."""
    assert draw(20, 20, 3000) == [], attempt
