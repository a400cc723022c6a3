"""The one table of status words: how each is meant, whoever wrote it and in whatever case."""

from __future__ import annotations

from types import MappingProxyType

from muntin import Field
from muntin.ui import Tone, text_of

_WORDS: dict[Tone, tuple[str, ...]] = {
    "good": ("normal", "ok", "good", "strong", "positive", "quiet", "green", "low"),
    "warn": ("cautious", "elevated", "hot", "warn", "warning", "degraded", "weak", "amber",
             "yellow", "high"),
    "bad": ("defensive", "panic", "poor", "broken", "critical", "halted", "red"),
    "none": ("unknown", "neutral"),
}  # fmt: skip

#: Tone of each known word, in lower case.
TONES = MappingProxyType({word: tone for tone, group in _WORDS.items() for word in group})

#: Drawdown states that do not go with a small drawdown.
ALARMING = frozenset({"cautious", "defensive"})


def tone_of(word: Field[str]) -> Tone:
    """Return the tone of a status word; a word nobody knows is neutral, never good or bad."""
    return TONES.get((word.value or "").strip().casefold(), "none")


def contradiction(state: Field[str], drawdown: Field[float]) -> str:
    """Return a sentence if a state of alarm goes with a drawdown under 1 %, else nothing."""
    word, depth = state.value, drawdown.value
    if word is None or depth is None or word.strip().casefold() not in ALARMING:
        return ""
    if abs(depth) >= 0.01:
        return ""
    return (
        f"State and figure contradict each other: “{word}” at a drawdown of {text_of(drawdown, 2)}."
    )
