"""Panels and pages refuse what their author cannot have meant, saying what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin import Feed, Page, Panel, Snapshot

FEED = Feed("nav", dict)


def view(snapshot: Snapshot) -> str:
    return "drawn"


PANEL = Panel("Value", view)
#: The classes as an author without a type checker uses them.
panel: Any = Panel
page: Any = Page


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: panel("Value", view, needs=FEED), "needs is one Feed; write needs=(FEED,)"),
        (lambda: panel("Value", view, wants=[FEED]), "write a tuple: wants=(FEED,)"),
        (lambda: panel("Value", view, ("nav",)), "needs holds 'nav', which is no Feed"),
        (lambda: page("value", "Value", PANEL), "panels is one Panel; write panels=(PANEL,)"),
        (
            lambda: panel("Value", view, audience="operator"),
            'audience is a str; write audience=frozenset({"operator"})',
        ),
        (
            lambda: page("value", "Value", (PANEL,), audience={"b", "a"}),
            'audience is a set; write audience=frozenset({"a", "b"})',
        ),
        (lambda: panel("Value", "view"), "panel 'Value': view must be callable"),
        (lambda: panel("Value", view, width="6"), "width is a str; write width=6"),
        (lambda: panel(5, view), "the title is a int, not text"),
    ],
)
def test_a_mistake_of_type_is_named_with_what_to_write(
    build: Callable[..., Any], words: str
) -> None:
    with pytest.raises(TypeError) as caught:
        build()

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: panel("Value", view, width=13), "width must lie between 1 and 12"),
        (lambda: panel(" ", view), "the title has 1 to 80 characters"),
        (lambda: page("My page", "Mine", (PANEL,)), "use lower-case letters, digits"),
        (lambda: page("static", "Mine", (PANEL,)), "is reserved"),
        (lambda: page("mine", "Mine", (PANEL,), app="app.py"), "has an app or panels, not both"),
        (lambda: panel("Value", view, scripts=(Path(__file__),)), "is no ES module"),
        (lambda: panel("Value", view, scripts=(Path("gone.js"),)), "there is no script gone.js"),
        (lambda: page("mine", "Mine", (PANEL,), scope="own"), "'shared', 'personal' or 'private'"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(build: Callable[..., Any], words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        build()

    assert words in str(caught.value)
