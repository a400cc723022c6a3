"""The words that the router's versions have used for quality, buckets and drift."""

from __future__ import annotations

from muntin.ui import GENERAL, Vocabulary

WORDS = GENERAL | Vocabulary.of(
    good=("fast", "a_high", "low", "quiet", "calm"),
    ok=("b_medium",),
    degraded=("slow", "high", "elevated", "c_low", "hot", "cautious"),
    unknown=("warm-up", "no trades", "no evidence", "flat", "both"),
)
