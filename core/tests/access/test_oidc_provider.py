"""A provider that is down, slow or not what it says it is: a sentence, never a login."""

from __future__ import annotations

from typing import Any

import pytest
from core.tests.access.gate import HOME, Gate, OpenGate
from joserfc.jwk import OctKey

from muntin.access import ProviderError
from muntin.access.oidc.http import MAX_BYTES
from muntin.access.oidc.metadata import APART
from muntin.testing import FakeClock


def test_a_provider_that_is_down_is_a_sentence(gate: Gate) -> None:
    gate.provider.close()

    with pytest.raises(ProviderError, match="does not answer"):
        gate.access.begin("/")


def test_a_provider_that_goes_down_half_way_is_a_sentence(gate: Gate) -> None:
    begun = gate.access.begin("/")
    came_back = gate.provider.authorize(begun.url)
    gate.provider.close()

    login = gate.access.finish(came_back, begun.cookie, HOME)
    assert (login.session, login.reason) == (None, "provider")
    assert "does not answer" in login.message


def test_a_provider_that_fails_is_asked_again_only_after_a_while(
    gate: Gate, clock: FakeClock
) -> None:
    gate.provider.metadata = {"issuer": "https://evil.example"}
    for _ in range(5):
        with pytest.raises(ProviderError):
            gate.access.begin("/")
    assert len(gate.provider.asked) == 1

    gate.provider.metadata = {}
    clock.advance(APART)
    assert gate.sign_in().session


@pytest.mark.parametrize("drops", [False, True], ids=["hangs", "drips"])
def test_a_provider_that_does_not_come_to_an_end_is_a_sentence(
    open_gate: OpenGate, drops: bool
) -> None:
    gate = open_gate(timeout=0.3)
    gate.provider.hangs, gate.provider.drips = not drops, drops

    with pytest.raises(ProviderError, match="does not answer"):
        gate.access.begin("/")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "https://evil.example"}, "calls itself 'https://evil.example'"),
        ({"issuer": None}, "calls itself"),
        ({"token_endpoint": None}, "token_endpoint is not an https"),
        (
            {"authorization_endpoint": "javascript:alert(1)"},
            "authorization_endpoint is not an https",
        ),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri is not an https"),
        ({"padding": "x" * MAX_BYTES}, "does not answer"),
    ],
)
def test_a_discovery_that_does_not_fit_is_a_sentence(
    gate: Gate, metadata: dict[str, Any], words: str
) -> None:
    gate.provider.metadata = metadata

    with pytest.raises(ProviderError, match=words):
        gate.access.begin("/")


@pytest.mark.parametrize("document", [b"", b"[]", b"<html>", b"\xff", b"[" * 100_000])
def test_a_discovery_that_is_no_object_is_a_sentence(gate: Gate, document: bytes) -> None:
    gate.provider._discovery = lambda: document  # type: ignore[method-assign,return-value,assignment]

    with pytest.raises(ProviderError, match=r"no object|with JSON"):
        gate.access.begin("/")


def test_only_keys_that_can_sign_are_believed(gate: Gate) -> None:
    gate.provider.published = [OctKey.generate_key(256, {"kid": "first"})]

    assert gate.refused() == "provider"
