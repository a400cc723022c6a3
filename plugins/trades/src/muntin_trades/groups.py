"""What earned the result: trades by symbol, side, strategy, regime, or reason for the exit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from muntin import Field
from muntin_trades.ledger import Trade
from muntin_trades.results import Results, results_of

#: Words for codes that producers write.
_WORDS = {
    "sl": "stop loss",
    "thesis": "thesis no longer holds",
    "thesis_invalidated": "thesis no longer holds",
    "tp": "take profit",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Trades that have a word in common."""

    key: str
    label: Field[str]
    results: Results


def by(trades: Sequence[Trade], what: Callable[[Trade], Field[str]]) -> tuple[Group, ...]:
    """Return the trades by a word of theirs, those that earned most first."""
    found: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        found[(what(trade).value or "").casefold()].append(trade)
    groups = (Group(key, what(own[0]), results_of(own)) for key, own in found.items())
    return tuple(sorted(groups, key=lambda one: (-(one.results.net.value or 0.0), one.key)))


def spoken(word: Field[str]) -> Field[str]:
    """Return a code of a producer in words: ``TAKE_PROFIT`` and ``tp`` are ``take profit``."""
    if word.value is None:
        return word
    plain = word.value.casefold()
    code = word.value.isupper() or "_" in word.value or plain in _WORDS
    words = _WORDS.get(plain, plain.replace("_", " ")) if code else word.value
    return word if words == word.value else word.derive(words, f"{word.value} in words")
