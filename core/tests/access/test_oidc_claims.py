"""Who it is that a provider sends: name, roles and claims."""

from __future__ import annotations

from typing import Any

import pytest
from core.tests.access.gate import Gate, OpenGate


def test_what_the_token_lacks_comes_from_userinfo(gate: Gate) -> None:
    gate.provider.claims = {"preferred_username": None, "roles": None}
    gate.provider.userinfo = {
        "sub": "s-7",
        "preferred_username": "anna",
        "roles": ["fund-investors"],
    }

    viewer = gate.viewer()
    assert viewer.name == "anna"
    assert viewer.roles == {"investor"}


def test_userinfo_of_another_person_is_refused(gate: Gate) -> None:
    gate.provider.claims = {"roles": None}
    gate.provider.userinfo = {"sub": "s-8", "roles": ["fund-investors"]}

    assert gate.refused() == "userinfo-of-another"


def test_the_signed_claims_win_over_userinfo(gate: Gate) -> None:
    gate.provider.claims = {"roles": None}
    gate.provider.userinfo = {"sub": "s-7", "preferred_username": "olga"}

    assert gate.viewer().name == "anna"


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["fund-investors", "other", 7, None]}}),
        ("https://fund.example/roles", {"https://fund.example/roles": ["fund-investors"]}),
        ("groups", {"groups": "fund-investors other"}),
    ],
)
def test_roles_are_found_where_the_settings_say(
    open_gate: OpenGate, path: str, claims: dict[str, Any]
) -> None:
    gate = open_gate(roles_claim=path)
    gate.provider.claims = claims

    assert gate.viewer().roles == {"investor"}


@pytest.mark.parametrize("roles", [None, 7, {"operator": True}, [["operator"]], "", ["other"]])
def test_any_other_roles_give_nothing(gate: Gate, roles: Any) -> None:
    gate.provider.claims = {"roles": roles}

    assert gate.viewer().roles == frozenset()


def test_an_email_counts_only_if_it_was_verified(open_gate: OpenGate) -> None:
    gate = open_gate(name_claim="email")
    for said in (None, False, "true"):
        gate.provider.claims = {"email": "Anna@fund.example", "email_verified": said}
        assert gate.refused() == "email-not-verified"

    gate.provider.claims = {"email": "Anna@fund.example", "email_verified": True}
    assert gate.viewer().name == "anna@fund.example"


def test_subjects_that_differ_in_case_are_two_people(open_gate: OpenGate) -> None:
    gate = open_gate(name_claim="sub")
    names = set()
    for subject in ("abc", "ABC"):
        gate.provider.claims = {"sub": subject}
        names.add(gate.viewer().name)

    assert names == {"abc", "ABC"}


def test_huge_claims_are_cut_to_the_few_that_matter(gate: Gate) -> None:
    gate.provider.claims = {"email": "anna@fund.example", "photo": "x" * 20_000}

    assert dict(gate.viewer().claims) == {
        "iss": gate.provider.issuer,
        "sub": "s-7",
        "email": "anna@fund.example",
        "preferred_username": "Anna",
    }
