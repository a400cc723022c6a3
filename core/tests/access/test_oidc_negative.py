"""The negative cases of the OpenID certification profile for relying parties, and some beside it.

Names with hyphens are those of the profile's tests, where it has one.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from core.tests.access.gate import HOME, Gate
from core.tests.access.provider import CLIENT, once
from joserfc import jwe, jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from muntin.access.oidc.http import MAX_BYTES
from muntin.access.oidc.metadata import APART
from muntin.testing import FakeClock

Bend = Callable[[Gate], None]


def claims(**bent: Any) -> Bend:
    """Return what bends the claims of the id_token; None leaves one out."""

    def bend(gate: Gate) -> None:
        gate.provider.claims = bent

    return bend


def part(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(gate: Gate, payload: Any, **header: Any) -> str:
    """Return a token by the provider's true key, with any header and any payload."""
    headers = {"alg": "RS256", "kid": "first", **header}
    head, body = part({k: v for k, v in headers.items() if v is not None}), part(payload)
    signature = gate.provider.key.private_key.sign(  # type: ignore[union-attr]
        f"{head}.{body}".encode(), padding(), algorithm()
    )
    return f"{head}.{body}.{part(signature)}"


def padding() -> Any:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return PKCS1v15()


def algorithm() -> Any:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def header(**bent: Any) -> Bend:
    """Return what bends the header of the id_token."""

    def bend(gate: Gate) -> None:
        gate.provider.sign = lambda given: signed(gate, given, **bent)

    return bend


def payload(change: Callable[[dict[str, Any]], Any]) -> Bend:
    """Return what signs something other than an object of claims."""

    def bend(gate: Gate) -> None:
        gate.provider.sign = lambda given: signed(gate, change(given))

    return bend


def token_answer(**bent: Any) -> Bend:
    def bend(gate: Gate) -> None:
        gate.provider.granted = bent

    return bend


def raw(path: str, answer: bytes) -> Bend:
    def bend(gate: Gate) -> None:
        gate.provider.raw[path] = answer

    return bend


def http(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """Return an HTTP answer, with a length unless a line says otherwise."""
    sized = any("length" in line.lower() or "chunked" in line for line in lines)
    length = () if sized else (f"Content-Length: {len(body)}",)
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", *lines, *length, "", ""]
    return "\r\n".join(head).encode() + body


def away(gate: Gate) -> bytes:
    """Redirect to an address where the same provider would answer well."""
    return http(b"{}", f"Location: {gate.provider.issuer}/elsewhere", status="302 Found")


def own_key_in_header(gate: Gate) -> None:
    key = RSAKey.generate_key(2048, {"kid": "first"})
    header = {
        "alg": "RS256",
        "kid": "first",
        "jwk": key.as_dict(private=False),
        "jku": "http://127.0.0.1:1/keys",
    }

    def sign(given: dict[str, Any]) -> str:
        registry = jws.JWSRegistry(algorithms=["RS256"])
        return jws.serialize_compact(header, json.dumps(given), key, registry=registry)

    gate.provider.sign = sign


def encrypted(gate: Gate) -> None:
    key = OctKey.generate_key(256)
    gate.provider.sign = lambda given: jwe.encrypt_compact(
        {"alg": "dir", "enc": "A256GCM"}, json.dumps(given), key
    )


def algorithm_of_another_kind(gate: Gate) -> None:
    """An ES256 token for a set with RSA keys only."""
    key = ECKey.generate_key("P-256", {"kid": "first"})

    def sign(given: dict[str, Any]) -> str:
        registry = jws.JWSRegistry(algorithms=["ES256"])
        return jws.serialize_compact(
            {"alg": "ES256", "kid": "first"}, json.dumps(given), key, registry=registry
        )

    gate.provider.sign = sign


def weak_key(gate: Gate) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(65537, 1024)
    numbers = made.public_key().public_numbers()
    size = 128
    gate.provider.published = [
        {
            "kty": "RSA",
            "kid": "first",
            "e": part(numbers.e.to_bytes(3, "big")),
            "n": part(numbers.n.to_bytes(size, "big")),
        }
    ]

    def sign(given: dict[str, Any]) -> str:
        text = f"{part({'alg': 'RS256', 'kid': 'first'})}.{part(given)}"
        return f"{text}.{part(made.sign(text.encode(), padding(), algorithm()))}"

    gate.provider.sign = sign


def twice(given: dict[str, Any]) -> bytes:
    """Return claims in which one stands twice, the second time as it should be."""
    return b'{"nonce": "another", ' + json.dumps(given).encode()[1:]


def number(text: str) -> Callable[[dict[str, Any]], bytes]:
    def change(given: dict[str, Any]) -> bytes:
        rest = json.dumps({**given, "exp": 0}).encode()
        return rest.replace(b'"exp": 0', b'"exp": ' + text.encode())

    return change


DEEP = b"[" * 20_000 + b"]" * 20_000

CASES: dict[str, Bend] = {
    # issuer, audience, client
    "invalid-iss": claims(iss="https://evil.example"),
    "issuer with a slash more": lambda gate: claims(iss=gate.provider.issuer + "/")(gate),
    "missing-iss": claims(iss=None),
    "iss as a list": lambda gate: claims(iss=[gate.provider.issuer])(gate),
    "invalid-aud": claims(aud="another"),
    "missing-aud": claims(aud=None),
    "aud as an empty list": claims(aud=[]),
    "aud as an object": claims(aud={CLIENT: True}),
    "aud in another case": claims(aud=CLIENT.upper()),
    "aud that begins as ours": claims(aud=CLIENT + "-admin"),
    "several aud without azp": claims(aud=[CLIENT, "another"]),
    "several aud with azp of another": claims(aud=[CLIENT, "another"], azp="another"),
    "azp of another": claims(azp="another"),
    "azp as a list": claims(azp=[CLIENT]),
    # time
    "expired": claims(exp=1),
    "missing-exp": claims(exp=None),
    "exp as a text": claims(exp="4000000000"),
    "exp as true": claims(exp=True),
    "exp that is no number": payload(number("NaN")),
    "exp without end": payload(number("Infinity")),
    "exp of 400 digits": payload(number("1e400")),
    "missing-iat": claims(iat=None),
    "iat in the future": lambda gate: claims(iat=int(gate.provider.clock()) + 3600)(gate),
    "iat as a text": claims(iat="now"),
    "nbf in the future": claims(nbf=4_000_000_000),
    # nonce and subject
    "nonce-invalid": claims(nonce="another"),
    "missing nonce": claims(nonce=None),
    "empty nonce": claims(nonce=""),
    "nonce as a list": claims(nonce=["another"]),
    "missing-sub": claims(sub=None),
    "empty sub": claims(sub=""),
    "sub as a number": claims(sub=7),
    # hashes
    "bad-at_hash": claims(at_hash="another"),
    "empty at_hash": claims(at_hash=""),
    "at_hash as a list": claims(at_hash=[]),
    # signature
    "id_token-sig-none": header(alg="none"),
    "alg in another spelling": header(alg="rs256"),
    "missing alg": header(alg=None),
    "unknown critical header": header(crit=["exp"], exp=1),
    "b64 false": header(crit=["b64"], b64=False),
    "key in the header": own_key_in_header,
    "key of another kind": algorithm_of_another_kind,
    "RSA key of 1024 bits": weak_key,
    "unknown kid": header(kid="unheard-of"),
    "kid as a list": header(kid=["first"]),
    "encrypted token": encrypted,
    # shape
    "claims that are a list": payload(lambda given: [given]),
    "claims that are deep": payload(lambda _: DEEP),
    "claims that are not UTF-8": payload(lambda _: b'{"iss": "\xff"}'),
    "claims that are empty": payload(lambda _: b""),
    # token endpoint
    "no id_token": token_answer(id_token=None),
    "id_token as a list": token_answer(id_token=["a.b.c"]),
    "token answer with an error": token_answer(error="invalid_client"),
    "token answer that is a list": raw("/token", http(b"[]")),
    "token answer that is deep": raw("/token", http(DEEP)),
    "token answer that is HTML": raw("/token", http(b"<html>")),
    "token answer 500": raw("/token", http(b"{}", status="500 Internal Server Error")),
    "token answer cut short": raw("/token", http(b'{"id_token": "', "Content-Length: 500")),
    "token answer in broken chunks": raw(
        "/token", http(b"zz\r\n{}", "Transfer-Encoding: chunked")
    ),
    "token answer too large": raw("/token", http(b" " * (MAX_BYTES + 1))),
    "token answer that redirects": lambda gate: raw("/token", away(gate))(gate),
    "token answer that is no HTTP": raw("/token", b"\x00" * 500),
    # keys
    "jwks too large": raw("/keys", http(b" " * (MAX_BYTES + 1))),
    "jwks packed to explode": raw(
        "/keys", http(gzip.compress(b" " * 50 * MAX_BYTES), "Content-Encoding: gzip")
    ),
    "jwks cut short": raw("/keys", http(b'{"keys": [', "Content-Length: 500")),
    "jwks that redirects": lambda gate: raw("/keys", away(gate))(gate),
    "jwks without keys": raw("/keys", http(b'{"keys": []}')),
    "jwks of rubbish": raw("/keys", http(b'{"keys": [7, null, {}, {"kty": "RSA", "n": "!"}]}')),
    "jwks with a shared secret": raw(
        "/keys", http(b'{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]}')
    ),
    "jwks for encryption only": lambda gate: setattr(
        gate.provider, "published", [{**gate.provider.key.as_dict(private=False), "use": "enc"}]
    ),
    # userinfo, which is asked where the token lacks a claim
    "userinfo-bad-sub-claim": lambda gate: userinfo(gate, sub="s-8"),
    "userinfo without sub": lambda gate: userinfo(gate, sub=None),
    "userinfo that redirects": lambda gate: userinfo(gate, answer=away(gate)),
    "userinfo cut short": lambda gate: userinfo(gate, answer=http(b"{", "Content-Length: 50")),
    "userinfo 401": lambda gate: userinfo(gate, answer=http(b"{}", status="401 Unauthorized")),
}  # fmt: skip


def userinfo(gate: Gate, answer: bytes = b"", **bent: Any) -> None:
    gate.provider.claims = {"roles": None}
    gate.provider.userinfo = {"sub": "s-7", "roles": ["fund-investors"], **bent}
    if answer:
        gate.provider.raw["/userinfo"] = answer


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("case", CASES)
def test_a_hostile_answer_signs_nobody_in(gate: Gate, case: str) -> None:
    CASES[case](gate)

    reason = gate.refused()
    gate.access.stop()

    lines = [json.loads(line) for line in gate.log.read_text().splitlines()]
    assert [(one["event"], one["reason"]) for one in lines] == [("login-failed", reason)]


@pytest.mark.parametrize("case", ["invalid-iss", "nonce-invalid", "bad-at_hash", "jwks cut short"])
def test_after_a_hostile_answer_a_true_one_signs_in(
    gate: Gate, clock: FakeClock, case: str
) -> None:
    CASES[case](gate)
    gate.refused()
    gate.provider.claims, gate.provider.raw = {}, {}
    clock.advance(APART)

    assert gate.sign_in().session


def test_a_provider_that_states_its_issuer_must_do_so(gate: Gate) -> None:
    """RFC 9207: so that no other provider's answer is taken for this one's."""
    gate.provider.metadata = {"authorization_response_iss_parameter_supported": True}

    assert gate.refused() == "issuer"
    assert gate.refused(iss="https://evil.example") == "issuer"
    assert gate.sign_in(iss=gate.provider.issuer).session


def test_an_answer_counts_once_even_if_the_provider_gives_the_code_twice(gate: Gate) -> None:
    begun = gate.access.begin("/")
    came_back = gate.provider.authorize(begun.url)
    assert gate.access.finish(came_back, begun.cookie, HOME).session
    gate.provider._codes[came_back["code"]] = once(urlsplit(begun.url).query)

    assert gate.access.finish(came_back, begun.cookie, HOME).reason == "replayed"


# ------------------------------------------------------------ what must be accepted


def by_key(gate: Gate, key: Any, algorithm: str) -> None:
    """Have the provider publish another key and sign with it."""
    gate.provider.published = [key]
    registry = jws.JWSRegistry(algorithms=[algorithm])
    gate.provider.sign = lambda given: jws.serialize_compact(
        {"alg": algorithm, "kid": key.kid}, json.dumps(given), key, registry=registry
    )


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [("RS256", "sha256"), ("PS384", "sha384"), ("ES512", "sha512"), ("Ed25519", "sha512")],
)
def test_the_right_at_hash_is_accepted(gate: Gate, algorithm: str, name: str) -> None:
    options: Any = {"kid": "new"}
    made: dict[str, Callable[[], Any]] = {
        "RS256": lambda: gate.provider.key,
        "PS384": lambda: gate.provider.key,
        "ES512": lambda: ECKey.generate_key("P-521", options),
        "Ed25519": lambda: OKPKey.generate_key("Ed25519", options),
    }
    digest = hashlib.new(name, b"the-access-token").digest()
    by_key(gate, made[algorithm](), algorithm)
    gate.provider.claims = {"at_hash": part(digest[: len(digest) // 2])}
    assert gate.sign_in().session

    gate.provider.claims = {"at_hash": part(digest[len(digest) // 2 :])}
    assert gate.refused() == "id-token-at-hash"


def test_another_access_token_than_the_id_token_names_is_refused(gate: Gate) -> None:
    digest = hashlib.sha256(b"the-access-token").digest()
    gate.provider.claims = {"at_hash": part(digest[:16])}
    gate.provider.granted = {"access_token": "of-another"}

    assert gate.refused() == "id-token-at-hash"


def test_kid_absent_single_jwks(gate: Gate) -> None:
    header(kid=None)(gate)

    assert gate.sign_in().session


def test_kid_absent_multiple_jwks_signs_nobody_else_in(
    gate: Gate, keys: tuple[RSAKey, RSAKey]
) -> None:
    """Either outcome is allowed for the right key; a key that is not published is refused."""
    gate.provider.published = [keys[1], gate.provider.key]
    header(kid=None)(gate)
    login = gate.sign_in()
    assert login.session is None or login.session.viewer.name == "anna"

    gate.provider.published = [keys[1]]
    assert gate.refused()


def test_of_a_claim_that_stands_twice_the_last_counts(gate: Gate) -> None:
    """RFC 7519, section 4: refuse it, or take the last; never the first."""
    payload(twice)(gate)

    assert gate.sign_in().session


def test_times_with_fractions_are_accepted(gate: Gate, clock: FakeClock) -> None:
    now = int(clock())
    gate.provider.claims = {"iat": now - 0.5, "exp": now + 300.25}

    assert gate.sign_in().session
