"""The status words of the Overview's documents, as its producers have written them."""

from __future__ import annotations

from muntin.ui import Vocabulary

WORDS = Vocabulary.of(
    good=("quiet", "calm", "low", "fast", "allowed"),
    degraded=(
        *("cautious", "elevated", "hot", "high", "slow"),
        *("drawdown", "recovery"),
    ),
    broken=("defensive", "panic", "halted"),
    unknown=("warm-up", "no trades", "no evidence"),
)
