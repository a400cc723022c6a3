"""The one table of status words: what each says, whoever wrote it and in whatever case.

Producers of several generations write several vocabularies. Here they meet; a word nobody knows is
neutral, shown as it is, marked, and counted on the operators' page.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import Any

from muntin.fields import Field
from muntin.ui.components import Tone


class Grade(Enum):
    """What a status word says; good > ok > degraded > broken, and unknown apart."""

    GOOD = "good"
    OK = "ok"
    DEGRADED = "degraded"
    BROKEN = "broken"
    UNKNOWN = "unknown"


#: From best to worst; unknown is none of them.
RANKED = (Grade.GOOD, Grade.OK, Grade.DEGRADED, Grade.BROKEN)

_WORDS = {
    Grade.GOOD: (
        "good", "strong", "excellent", "positive", "healthy", "green", "fast", "a_high", "low",
        "quiet", "calm", "allowed", "on", "live", "long",
    ),
    Grade.OK: ("ok", "okay", "normal", "fair", "b_medium"),
    Grade.DEGRADED: (
        "degraded", "cautious", "elevated", "hot", "warn", "warning", "weak", "amber", "yellow",
        "marginal", "slow", "high", "c_low", "drawdown", "recovery",
    ),
    Grade.BROKEN: (
        "broken", "poor", "bad", "defensive", "panic", "critical", "halted", "red", "vetoed",
        "negative", "short",
    ),
    Grade.UNKNOWN: (
        "unknown", "neutral", "none", "n/a", "na", "null", "-", "–", "warm-up", "no evidence",
        "no trades", "off", "repeated", "both", "flat", "not measured",
    ),
}  # fmt: skip

#: Grade of each known word, in lower case.
GRADES = MappingProxyType({word: grade for grade, group in _WORDS.items() for word in group})

_TONES: dict[Grade, Tone] = {
    Grade.GOOD: "good", Grade.OK: "good", Grade.DEGRADED: "warn", Grade.BROKEN: "bad",
    Grade.UNKNOWN: "none",
}  # fmt: skip


def grade_of(word: Field[str] | str | None) -> Grade | None:
    """Return what a word says, unknown where there is none; None for a word nobody knows."""
    plain = _plain(word.value if isinstance(word, Field) else word)
    return GRADES.get(plain) if plain else Grade.UNKNOWN


def tone_of(word: Field[str] | str | Grade | None) -> Tone:
    """Return the tone of a status word; a word nobody knows is neutral, never good or bad."""
    grade = word if isinstance(word, Grade) else grade_of(word)
    return "none" if grade is None else _TONES[grade]


def is_known(word: Any) -> bool:
    """Return True for a word of the table, and for what is no word at all."""
    return not isinstance(word, str) or not word.strip() or _plain(word) in GRADES


def _plain(word: str | None) -> str:
    return (word or "").strip().casefold()
