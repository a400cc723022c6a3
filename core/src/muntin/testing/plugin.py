"""The pytest plugin of the test kit; it loads nothing until a fixture is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from muntin.testing.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """Return a fake clock at 2025-11-26T20:15:00Z."""
    from muntin.testing.clock import FakeClock

    return FakeClock()
