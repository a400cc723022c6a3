"""The status words of the risk engine's documents."""

from __future__ import annotations

from muntin.ui import Vocabulary

WORDS = Vocabulary.of(
    good=("quiet", "calm", "low", "running"),
    ok=("moderate",),
    degraded=("cautious", "elevated", "hot", "high", "drawdown", "recovery", "stopping"),
    broken=("defensive", "panic", "halted", "hostile", "extreme", "stopped", "crashed"),
    unknown=("trend_up", "trend_down", "mean_revert", "breakout", "choppy", "crisis"),
)
