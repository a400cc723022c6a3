"""Each check of what a plugin says of itself fails where it should, and says what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import muntin.testing.conformance as suite
from muntin.testing.conformance.subject import NoPlugin, Subject, subjects

Said = Callable[..., str]

PROMISES = (
    suite.test_hooks_and_results_are_valid,
    suite.test_pages_and_panels_are_named_well,
    suite.test_feed_has_an_example_that_parses,
    suite.test_feed_refuses_what_it_cannot_read,
    suite.test_settings_have_valid_defaults,
    suite.test_settings_refuse_unknown_keys,
)


@pytest.mark.parametrize("check", PROMISES, ids=lambda check: check.__name__)
def test_a_good_plugin_keeps_every_promise(said: Said, check: Any) -> None:
    assert said(check) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("def muntin_pages", "def muntin_pges"), "did you mean muntin_pages"),
        (("settings):", "setings):"), "unknown argument 'setings', did you mean settings"),
        (("yield Page(", "yield 5, ("), "returned a tuple where a Page is expected"),
        (("yield Page(", "return Page("), "yield each Page, or return a list"),
        (("yield Page(", "raise ValueError("), "muntin_pages failed: ValueError"),
        (("frozen=True", "frozen=False"), "Settings must be frozen"),
    ],
)
def test_a_plugin_that_is_not_active_is_told_with_its_reason(
    said: Said, change: Any, words: str
) -> None:
    answer = said(suite.test_hooks_and_results_are_valid, change)

    assert answer.startswith("plugin 'toy' is broken: ")
    assert words in answer


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('Page("toy", "Toy", (PANEL,)', 'Page("toy", "Toy", (PANEL,), order="1"'),
         "order is '1'; it must be a whole number"),
        (('Page("toy", "Toy", (PANEL,)', 'Page("toy", " T\\n", (PANEL,)'), "the title has blanks"),
        (('Page("toy", "Toy", (PANEL,)', 'Page("toy", "Toy", ()'), "page 'toy' has no panels"),
        (('"Toy", view, (TOY,), (SIDE,)', '"Toy", view, (TOY,), (TOY,)'),
         "declares feed 'toy' twice"),
        (('muntin_pages(settings):\n    yield Page("toy", "Toy", (PANEL,))',
          "muntin_panels(settings):\n    yield PANEL"), "panel 'Toy' is offered to no page"),
    ],
)  # fmt: skip
def test_names_that_nobody_can_use_are_told(said: Said, change: Any, words: str) -> None:
    assert words in said(suite.test_pages_and_panels_are_named_well, change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('example={"ts": 1764188000, "name": "a", "size": 1.5}', "doc=''"), "has no example"),
        (('"name": "a"', '"name": ("a",)'), "no JSON as json.loads would return it"),
        (('"size": 1.5', '"size": float("nan")'), "no JSON as json.loads would return it"),
        (("node = Node", 'raise MalformedFeed("size", "no");node = Node'),
         "does not parse: MalformedFeed: size: no"),
        (("node = Node", "return None;node = Node"), "does not parse: it returns None"),
        (("node = Node", 'raw["seen"] = 1;node = Node'), "the parser changes the document"),
    ],
)  # fmt: skip
def test_an_example_that_nobody_can_use_is_told(said: Said, change: Any, words: str) -> None:
    assert words in said(suite.test_feed_has_an_example_that_parses, change)


def test_a_parser_that_raises_anything_else_is_told_with_the_place(said: Said) -> None:
    careless = ('return (node.text("name"), ', 'raw["name"].upper(); return (node.text("name"), ')

    answer = said(suite.test_feed_refuses_what_it_cannot_read, careless)

    assert "must raise MalformedFeed" in answer
    assert "name = None: AttributeError" in answer
    assert "the root = {'': None}: KeyError: 'name'" in answer
    assert "more" in answer


def test_a_default_that_no_operator_could_set_is_told(said: Said) -> None:
    check = suite.test_settings_have_valid_defaults

    assert "Settings.width: the default 'six' is not valid" in said(
        check, ("width: int = 6", "width: int = 'six'")
    )
    assert said(check, ("width: int = 6", "width: float = 6")) == ""


def test_settings_that_take_anything_are_told(subject: Callable[..., Subject]) -> None:
    """Core refuses unknown keys for every plugin; the check watches core."""

    class Careless(Subject):
        def again(self, settings: Any) -> Any:
            assert "no_such_setting" in settings
            return self.record

    made = subject()
    case = next(iter(suite.test_settings_refuse_unknown_keys.muntin_cases(made)))  # type: ignore[attr-defined]  # set by `checks`
    with pytest.raises(pytest.fail.Exception, match="takes no_such_setting = 1 without a word"):
        suite.test_settings_refuse_unknown_keys(
            replace(case, subject=Careless(made.record, {}, 1.0))
        )


def wheel(check: Any) -> str:
    """Return what a check of the distribution says of the installed plugin."""
    try:
        for one in subjects("muntin-toy", {}, 1.0):
            for case in check.muntin_cases(one):
                check(case)
    except pytest.fail.Exception as failure:
        return str(failure)
    return ""


@pytest.mark.parametrize(
    ("requires", "words"),
    [
        ("muntin>=0.1,<0.2", ""),
        ("muntin~=0.1", ""),
        ("Muntin[redis]==0.1.0", ""),
        ("muntin>=0.1", "requires muntin>=0.1 of muntin; declare a range with both ends"),
        ("muntin<0.2", "declare a range with both ends"),
        ("muntin", "requires muntin of muntin"),
        ("muntinx>=0.1,<0.2", "requires nothing of muntin"),
        ("", "requires nothing of muntin"),
    ],
)
def test_a_wheel_states_its_range(
    installed: Callable[..., Path], requires: str, words: str
) -> None:
    installed(requires=requires)

    answer = wheel(suite.test_wheel_declares_its_muntin_range)
    assert words in answer
    assert bool(words) is bool(answer)


def test_a_wheel_ships_its_types(installed: Callable[..., Path]) -> None:
    folder = installed()
    check = suite.test_wheel_ships_py_typed

    assert wheel(check) == ""
    record = folder / "muntin_toy-1.0.dist-info" / "RECORD"
    record.write_text(record.read_text().replace("muntin_toy/py.typed,,\n", ""))
    assert "py.typed is not in the wheel" in wheel(check)
    (folder / "muntin_toy" / "py.typed").unlink()
    assert "muntin_toy/py.typed is missing" in wheel(check)


def test_a_single_module_cannot_ship_its_types(installed: Callable[..., Path]) -> None:
    installed(module=True)

    assert "make it a package with py.typed" in wheel(suite.test_wheel_ships_py_typed)


def test_what_is_no_plugin_is_told(installed: Callable[..., Path]) -> None:
    with pytest.raises(NoPlugin, match="muntin-nowhere is not installed here: pip install it"):
        subjects("muntin-nowhere", {}, 1.0)
    installed(entry="[other]\ntoy = muntin_toy\n")
    with pytest.raises(NoPlugin, match="no entry point in the group 'muntin'"):
        subjects("muntin-toy", {}, 1.0)
