"""Plugins that are well: their pages, which of them are wanted, and what strict sites ask."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from core.tests.plugins.kit import GOOD, Install, adding, hook, loaded, module, one

from muntin import ConfigError, Page, hookimpl
from muntin.plugins import State, load


def test_a_good_plugin_is_active_and_adds_its_pages() -> None:
    record = one(GOOD)

    assert record.state is State.ACTIVE
    assert record.reason == ""
    assert [page.slug for page in record.pages] == ["good"]


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        one(GOOD).name = "other"  # type: ignore[misc]


def test_two_sets_share_nothing() -> None:
    """Nothing is global: two apps may live in one process."""
    first, second = loaded(good=GOOD), loaded(good=GOOD)

    assert first.manager is not second.manager
    assert first.manager.get_plugin("good") is GOOD


def test_a_plugin_may_be_an_object_with_methods() -> None:
    class Plugin:
        @hookimpl
        def muntin_pages(self, settings: Any) -> list[Page]:
            return [Page("made", "Made")]

    assert one(Plugin()).pages[0].slug == "made"


def test_pages_come_by_order_and_slug_whatever_the_order_of_plugins() -> None:
    found = loaded(
        b=adding(Page("zebra", "Z", order=1), Page("bear", "B", order=5)),
        a=adding(Page("ant", "A", order=5)),
    )

    assert [page.slug for page in found.pages] == ["zebra", "ant", "bear"]


def test_a_disabled_plugin_is_not_imported(installed: Install) -> None:
    installed("bad", "raise RuntimeError('imported')")

    (record,) = load(disable=["bad"]).records

    assert (record.state, record.reason) == (State.DISABLED, "listed in plugins.disable")


def test_only_leaves_out_all_others() -> None:
    found = load(plugins={"a": adding(), "b": adding()}, discover=False, only=["a"])

    assert [record.state for record in found.records] == [State.ACTIVE, State.DISABLED]


def test_a_plugin_may_be_disabled_by_the_name_of_its_distribution(installed: Install) -> None:
    installed("bad", "raise RuntimeError", distribution="Muntin_Bad")

    assert load(disable=["muntin-bad"]).records[0].state is State.DISABLED


def test_strict_names_every_plugin_that_failed() -> None:
    found = loaded(a=GOOD, b=hook("muntin_pages", lambda: None), c=module(), d=adding())

    with pytest.raises(ConfigError) as caught:
        found.require_all()

    assert len(caught.value.problems) == 2
    assert caught.value.problems[1].startswith("plugin 'c' is broken: has no hooks")


def test_strict_does_not_mind_disabled_plugins() -> None:
    load(plugins={"a": module()}, discover=False, disable=["a"]).require_all()


def test_json_has_state_and_status() -> None:
    found = replace(one(GOOD), version="1.0", distribution="x").as_json()

    assert found == {
        "name": "someone",
        "distribution": "x",
        "version": "1.0",
        "state": "active",
        "status": "active",
        "reason": "",
        "pages": ["good"],
    }
