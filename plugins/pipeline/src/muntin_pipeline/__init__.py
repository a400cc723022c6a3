"""The Pipeline page of Muntin: the shadow pipeline's decisions, and how they differ from live."""

from __future__ import annotations

from muntin_pipeline.compare import COMPARE, Compare
from muntin_pipeline.head import HEAD, Head
from muntin_pipeline.page import Settings, muntin_pages
from muntin_pipeline.parity import Limits, Verdict, judge
from muntin_pipeline.shadow_log import SHADOW
from muntin_pipeline.vetoes import VETOES, Veto

__all__ = [
    "COMPARE",
    "HEAD",
    "SHADOW",
    "VETOES",
    "Compare",
    "Head",
    "Limits",
    "Settings",
    "Verdict",
    "Veto",
    "judge",
    "muntin_pages",
]
