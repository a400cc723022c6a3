"""A door and a gate to knock at: users with cheap hashes, a provider, clocks moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from core.tests.access.gate import Gate, gate_of
from core.tests.access.kit import ANNA, OLGA, Book, Door
from core.tests.access.provider import StandIn
from joserfc.jwk import RSAKey

from muntin.access.passwords import Passwords
from muntin.testing import FakeClock

if TYPE_CHECKING:
    from core.tests.access.gate import OpenGate

    from muntin.access import Access


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Return hashes that cost nothing; everything else about them is as in earnest."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def book(tmp_path: Path, passwords: Passwords) -> Book:
    found = Book(tmp_path / "users.json", passwords)
    found.put("anna", ANNA, "investor", claims={"holder": "H-7"})
    found.put("olga", OLGA, "operator")
    return found


@pytest.fixture
def door(tmp_path: Path, book: Book, clock: FakeClock) -> Iterator[Door]:
    found = Door(tmp_path, clock)
    yield found
    for access in found.opened:
        access.stop()


@pytest.fixture
def access(door: Door, passwords: Passwords) -> Access:
    return door.open(passwords)


@pytest.fixture(scope="session")
def keys() -> tuple[RSAKey, RSAKey]:
    """Return the provider's key and another one; to make one takes a while."""
    return (
        RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}),
        RSAKey.generate_key(2048, {"kid": "second", "use": "sig"}),
    )


@pytest.fixture
def provider(
    clock: FakeClock, keys: tuple[RSAKey, RSAKey], monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandIn]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    found = StandIn(clock, keys[0])
    yield found
    found.close()


@pytest.fixture
def open_gate(provider: StandIn, tmp_path: Path, clock: FakeClock) -> OpenGate:
    """Return what gives a gate with other options of the provider."""
    return lambda **options: gate_of(provider, tmp_path, clock, **options)


@pytest.fixture
def gate(open_gate: OpenGate) -> Gate:
    return open_gate()
