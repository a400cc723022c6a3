"""Signing in at a provider: whatever does not fit opens nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from core.tests.access.gate import HOME, Gate
from core.tests.access.provider import CLIENT, CLIENT_SECRET
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from muntin.access.oidc.metadata import APART
from muntin.access.oidc.provider import PATIENCE
from muntin.testing import FakeClock


@pytest.mark.parametrize(
    ("bent", "reason"),
    [
        ({"state": "another"}, "state"),
        ({"state": ""}, "state"),
        ({"error": "access_denied"}, "access-denied"),
        ({"error": "<script>alert(1)</script>"}, "provider-error"),
        ({"code": ""}, "no-code"),
        ({"code": "made-up"}, "code"),
        ({"code": "x" * 5000}, "no-code"),
        ({"code": "a b&client_id=other"}, "code"),
        ({"iss": "https://evil.example"}, "issuer"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    gate: Gate, bent: dict[str, str], reason: str
) -> None:
    assert gate.refused(**bent) == reason


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "another"}, "id-token-invalid-claim: nonce"),
        ({"nonce": None}, "id-token-missing-claim: nonce"),
        ({"aud": "another"}, "id-token-invalid-claim: aud"),
        ({"aud": [CLIENT, "another"]}, "id-token-azp"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "id-token-azp"),
        ({"azp": "another"}, "id-token-azp"),
        ({"iss": "https://evil.example"}, "id-token-invalid-claim: iss"),
        ({"exp": 1}, "id-token-expired-token: exp"),
        ({"exp": None}, "id-token-missing-claim: exp"),
        ({"exp": "tomorrow"}, "id-token-invalid-claim: exp"),
        ({"nbf": 4_000_000_000}, "id-token-invalid-claim: nbf"),
        ({"sub": ""}, "id-token-invalid-claim: sub"),
        ({"sub": None}, "id-token-missing-claim: sub"),
        ({"preferred_username": None}, "no-preferred-username"),
        ({"preferred_username": {"a": 1}}, "no-preferred-username"),
        ({"preferred_username": "an\nna"}, "no-preferred-username"),
        ({"preferred_username": "x" * 500}, "no-preferred-username"),
    ],
)
def test_an_id_token_that_does_not_fit_is_refused(
    gate: Gate, claims: dict[str, Any], reason: str
) -> None:
    gate.provider.claims = claims

    assert gate.refused() == reason


def test_clocks_may_differ_by_a_minute_and_no_more(gate: Gate, clock: FakeClock) -> None:
    gate.provider.claims = {"exp": int(clock()) - 59}
    assert gate.sign_in().session

    gate.provider.claims = {"exp": int(clock()) - 61}
    assert gate.refused().startswith("id-token-expired")


def test_a_token_without_signature_is_refused(gate: Gate) -> None:
    def unsigned(claims: dict[str, Any]) -> str:
        header, body, _ = gate.provider.signed(claims).split(".")
        none = OctKey.generate_key(256)
        head = jwt.encode({"alg": "HS256"}, {}, none).split(".")[0]
        assert head != header
        return f"eyJhbGciOiJub25lIn0.{body}."  # {"alg":"none"}

    gate.provider.sign = unsigned
    assert gate.refused() == "id-token-unreadable"


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(gate: Gate) -> None:
    """The mistake of libraries that let the token choose its algorithm."""
    public = gate.provider.key.as_pem(private=False)

    def confused(claims: dict[str, Any]) -> str:
        key = OctKey.import_key(re.sub(rb"-----.*?-----|\n", b"", public))
        return jwt.encode({"alg": "HS256", "kid": "first"}, claims, key)

    gate.provider.sign = confused
    assert gate.refused() == "id-token-unreadable"


def test_a_token_signed_with_the_client_secret_is_refused(gate: Gate) -> None:
    key = OctKey.import_key(CLIENT_SECRET)
    gate.provider.sign = lambda claims: jwt.encode({"alg": "HS256"}, claims, key)

    assert gate.refused() == "id-token-unreadable"


@pytest.mark.parametrize("kid", ["first", "unheard-of"])
def test_a_token_by_another_key_is_refused(
    gate: Gate, keys: tuple[RSAKey, RSAKey], kid: str
) -> None:
    other = keys[1]
    gate.provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": kid}, claims, other)

    assert gate.refused() == "id-token-signature"


def test_a_changed_token_is_refused(gate: Gate) -> None:
    def changed(claims: dict[str, Any]) -> str:
        head, _, signature = gate.provider.signed(claims).split(".")
        other = gate.provider.signed({**claims, "roles": ["operator"]}).split(".")[1]
        return f"{head}.{other}.{signature}"

    gate.provider.sign = changed
    assert gate.refused() == "id-token-signature"


@pytest.mark.parametrize("token", ["", "a.b.c", "no token", "x" * 100_000, "é.é.é"])
def test_rubbish_in_place_of_a_token_is_refused(gate: Gate, token: str) -> None:
    gate.provider.sign = lambda _claims: token

    assert gate.refused() in {"id-token-unreadable", "no-id-token"}


def test_a_new_key_of_the_provider_is_found(
    gate: Gate, keys: tuple[RSAKey, RSAKey], clock: FakeClock
) -> None:
    assert gate.sign_in().session
    clock.advance(APART + 1)
    new = keys[1]
    gate.provider.published = [new]
    gate.provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "second"}, claims, new)

    assert gate.sign_in().session


def test_a_code_counts_once(gate: Gate) -> None:
    begun = gate.access.begin("/")
    came_back = gate.provider.authorize(begun.url)

    assert gate.access.finish(came_back, begun.cookie, HOME).session
    assert gate.access.finish(came_back, begun.cookie, HOME).reason == "replayed"


def test_a_login_begun_in_another_browser_is_refused(gate: Gate) -> None:
    """Otherwise somebody could sign others in as themselves."""
    mine, theirs = gate.access.begin("/"), gate.access.begin("/")

    login = gate.access.finish(gate.provider.authorize(mine.url), theirs.cookie, HOME)
    assert (login.session, login.reason) == (None, "state")


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c.d", "x" * 10_000, "\ud800"])
def test_a_made_up_cookie_is_refused(gate: Gate, cookie: str) -> None:
    came_back = gate.provider.authorize(gate.access.begin("/").url)

    assert gate.access.finish(came_back, cookie, HOME).reason == "state"


def test_whoever_takes_too_long_begins_again(gate: Gate, clock: FakeClock) -> None:
    begun = gate.access.begin("/")
    clock.advance(PATIENCE)

    login = gate.access.finish(gate.provider.authorize(begun.url), begun.cookie, HOME)
    assert login.reason == "too-late"
