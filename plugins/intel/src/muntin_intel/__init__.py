"""The Intel page of Muntin: how symbols score, what trades earned, where the allocator leans."""

from __future__ import annotations

from muntin_intel.expectancy import EXPECTANCY, Expectancy
from muntin_intel.page import muntin_pages
from muntin_intel.scores import SCORES, Score, Scores
from muntin_intel.stats import MATURE, Stat
from muntin_intel.suggestions import SUGGESTIONS, Suggestion, Suggestions

__all__ = [
    "EXPECTANCY",
    "MATURE",
    "SCORES",
    "SUGGESTIONS",
    "Expectancy",
    "Score",
    "Scores",
    "Stat",
    "Suggestion",
    "Suggestions",
    "muntin_pages",
]
