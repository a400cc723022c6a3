"""The words of a site: every plugin's own, settled by the operator, and where plugins disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from muntin.pages import Page, Panel
from muntin.vocabulary import GENERAL, Grade, Vocabulary


def graded(pages: Iterable[Page], chosen: Mapping[str, Grade]) -> tuple[Page, ...]:
    """Return the pages with the words that their panels use.

    A panel's own grade comes before another panel's, and the operator's choice before both.
    """
    every = tuple(pages)
    shared = GENERAL
    for panel in (panel for page in reversed(every) for panel in reversed(page.panels)):
        shared |= panel.words
    own = Vocabulary({word.strip().casefold(): grade for word, grade in chosen.items()})
    return tuple(
        replace(page, panels=tuple(_graded(panel, shared, own) for panel in page.panels))
        for page in every
    )


def _graded(panel: Panel, shared: Vocabulary, chosen: Vocabulary) -> Panel:
    return replace(panel, words=shared | panel.words | chosen)


def disagreements(
    panels: Iterable[tuple[str, Panel]], chosen: Mapping[str, Grade]
) -> Iterator[str]:
    """Yield a sentence for each word that two plugins grade differently.

    `panels` come with the name of their plugin. Words that the operator grades are settled.
    """
    settled = {word.strip().casefold() for word in chosen}
    first: dict[str, tuple[str, Grade]] = {}
    told: set[tuple[str, str]] = set()
    for plugin, panel in panels:
        for word, grade in panel.words.grades.items():
            if word in settled or GENERAL.grades.get(word) is grade:
                continue
            owner, known = first.setdefault(word, (plugin, grade))
            if known is grade or owner == plugin or (plugin, word) in told:
                continue
            told.add((plugin, word))
            yield (
                f"words: {word!r} is {known.value} in {owner} and {grade.value} in {plugin};"
                f' each keeps its own, or set {word} = "{known.value}" in the table [words]'
            )
