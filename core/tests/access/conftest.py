"""A door to knock at: users with cheap hashes, clocks moved by hand, and an audit to read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from muntin.access import Access
from muntin.access.passwords import Passwords
from muntin.testing import FakeClock

# These tests are no package, and share modules.
sys.path.insert(0, str(Path(__file__).parents[3]))

if TYPE_CHECKING:
    from core.tests.access.kit import Book, Door


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Return hashes that cost nothing; everything else about them is as in earnest."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def book(tmp_path: Path, passwords: Passwords) -> Book:
    from core.tests.access.kit import ANNA, OLGA, Book

    found = Book(tmp_path / "users.json", passwords)
    found.put("anna", ANNA, "investor", claims={"holder": "H-7"})
    found.put("olga", OLGA, "operator")
    return found


@pytest.fixture
def door(tmp_path: Path, book: Book, clock: FakeClock) -> Iterator[Door]:
    from core.tests.access.kit import Door

    found = Door(tmp_path, clock)
    yield found
    for access in found.opened:
        access.stop()


@pytest.fixture
def access(door: Door, passwords: Passwords) -> Access:
    return door.open(passwords)
