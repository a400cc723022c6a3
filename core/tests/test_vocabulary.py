"""Status words: grades of words, merging of vocabularies, and what plugins disagree on."""

from __future__ import annotations

import pytest

from muntin import Field, Page, Panel, Presence
from muntin.grading import disagreements, graded
from muntin.ui import GENERAL, RANKED, Badge, Grade, Metric, Vocabulary, metrics
from muntin.ui.rendering import fragment

WEATHER = Vocabulary.of(good=("calm",), degraded=("Hot",), broken=("storm",))


def panel(words: Vocabulary, title: str = "A") -> Panel:
    return Panel(title, str, words=words)


@pytest.mark.parametrize(
    ("word", "tone"),
    [("NORMAL", "good"), (" Ok ", "good"), ("degraded", "warn"), ("broken", "bad"), (None, "none")],
)
def test_f37_words_have_a_tone_in_any_case(word: str | None, tone: str) -> None:
    assert GENERAL.tone_of(Field(word)) == tone


@pytest.mark.parametrize("word", ["long", "short", "panic", "quiet", "cautious", "drawdown"])
def test_core_grades_no_trading_word(word: str) -> None:
    assert not GENERAL.knows(word)


def test_f37_a_word_that_is_not_listed_is_neutral() -> None:
    assert GENERAL.grade_of("banana") is None
    assert GENERAL.tone_of("banana") == "none"


def test_grades_are_ranked_and_unknown_is_not() -> None:
    assert RANKED == (Grade.GOOD, Grade.OK, Grade.DEGRADED, Grade.BROKEN)
    assert GENERAL.grade_of("unknown") is Grade.UNKNOWN


def test_a_word_with_two_grades_is_refused() -> None:
    with pytest.raises(ValueError, match="'hot' has two grades"):
        Vocabulary.of(good=("hot",), broken=("HOT",))


def test_a_text_in_place_of_words_is_refused() -> None:
    with pytest.raises(TypeError, match="give a tuple of words"):
        Vocabulary.of(good="calm")


def test_the_right_one_of_two_vocabularies_wins() -> None:
    both = WEATHER | Vocabulary.of(ok=("hot",))

    assert (both.tone_of("hot"), both.tone_of("storm")) == ("good", "bad")


def test_a_panel_knows_the_general_words_as_well() -> None:
    assert panel(WEATHER).words.tone_of("ok") == "good"
    assert panel(WEATHER).words.tone_of("storm") == "bad"


def test_a_chip_is_graded_by_the_words_of_its_panel() -> None:
    chip = Badge(Field("storm", feed="sky", path="now", presence=Presence.OK))

    html = fragment(chip, "x", words=GENERAL | WEATHER).html()

    assert "chip bad" in html
    assert "data-unknown" not in html


def test_f37_a_word_without_a_grade_is_shown_and_marked() -> None:
    strange = Field("banana", feed="sky", path="now", presence=Presence.OK)
    known = Field("normal", feed="sky", path="now", presence=Presence.OK)
    items = [Metric("a", "A", strange, chip=True), Metric("b", "B", known, chip=True)]

    html = fragment(metrics(*items), "x").html()

    assert html.count("data-unknown=") == 1
    assert 'data-unknown="banana"' in html
    assert ">banana<" in html


def test_a_panel_uses_the_words_of_others_where_it_has_none() -> None:
    pages = [Page("a", "A", (panel(WEATHER),)), Page("b", "B", (panel(Vocabulary()),))]

    _, other = graded(pages, {})

    assert other.panels[0].words.tone_of("storm") == "bad"


def test_the_operator_decides_over_every_panel() -> None:
    [page] = graded([Page("a", "A", (panel(WEATHER),))], {"HOT": Grade.GOOD})

    assert page.panels[0].words.tone_of("hot") == "good"


def test_two_plugins_that_disagree_are_named() -> None:
    mine, other = panel(WEATHER), panel(Vocabulary.of(good=("hot",)))

    [said] = disagreements([("sky", mine), ("stove", other)], {})

    assert "'hot' is degraded in sky and good in stove" in said
    assert 'hot = "degraded"' in said


def test_a_word_that_the_operator_grades_is_settled() -> None:
    mine, other = panel(WEATHER), panel(Vocabulary.of(good=("hot",)))

    assert not list(disagreements([("sky", mine), ("stove", other)], {"Hot": Grade.OK}))


def test_plugins_that_agree_are_not_named() -> None:
    assert not list(disagreements([("sky", panel(WEATHER)), ("sea", panel(WEATHER))], {}))
