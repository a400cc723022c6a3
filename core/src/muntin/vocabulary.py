"""Status words and their grades: which words are good, which are a warning, which are bad.

Core knows general words only. A plugin adds those of its domain with ``Panel(..., words=WORDS)``,
an operator with the table ``[words]`` of muntin.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal

from muntin.state.fields import Field

#: How a word or number is meant; shown by colour and always by its text as well.
Tone = Literal["", "good", "warn", "bad", "none"]


class Grade(Enum):
    """What a status word says: good > ok > degraded > broken; unknown is not ranked."""

    GOOD = "good"
    OK = "ok"
    DEGRADED = "degraded"
    BROKEN = "broken"
    UNKNOWN = "unknown"


#: The ranked grades from best to worst.
RANKED = (Grade.GOOD, Grade.OK, Grade.DEGRADED, Grade.BROKEN)

_TONES: Mapping[Grade, Tone] = {
    Grade.GOOD: "good",
    Grade.OK: "good",
    Grade.DEGRADED: "warn",
    Grade.BROKEN: "bad",
    Grade.UNKNOWN: "none",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Status words with their grades; case and surrounding space do not matter.

    ``WORDS = GENERAL | Vocabulary.of(good=("quiet",), broken=("panic",))``: the right side wins.
    """

    grades: Mapping[str, Grade] = field(default_factory=dict, hash=False)

    @classmethod
    def of(
        cls,
        *,
        good: Iterable[str] = (),
        ok: Iterable[str] = (),
        degraded: Iterable[str] = (),
        broken: Iterable[str] = (),
        unknown: Iterable[str] = (),
    ) -> Vocabulary:
        """Return the vocabulary of these words; raise ValueError for a word with two grades."""
        groups = zip(Grade, (good, ok, degraded, broken, unknown), strict=True)
        grades: dict[str, Grade] = {}
        for grade, words in groups:
            if isinstance(words, str):
                raise TypeError(f"{grade.value}={words!r}: give a tuple of words")
            for word in map(_plain, words):
                if grades.setdefault(word, grade) is not grade:
                    raise ValueError(f"the word {word!r} has two grades")
        return cls(MappingProxyType(grades))

    def __or__(self, other: Vocabulary) -> Vocabulary:
        """Return both vocabularies as one; `other` wins where both have a word."""
        return Vocabulary(MappingProxyType({**self.grades, **other.grades}))

    def grade_of(self, word: Field[str] | str | None) -> Grade | None:
        """Return the grade of a word: unknown for no word, None for a word that is not listed."""
        plain = _plain(word.value if isinstance(word, Field) else word)
        return self.grades.get(plain) if plain else Grade.UNKNOWN

    def tone_of(self, word: Field[str] | str | Grade | None) -> Tone:
        """Return the tone of a word or grade; a word that is not listed is neutral."""
        grade = word if isinstance(word, Grade) else self.grade_of(word)
        return "none" if grade is None else _TONES[grade]

    def knows(self, word: Any) -> bool:
        """Return True for a listed word, and for anything that is not a word."""
        return not isinstance(word, str) or not word.strip() or _plain(word) in self.grades


def _plain(word: str | None) -> str:
    return (word or "").strip().casefold()


#: Words that say the same in every domain.
GENERAL = Vocabulary.of(
    good=("good", "strong", "excellent", "positive", "healthy", "green", "on", "live"),
    ok=("ok", "okay", "normal", "fair"),
    degraded=("degraded", "warn", "warning", "weak", "amber", "yellow", "marginal"),
    broken=("broken", "poor", "bad", "critical", "red", "negative", "failed", "error"),
    unknown=("unknown", "neutral", "none", "n/a", "na", "null", "-", "–", "off", "not measured"),
)
