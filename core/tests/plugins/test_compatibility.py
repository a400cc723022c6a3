"""A plugin's requirement of Muntin is the one that pip reads."""

from __future__ import annotations

import pytest
from core.tests.plugins.kit import Install

from muntin import PluginError
from muntin.plugins import State, load
from muntin.plugins.versions import check_requirement


@pytest.mark.parametrize(
    ("requirement", "running", "fits"),
    [
        ("muntin", "0.1.0", True),
        ("muntin>=0.1,<0.2", "0.1.0", True),
        ("muntin>=0.1.0", "0.1", True),
        ("muntin<0.1.0", "0.1", False),
        ("muntin (>=0.1,<0.2)", "0.2.0", False),
        ("Muntin >= 0.2", "0.1.0", False),
        ("muntin>0.1,<=0.10", "0.10.0", True),
        ("muntin~=0.1.0", "0.1.9", True),
        ("muntin==0.1.*", "0.2", False),
        ("muntin[redis]>=9", "0.1.0", False),
        ("muntin>=0.2", "0.2.dev1", False),
        ("muntin<0.3", "0.2.dev1", True),
        ("muntin>=9; python_version < '3'", "0.1.0", True),
        ("muntin>=9; extra == 'new'", "0.1.0", True),
        ("muntin-overview>=9", "0.1.0", True),
        ("muntin_x>=9", "0.1.0", True),
        ("muntins>=9", "0.1.0", True),
    ],
)
def test_the_requirement_of_muntin_is_checked(requirement: str, running: str, fits: bool) -> None:
    """The one declaration of compatibility is the one that pip reads."""
    if fits:
        check_requirement("x", ["pandas>=99", requirement], running)
    else:
        with pytest.raises(PluginError, match="needs muntin") as caught:
            check_requirement("x", [requirement], running)
        assert caught.value.state == "incompatible"


def test_an_incompatible_plugin_is_not_imported(installed: Install) -> None:
    installed("new", "raise RuntimeError('imported')", requires="muntin>=9,<10")

    (record,) = load().records

    assert record.state is State.INCOMPATIBLE
    assert record.reason == "needs muntin<10,>=9, this is muntin 0.1.0"


def test_an_unreadable_requirement_is_a_reason() -> None:
    with pytest.raises(PluginError, match="cannot be read"):
        check_requirement("x", ["muntin>=>1"], "0.1")
