"""Proxy mode: only the proxy is believed, and only what cannot be read in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from core.tests.access.kit import SECRET

from muntin import Viewer
from muntin.access import Access, Credentials, Session
from muntin.access.proxy import Proxy, TrustedPeers
from muntin.access.roles import RoleCache
from muntin.access.signing import Signer
from muntin.access.throttled_log import EVERY
from muntin.settings import AccessConfig, ProxyConfig, Secret
from muntin.testing import FakeClock

PROXY = "10.0.0.5"

Headers = Mapping[str, tuple[str, ...]]

ANNA: Headers = {"x-forwarded-user": ("anna",), "x-forwarded-groups": ("investor",)}


def access_of(
    clock: FakeClock, plugin_roles: RoleCache | None = None, mode: Any = "proxy", **options: Any
) -> Access:
    proxy = ProxyConfig(**{"addresses": (PROXY, "10.1.0.0/28", "fd00::1"), **options})
    config = AccessConfig(mode=mode, secret=Secret(SECRET), proxy=proxy)
    return Access(config, Signer(SECRET, clock), plugin_roles=plugin_roles)


@pytest.fixture
def access(clock: FakeClock) -> Access:
    return access_of(clock)


def came(access: Access, headers: Headers = ANNA, address: str = PROXY) -> Session | None:
    return access.identify(Credentials(address, headers))


def sent(*users: str, groups: tuple[str, ...] = ("investor",)) -> Headers:
    return {"x-forwarded-user": users, "x-forwarded-groups": groups}


def test_the_proxys_word_is_name_and_roles(access: Access) -> None:
    session = came(access, sent("Anna", groups=("investor, risk",)))

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
    "users",
    [
        (),
        ("",),
        ("anna,olga",),
        ("anna;olga",),
        ("anna, ",),
        ("anna\nolga",),
        ("anna\tolga",),
        ("x" * 1000,),
        (" anna",),
        ("anna", "olga"),
        ("olga", "anna"),
        ("anna", "anna"),
        ("", "anna"),
        ("anna", ""),
        ("zo\xeb",),
        ("anna\x85",),
        ("an\N{EURO SIGN}na",),
    ],
)
def test_a_name_that_is_missing_doubled_or_joined_is_nobody(
    access: Access, users: tuple[str, ...]
) -> None:
    assert came(access, sent(*users)) is None


@pytest.mark.parametrize(
    "groups",
    [
        ("investor", "operator"),
        ("operator", "investor"),
        ("operator", "operator"),
        ("investor", ""),
        ("", "operator"),
        ("operator\ninvestor",),
        ("investor\toperator",),
        ("a\x00operator",),
        ("x" * 9000,),
        (",".join(["x"] * 101),),
        ("zo\xeb",),
    ],
)
def test_groups_that_can_be_read_in_two_ways_are_nobodys(
    access: Access, groups: tuple[str, ...]
) -> None:
    """To give such a request no role would end the open pages of the user it names."""
    assert came(access, sent("anna", groups=groups)) is None


@pytest.mark.parametrize("groups", [(), ("",), (",,",)])
def test_without_groups_a_user_has_no_role(access: Access, groups: tuple[str, ...]) -> None:
    headers = {"x-forwarded-user": ("anna",)} | ({"x-forwarded-groups": groups} if groups else {})
    session = came(access, headers)

    assert session
    assert session.viewer.roles == frozenset()


def test_a_name_is_the_utf_8_that_the_proxy_sends(access: Access) -> None:
    """As Latin-1, "ê2" and "㪲" would fold into one name."""
    names = []
    for name in ("\xea2", "\u3ab2"):
        session = came(access, sent(name.encode().decode("latin-1")))
        assert session
        names.append(session.viewer.name)

    assert names == ["\xea2", "\u3ab2"]


def test_headers_that_are_refused_are_logged_once_a_minute(
    clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    proxy = Proxy(ProxyConfig(), TrustedPeers([PROXY]), clock)
    for _ in range(100):
        proxy.identity(Credentials(PROXY, sent("anna", "olga")))

    assert capsys.readouterr().out.count("x-forwarded-user is sent 2 times") == 1
    clock.advance(EVERY)
    proxy.identity(Credentials(PROXY, sent("anna", "olga")))
    assert capsys.readouterr().out.count("x-forwarded-user is sent 2 times") == 1


# ------------------------------------------------------------ the client's address

FORWARDED = "203.0.113.9"


def address(access: Access, *values: str, peer: str = PROXY) -> str:
    return access.address_of(Credentials(peer, {"x-forwarded-for": values}))


@pytest.mark.parametrize("mode", ["users", "oidc", "proxy"])
def test_a_proxy_that_is_named_tells_the_clients_address(clock: FakeClock, mode: str) -> None:
    access = access_of(clock, mode=mode)

    assert address(access, FORWARDED) == FORWARDED
    assert address(access, f"1.1.1.1, {FORWARDED}") == FORWARDED
    assert address(access, FORWARDED, peer="192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize("mode", ["users", "oidc"])
def test_no_proxy_is_believed_unless_it_is_named(clock: FakeClock, mode: str) -> None:
    access = access_of(clock, mode=mode, addresses=None)

    assert address(access, FORWARDED, peer="127.0.0.1") == "127.0.0.1"


def test_in_mode_proxy_this_machine_is_believed_unless_others_are_named(clock: FakeClock) -> None:
    assert came(access_of(clock, addresses=None), address="127.0.0.1")
    assert came(access_of(clock), address="127.0.0.1") is None


@pytest.mark.parametrize(
    "values",
    [
        (FORWARDED, "1.1.1.1"),
        ("1.1.1.1", FORWARDED),
        (),
        ("",),
        ("anna",),
        (f"{FORWARDED}, x",),
        (f"{FORWARDED}:80",),
    ],
)
def test_an_address_that_is_doubled_or_none_is_not_believed(
    access: Access, values: tuple[str, ...]
) -> None:
    assert address(access, *values) == PROXY


# ------------------------------------------------------------ roles and sessions


def test_words_of_the_proxy_become_our_roles_by_the_map(clock: FakeClock) -> None:
    access = access_of(clock, role_map={"Fund Staff": ("operator", "investor")})
    session = came(access, sent("anna", groups=("Fund Staff,operator",)))

    assert session
    assert session.viewer.roles == {"operator", "investor"}
    other = came(access, sent("eve", groups=("operator",)))
    assert other
    assert other.viewer.roles == frozenset()


def test_the_same_word_is_the_same_session(access: Access) -> None:
    assert came(access) is came(access)


def test_other_roles_end_the_earlier_session(access: Access) -> None:
    """So that open pages close once the proxy says something else."""
    before = came(access)
    after = came(access, sent("anna", groups=("operator",)))

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
    def hook(user: Viewer) -> frozenset[str]:
        return frozenset({"board"}) if user.name == "anna" else frozenset()

    access = access_of(clock, RoleCache(hook, clock))
    credentials = Credentials(PROXY, ANNA)

    assert access.must_prepare(credentials)
    access.prepare(credentials)
    assert not access.must_prepare(credentials)
    session = access.identify(credentials)
    assert session
    assert session.viewer.roles == {"investor", "board"}
    assert not access.must_prepare(Credentials("192.0.2.7", ANNA))
