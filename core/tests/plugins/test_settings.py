"""A plugin's own settings: strict, frozen, and wrong only for that plugin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from core.tests.plugins.kit import adding, beside_good, hook, module, nothing, one

from muntin import Page, hookimpl
from muntin.plugins import State


@dataclass(frozen=True)
class Window:
    seconds: int = 60


@dataclass(frozen=True)
class Settings:
    title: str
    window: Window = Window()
    tags: tuple[str, ...] = ()


def test_a_plugin_gets_its_own_settings() -> None:
    seen: list[Any] = []

    def pages(settings: Settings) -> list[Page]:
        seen.append(settings)
        return []

    target = module(Settings=Settings, muntin_pages=hookimpl(pages))
    table = {"title": "T", "window": {"seconds": 5}, "tags": ["a"]}

    record = one(target, settings={"someone": table})

    assert record.active, record.reason
    assert seen == [Settings("T", Window(5), ("a",))] == [record.settings]


def test_settings_that_all_have_defaults_need_no_table() -> None:
    record = one(module(Settings=Window, muntin_pages=hookimpl(nothing)))

    assert record.settings == Window()


def test_settings_whose_defaults_raise_break_the_plugin() -> None:
    @dataclass(frozen=True)
    class Trouble:
        when: int = 0

        def __post_init__(self) -> None:
            raise RuntimeError("no defaults")

    record = beside_good(module(Settings=Trouble, muntin_pages=hookimpl(nothing)))

    assert record.reason.startswith("settings failed: RuntimeError: no defaults")


def test_settings_are_none_for_a_plugin_without() -> None:
    def pages(settings: object) -> list[Page]:
        return [Page("none", str(settings))]

    assert one(hook("muntin_pages", pages)).pages[0].title == "None"


@pytest.mark.parametrize(
    ("table", "reasons"),
    [
        ({}, ["plugin.someone.title: required, but not given"]),
        ({"title": 1}, ["plugin.someone.title: should be a valid string"]),
        (
            {"title": "T", "windw": 1, "window": {"secnds": 1}},
            [
                "plugin.someone.windw: unknown, did you mean window?",
                "plugin.someone.window.secnds: unknown, did you mean seconds?",
            ],
        ),
        (
            {"title": "T", "window": {"seconds": "12"}},
            ["plugin.someone.window.seconds: should be a valid integer"],
        ),
    ],
)
def test_wrong_settings_break_the_plugin_and_name_every_mistake(
    table: dict[str, Any], reasons: list[str]
) -> None:
    """Types are strict, and unknown names are refused at any depth."""
    target = module(Settings=Settings, muntin_pages=hookimpl(nothing))

    record = beside_good(target, settings={"someone": table})

    assert record.state is State.BROKEN
    assert record.reason.split("; ") == reasons


def test_settings_for_a_plugin_that_has_none_are_a_mistake() -> None:
    record = beside_good(adding(), settings={"someone": {"window": 1}})

    assert record.reason == "plugin.someone: this plugin has no settings"


@dataclass
class Loose:
    window: int = 1


@pytest.mark.parametrize("wrong", [Loose, dict, 7])
def test_a_settings_class_must_be_a_frozen_dataclass(wrong: object) -> None:
    target = module(Settings=wrong, muntin_pages=hookimpl(nothing))

    assert "frozen" in beside_good(target).reason
