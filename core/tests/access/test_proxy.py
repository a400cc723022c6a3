"""Proxy mode: only the proxy is believed, and only what cannot be read in two ways."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from core.tests.access.kit import SECRET

from muntin.access import Access, Ask, Session
from muntin.access.roles import Granted
from muntin.access.signing import Signer
from muntin.hookspecs import User
from muntin.settings import AccessConfig, ProxyConfig, Secret
from muntin.testing import FakeClock

PROXY = "10.0.0.5"
ANNA = {"x-forwarded-user": "anna", "x-forwarded-groups": "investor"}


def access_of(clock: FakeClock, granted: Granted | None = None, **options: object) -> Access:
    proxy = ProxyConfig(addresses=(PROXY, "10.1.0.0/28", "fd00::1"), **options)  # type: ignore[arg-type]
    config = AccessConfig(mode="proxy", secret=Secret(SECRET), proxy=proxy)
    return Access(config, Signer(SECRET, clock), granted=granted)


@pytest.fixture
def access(clock: FakeClock) -> Access:
    return access_of(clock)


def came(access: Access, headers: Mapping[str, str] = ANNA, address: str = PROXY) -> Session | None:
    return access.identify(Ask(address, headers))


def test_the_proxys_word_is_name_and_roles(access: Access) -> None:
    session = came(access, {"x-forwarded-user": "Anna", "x-forwarded-groups": "investor, risk"})

    assert session
    assert session.viewer.name == "anna"
    assert session.viewer.roles == {"investor", "risk"}
    assert access.session(session.id) == session


@pytest.mark.parametrize("address", ["10.0.0.5", "10.1.0.9", "::ffff:10.0.0.5", "fd00::1"])
def test_the_proxy_is_known_by_its_address(access: Access, address: str) -> None:
    assert came(access, address=address)


@pytest.mark.parametrize(
    "address", ["10.0.0.6", "10.1.0.16", "127.0.0.1", "", "10.0.0.5, 1.2.3.4", "::1", "anna", "::"]
)
def test_nobody_else_is_believed(access: Access, address: str) -> None:
    assert came(access, address=address) is None


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"x-forwarded-user": ""}, {"x-forwarded-groups": "operator"},
        {"x-forwarded-user": "anna,olga"}, {"x-forwarded-user": "anna\nolga"},
        {"x-forwarded-user": "x" * 1000}, {"x-forwarded-user": " anna"}, {"remote-user": "anna"},
    ],
)  # fmt: skip
def test_a_name_that_is_missing_or_doubled_is_nobody(
    access: Access, headers: dict[str, str]
) -> None:
    assert came(access, headers) is None


@pytest.mark.parametrize("groups", ["operator\ninvestor", "", ",,", "x" * 9000, "a\x00operator"])
def test_groups_that_are_doubled_or_unreadable_give_no_role(access: Access, groups: str) -> None:
    session = came(access, {**ANNA, "x-forwarded-groups": groups})

    assert session
    assert session.viewer.roles == frozenset()


def test_words_of_the_proxy_become_our_roles_by_the_map(clock: FakeClock) -> None:
    access = access_of(clock, role_map={"Fund Staff": ("operator", "investor")})
    session = came(access, {**ANNA, "x-forwarded-groups": "Fund Staff,operator"})

    assert session
    assert session.viewer.roles == {"operator", "investor"}
    other = came(access, {"x-forwarded-user": "eve", "x-forwarded-groups": "operator"})
    assert other
    assert other.viewer.roles == frozenset()


def test_the_same_word_is_the_same_session(access: Access) -> None:
    assert came(access) is came(access)


def test_other_roles_end_the_earlier_session(access: Access) -> None:
    """So that open pages close once the proxy says something else."""
    before = came(access)
    after = came(access, {**ANNA, "x-forwarded-groups": "operator"})

    assert before
    assert after
    assert access.session(before.id) is None
    assert access.session(after.id) == after


def test_a_session_ends_after_its_hours(access: Access, clock: FakeClock) -> None:
    session = came(access)
    assert session

    clock.advance(12 * 3600)
    assert access.session(session.id) is None
    assert came(access)


def test_nobody_signs_in_with_a_password_or_at_a_provider_here(access: Access) -> None:
    assert access.login("anna", "some long password", PROXY).session is None
    assert access.finish({"code": "x", "state": "y"}, "", PROXY).session is None


def test_plugins_are_asked_before_roles_are_read(clock: FakeClock) -> None:
    def hook(user: User) -> frozenset[str]:
        return frozenset({"board"}) if user.name == "anna" else frozenset()

    access = access_of(clock, Granted(hook, clock))
    ask = Ask(PROXY, ANNA)

    assert access.must_prepare(ask)
    access.prepare(ask)
    assert not access.must_prepare(ask)
    session = access.identify(ask)
    assert session
    assert session.viewer.roles == {"investor", "board"}
    assert not access.must_prepare(Ask("192.0.2.7", ANNA))
