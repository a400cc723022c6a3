"""A component of a plugin: a frozen value that renders itself with the escaping builder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from core.tests.ui.kit import elements, nav

from muntin import Field, Panel, Snapshot
from muntin.testing import render, snapshot
from muntin.ui import Component, FragmentBuilder, stack
from muntin.ui.rendering import fragment

EVIL = "\"'><script>alert(1)</script>"


@dataclass(frozen=True, slots=True)
class Gauge(Component):
    """A word and a number in a box."""

    word: str
    number: Field[float]

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the box."""
        with build.element("section", {"class": "gauge", "aria-label": self.word}):
            build.text(self.word)
            build.value(f"{key}.number", self.number, metric="gauge", digits=1)
            build.leaf(f"{key}.mark", "i", self.word, {"data-mark": self.word})


def test_it_renders_beside_components_of_core() -> None:
    made = elements(stack(Gauge("depth", nav(2.5))))

    assert made.text == "depth2.5depth"
    [attrs] = made.with_attr("data-metric")
    assert (attrs["data-metric"], attrs["data-feed"]) == ("gauge", "nav")


def test_all_of_its_text_is_inert() -> None:
    made = elements(Gauge(EVIL, nav()))

    assert {tag for tag, _ in made.found} == {"section", "span", "i"}
    assert made.with_attr("aria-label")[0]["aria-label"] == EVIL


def test_only_its_changed_leaves_are_sent() -> None:
    before, after = (fragment(Gauge("depth", nav(value)), "p") for value in (1.0, 2.0))

    assert after.fits(before)
    assert [change.id for change in after.changed(before)] == ["p.number"]


def test_a_panel_shows_it() -> None:
    def view(state: Snapshot) -> Gauge:
        del state
        return Gauge("depth", nav(2.5))

    assert render(Panel("P", view), snapshot()).metrics["gauge"].text == "2.5"


@pytest.mark.parametrize(
    ("tag", "attrs"),
    [
        ("script", {}),
        ("IFRAME", {}),
        ("a b", {}),
        ("div", {"onclick": "alert(1)"}),
        ("div", {"style": "position:fixed"}),
        ("a", {"href": "javascript:alert(1)"}),
        ("a", {"href": "//evil.example"}),
        ("div", {"x y": ""}),
    ],
)
def test_elements_that_run_or_load_are_refused(tag: str, attrs: dict[str, Any]) -> None:
    build = FragmentBuilder()

    with pytest.raises(ValueError, match=r"cannot add|not the name|relative or https"):
        build.leaf("key", tag, "", attrs)


def test_a_component_without_render_says_so() -> None:
    @dataclass(frozen=True)
    class Empty(Component):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no render"):
        fragment(Empty(), "p")
