"""Signatures and tokens: nobody else can make one, nobody can change one."""

from __future__ import annotations

import string

from core.tests.access.kit import SECRET
from hypothesis import assume, given
from hypothesis import strategies as st

from muntin.access.signing import TOKEN_LIFE, Signer, handle_of, new_id, same
from muntin.testing import FakeClock

TEXTS = st.text(max_size=20)
SLUGS = st.text(string.ascii_lowercase + "-", min_size=1, max_size=8)
PANELS = st.frozensets(SLUGS, max_size=4)


def signer(secret: str = SECRET) -> Signer:
    return Signer(secret, FakeClock())


@given(TEXTS, PANELS, st.data())
def test_a_token_with_any_byte_changed_is_refused(
    slug: str, panels: frozenset[str], data: st.DataObject
) -> None:
    token = signer().token("session", slug, panels)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters())
    assume(other != token[at])

    assert signer().check_token(token, "session", slug, panels)
    changed = token[:at] + other + token[at + 1 :]
    assert not signer().check_token(changed, "session", slug, panels)


@given(TEXTS)
def test_any_other_text_is_no_token(text: str) -> None:
    assert not signer().check_token(text, "session", "page", frozenset())


@given(TEXTS, st.data())
def test_a_sealed_text_with_any_byte_changed_is_refused(text: str, data: st.DataObject) -> None:
    sealed = signer().seal("session", text)
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters())
    assume(other != sealed[at])

    assert signer().open("session", sealed) == text
    assert signer().open("session", sealed[:at] + other + sealed[at + 1 :]) is None


@given(st.tuples(TEXTS, SLUGS, PANELS), st.tuples(TEXTS, SLUGS, PANELS))
def test_a_token_opens_only_what_it_was_made_for(
    one: tuple[str, str, frozenset[str]], other: tuple[str, str, frozenset[str]]
) -> None:
    token = signer().token(*one)

    assert signer().check_token(token, *other) == (one == other)


def test_the_order_of_panels_makes_no_difference() -> None:
    token = signer().token("session", "page", ["a", "b"])

    assert signer().check_token(token, "session", "page", ["b", "a"])


def test_a_token_is_good_for_ten_minutes() -> None:
    clock = FakeClock()
    signs = Signer(SECRET, clock)
    token = signs.token("session", "page", ())

    clock.advance(TOKEN_LIFE - 1)
    assert signs.check_token(token, "session", "page", ())
    clock.advance(1)
    assert not signs.check_token(token, "session", "page", ())


def test_another_secret_and_another_purpose_sign_otherwise() -> None:
    sealed = signer().seal("session", "anna")

    assert signer(SECRET + "!").open("session", sealed) is None
    assert signer().open("oidc", sealed) is None
    assert signer().open("session", "") is None


def test_parts_of_a_signature_do_not_run_into_each_other() -> None:
    assert signer().sign("x", "ab", "c") != signer().sign("x", "a", "bc")


@given(TEXTS, TEXTS)
def test_same_says_what_equals_says(one: str, other: str) -> None:
    assert same(one, other) == (one == other)
    assert same(one, one)


def test_ids_are_long_random_and_do_not_follow_from_their_handles() -> None:
    made = {new_id() for _ in range(100)}

    assert len(made) == 100
    assert all(len(one) == 43 for one in made)
    assert not any(handle_of(one) in one or one in handle_of(one) for one in made)


def test_the_secret_does_not_show() -> None:
    assert SECRET not in repr(signer())
    assert not hasattr(signer(), "__dict__")
