"""Who gets the role of holders."""

from __future__ import annotations

from typing import Any

import pytest

from muntin import Viewer
from muntin_my_share import Settings, muntin_roles


def roles(role: str, **claims: Any) -> tuple[str, ...]:
    return muntin_roles(Viewer("ada", frozenset(), claims), Settings(holder_role=role))


def test_a_user_whose_claim_names_a_holder_gets_the_role() -> None:
    assert roles("investor", holder="H-7") == ("investor",)


@pytest.mark.parametrize("claim", [None, "", " ", 7, ["H-7"]])
def test_a_claim_that_names_nobody_gives_nothing(claim: Any) -> None:
    assert roles("investor", holder=claim) == ()


def test_without_the_setting_a_claim_gives_nothing() -> None:
    assert roles("", holder="H-7") == ()
