"""The pytest plugin of the test kit; it loads nothing until a fixture is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from muntin.testing.clock import FakeClock
    from muntin.testing.sites import SiteClient
    from muntin.testing.stores import FakeStore


@pytest.fixture
def clock() -> FakeClock:
    """Return a fake clock at 2025-11-26T20:15:00Z."""
    from muntin.testing.clock import FakeClock

    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> FakeStore:
    """Return a store that runs by the fake clock and takes up every feed that is published."""
    from muntin.testing.stores import FakeStore

    return FakeStore(clock=clock)


@pytest.fixture
def site(clock: FakeClock) -> Iterator[Callable[..., SiteClient]]:
    """Return `muntin.testing.site`; its apps run by the fake clock and end with the test."""
    from muntin.testing.sites import site as start

    started: list[SiteClient] = []

    def make(*args: Any, **options: Any) -> SiteClient:
        started.append(client := start(*args, **{"clock": clock, **options}))
        return client

    yield make
    for client in started:
        client.close()
