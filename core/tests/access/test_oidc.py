"""Signing in at a provider: the whole way round, and every way in which it must not work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from core.tests.access.kit import SECRET
from core.tests.access.provider import BASE, CLIENT, CLIENT_SECRET, StandIn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from muntin.access import Access, Ask, Login, ProviderError
from muntin.access.audit import Audit
from muntin.access.oidc.http import MAX_BYTES
from muntin.access.oidc.metadata import APART, Directory
from muntin.access.oidc.provider import PATIENCE, Provider
from muntin.access.signing import Signer
from muntin.settings import AccessConfig, OidcConfig, Secret
from muntin.testing import FakeClock

HOME = "192.0.2.7"


@pytest.fixture(scope="module")
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


@dataclass
class Gate:
    """Access in mode "oidc", with whoever stands behind it."""

    provider: StandIn
    access: Access
    log: Path

    def sign_in(self, wanted: str = "/overview", **bent: str) -> Login:
        begun = self.access.begin(wanted)
        came_back = {**self.provider.authorize(begun.url), **bent}
        return self.access.finish(came_back, begun.cookie, HOME)

    def refused(self, **bent: str) -> str:
        """Return why a login was refused, having seen that it opened nothing."""
        login = self.sign_in(**bent)
        assert (login.session, login.cookie) == (None, "")
        assert login.message
        return login.reason


def gate_of(provider: StandIn, folder: Path, clock: FakeClock, **options: Any) -> Gate:
    given = {
        "issuer": provider.issuer, "client_id": CLIENT, "client_secret": Secret(CLIENT_SECRET),
        "redirect_url": BASE, "role_map": {"fund-investors": ("investor",)}, "timeout": 5.0,
    }  # fmt: skip
    config = AccessConfig(
        mode="oidc", secret=Secret(SECRET), oidc=OidcConfig(**{**given, **options})
    )
    signer = Signer(SECRET, clock)
    log = folder / "audit.log"
    behind = Provider(config.oidc, signer, Directory(config.oidc, clock))
    access = Access(config, signer, provider=behind, audit=Audit(str(log), clock))
    return Gate(provider, access, log)


@pytest.fixture
def gate(provider: StandIn, tmp_path: Path, clock: FakeClock) -> Gate:
    return gate_of(provider, tmp_path, clock)


# ------------------------------------------------------------ the way round


def test_a_person_comes_back_with_name_roles_and_claims(gate: Gate) -> None:
    login = gate.sign_in("/overview?theme=dark")

    assert login.session is not None, login.reason
    assert login.session.viewer.name == "anna"
    assert login.session.viewer.roles == {"investor"}
    assert login.session.viewer.claims["sub"] == "s-7"
    assert "nonce" not in login.session.viewer.claims
    assert login.next == "/overview?theme=dark"
    assert gate.access.identify(Ask(HOME, cookie=login.cookie)) == login.session


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


def test_a_public_client_proves_itself_by_pkce_alone(
    provider: StandIn, tmp_path: Path, clock: FakeClock
) -> None:
    gate = gate_of(provider, tmp_path, clock, client_secret=None)
    begun = gate.access.begin("/")
    login = gate.access.finish(provider.authorize(begun.url), begun.cookie, HOME)

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


# ------------------------------------------------------------ what must not count


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
    assert gate.access.finish(came_back, begun.cookie, HOME).reason == "code"


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


# ------------------------------------------------------------ the provider itself


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
    provider: StandIn, tmp_path: Path, clock: FakeClock, drops: bool
) -> None:
    gate = gate_of(provider, tmp_path, clock, timeout=0.3)
    provider.hangs, provider.drips = not drops, drops

    with pytest.raises(ProviderError, match="does not answer"):
        gate.access.begin("/")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "https://evil.example"}, "calls itself 'https://evil.example'"),
        ({"issuer": None}, "calls itself"),
        ({"token_endpoint": None}, "token_endpoint is no https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint is no https"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri is no https"),
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
    gate.provider.published = [OctKey.generate_key(256, {"kid": "first"})]  # type: ignore[list-item]

    assert gate.refused() == "provider"


# ------------------------------------------------------------ names, roles, claims


def test_what_the_token_lacks_comes_from_userinfo(gate: Gate) -> None:
    gate.provider.claims = {"preferred_username": None, "roles": None}
    gate.provider.userinfo = {
        "sub": "s-7", "preferred_username": "anna", "roles": ["fund-investors"]
    }  # fmt: skip

    session = gate.sign_in().session
    assert session is not None
    assert session.viewer.name == "anna"
    assert session.viewer.roles == {"investor"}


def test_userinfo_of_another_person_is_refused(gate: Gate) -> None:
    gate.provider.claims = {"roles": None}
    gate.provider.userinfo = {"sub": "s-8", "roles": ["fund-investors"]}

    assert gate.refused() == "userinfo-of-another"


def test_the_signed_claims_win_over_userinfo(gate: Gate) -> None:
    gate.provider.claims = {"roles": None}
    gate.provider.userinfo = {"sub": "s-7", "preferred_username": "olga"}

    session = gate.sign_in().session
    assert session is not None
    assert session.viewer.name == "anna"


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["fund-investors", "other", 7, None]}}),
        ("https://fund.example/roles", {"https://fund.example/roles": ["fund-investors"]}),
        ("groups", {"groups": "fund-investors other"}),
    ],
)
def test_roles_are_found_where_the_settings_say(
    provider: StandIn, tmp_path: Path, clock: FakeClock, path: str, claims: dict[str, Any]
) -> None:
    gate = gate_of(provider, tmp_path, clock, roles_claim=path)
    provider.claims = claims

    session = gate.sign_in().session
    assert session is not None
    assert session.viewer.roles == {"investor"}


@pytest.mark.parametrize("roles", [None, 7, {"operator": True}, [["operator"]], "", ["other"]])
def test_any_other_roles_give_nothing(gate: Gate, roles: Any) -> None:
    gate.provider.claims = {"roles": roles}

    session = gate.sign_in().session
    assert session is not None
    assert session.viewer.roles == frozenset()


def test_an_email_counts_only_if_it_was_verified(
    provider: StandIn, tmp_path: Path, clock: FakeClock
) -> None:
    gate = gate_of(provider, tmp_path, clock, name_claim="email")
    for said in (None, False, "true"):
        provider.claims = {"email": "Anna@fund.example", "email_verified": said}
        assert gate.refused() == "email-not-verified"

    provider.claims = {"email": "Anna@fund.example", "email_verified": True}
    session = gate.sign_in().session
    assert session is not None
    assert session.viewer.name == "anna@fund.example"


def test_subjects_that_differ_in_case_are_two_people(
    provider: StandIn, tmp_path: Path, clock: FakeClock
) -> None:
    gate = gate_of(provider, tmp_path, clock, name_claim="sub")
    names = set()
    for subject in ("abc", "ABC"):
        provider.claims = {"sub": subject}
        session = gate.sign_in().session
        assert session is not None
        names.add(session.viewer.name)

    assert names == {"abc", "ABC"}


def test_huge_claims_are_cut_to_the_few_that_matter(gate: Gate) -> None:
    gate.provider.claims = {"email": "anna@fund.example", "photo": "x" * 20_000}

    session = gate.sign_in().session
    assert session is not None
    assert dict(session.viewer.claims) == {
        "iss": gate.provider.issuer, "sub": "s-7", "email": "anna@fund.example",
        "preferred_username": "Anna",
    }  # fmt: skip
