"""Where a status word and the figure beside it contradict each other."""

from __future__ import annotations

from muntin import Field
from muntin.ui import text_of

#: Drawdown states that do not go with a small drawdown.
ALARMING = frozenset({"cautious", "defensive"})


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
