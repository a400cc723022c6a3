"""The pytest plugin of the test kit; it loads nothing of Muntin until something is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from muntin.testing.clock import FakeClock
    from muntin.testing.sites import SiteClient
    from muntin.testing.stores import FakeStore

#: The module whose functions are made into tests, and the file that ``--muntin-conform`` collects.
CONFORMANCE = "muntin.testing.conformance"

#: The conformance of sources: plain tests, which take a fixture of their user's.
SOURCES = f"{CONFORMANCE}.sources"
SUITE = Path(__file__).with_name("conformance") / "suite.py"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the conformance tests."""
    group = parser.getgroup("muntin")
    group.addoption(
        "--muntin-conform", action="append", default=[], metavar="DISTRIBUTION",
        help="test that an installed plugin keeps what every plugin promises (may be repeated)",
    )  # fmt: skip
    group.addoption(
        "--muntin-budget", type=float, default=None, metavar="SECONDS",
        help="CPU time that drawing one panel may take in the conformance tests (1)",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Have what Muntin is about to drop fail tests, and collect the suite if it is asked for."""
    config.addinivalue_line("filterwarnings", "error:muntin:DeprecationWarning")
    if config.getoption("muntin_conform"):
        given = config.args_source is pytest.Config.ArgsSource.ARGS
        others = [one for one in config.args if given and one != str(SUITE)]
        config.args = [*others, str(SUITE)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make the checks of the conformance suite into tests of the plugin at hand."""
    module = metafunc.function.__module__
    if module.startswith(f"{CONFORMANCE}.") and module != SOURCES:
        from muntin.testing.conformance.generate import generate

        generate(metafunc)


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
