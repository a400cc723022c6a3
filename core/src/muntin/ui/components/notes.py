"""Words: a sentence, and a status word as a chip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin.state.fields import Field
from muntin.ui.rendering import Component, FragmentBuilder, Leaf, Look, quote, value_leaf
from muntin.ui.rendering.leaves import TONES
from muntin.vocabulary import Tone, Vocabulary


@dataclass(frozen=True, slots=True)
class Badge(Component):
    """A word as a chip, graded by the panel's words unless a tone is given.

    With an id it is a metric; without one it is only shown.
    """

    field: Field[Any]
    id: str = ""
    tone: Tone = ""
    label: str = ""

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the label and the chip."""
        if self.label:
            build.markup(f'<span class="mu-k">{quote(self.label)}</span> ')
        build.cached(f"{key}.badge.{self.id or self.label}", _badge, self)


def _badge(key: str, badge: Badge, words: Vocabulary) -> Leaf:
    named = (("data-metric", badge.id),) if badge.id else ()
    return value_leaf(key, badge.field, None, named, Look(chip=True, tone=badge.tone), words)


@dataclass(frozen=True, slots=True)
class Note(Component):
    """A sentence. It is always text, never markup."""

    text: str
    tone: Tone = ""

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the sentence as a paragraph."""
        tone = f" {self.tone}" if self.tone in TONES else ""
        build.put(Leaf(f"{key}.note", "p", self.text, (("class", f"mu-note{tone}"),)))


def note(text: str, tone: Tone = "none") -> Note | None:
    """Return a sentence as a note, quiet unless it has a tone; None for an empty text."""
    return Note(text, tone) if text else None
