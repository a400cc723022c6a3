"""Signing in at a provider: the whole way round."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from core.tests.access.gate import HOME, Gate, OpenGate
from core.tests.access.provider import CLIENT_SECRET

from muntin.access import Credentials


def test_a_person_comes_back_with_name_roles_and_claims(gate: Gate) -> None:
    login = gate.sign_in("/overview?theme=dark")

    assert login.session is not None, login.reason
    assert login.session.viewer.name == "anna"
    assert login.session.viewer.roles == {"investor"}
    assert login.session.viewer.claims["sub"] == "s-7"
    assert "nonce" not in login.session.viewer.claims
    assert login.next == "/overview?theme=dark"
    assert gate.access.identify(Credentials(HOME, cookie=login.cookie)) == login.session


def test_discovery_and_keys_are_asked_once(gate: Gate) -> None:
    for _ in range(3):
        assert gate.sign_in().session

    assert gate.provider.asked.count("/keys") == 1
    assert gate.provider.asked.count("/.well-known/openid-configuration") == 1


def test_the_address_holds_no_secret_and_each_login_its_own_state(gate: Gate) -> None:
    one, other = gate.access.begin("/"), gate.access.begin("/")
    asked = [parse_qs(urlsplit(begun.url).query) for begun in (one, other)]

    assert CLIENT_SECRET not in one.url
    assert "code_verifier" not in asked[0]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) >= 43
        assert asked[0][name] != asked[1][name]
        assert asked[0][name][0] not in one.cookie
    assert one.cookie not in repr(one)


def test_a_public_client_proves_itself_by_pkce_alone(open_gate: OpenGate) -> None:
    gate = open_gate(client_secret=None)
    begun = gate.access.begin("/")
    login = gate.access.finish(gate.provider.authorize(begun.url), begun.cookie, HOME)

    assert login.reason == "code"  # the stand-in wants the secret: none was sent


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil", "", "/\n"])
def test_nobody_is_sent_elsewhere(gate: Gate, wanted: str) -> None:
    assert gate.sign_in(wanted).next == "/"


def test_a_very_long_path_is_forgotten_rather_than_the_cookie_too_large(gate: Gate) -> None:
    assert len(gate.access.begin("/" + "a" * 1900).cookie) < 4000
    assert gate.sign_in("/" + "a" * 1900).next == "/"


def test_the_audit_says_who_came_and_who_was_refused(gate: Gate) -> None:
    gate.sign_in()
    gate.sign_in(state="another")
    gate.access.stop()

    lines = [json.loads(line) for line in gate.log.read_text().splitlines()]
    assert [(one["event"], one["name"], one.get("reason")) for one in lines] == [
        ("login", "anna", None),
        ("login-failed", "", "state"),
    ]
