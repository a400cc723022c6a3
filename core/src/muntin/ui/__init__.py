"""Components that a view returns, and the text formatting they share; importing draws nothing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from muntin.state.fields import Field
from muntin.ui.components import (
    Badge,
    Cell,
    Chart,
    Column,
    Embed,
    Metric,
    Metrics,
    Note,
    Row,
    Share,
    Sparkline,
    Stack,
    StackedBar,
    Table,
    frame,
    label,
    line,
    metric,
    metrics,
    note,
    row,
    side_by_side,
    stack,
    table,
)
from muntin.ui.format import clock, day, duration, moment, text_of
from muntin.ui.phrases import feed_warnings, join, plural, status_text
from muntin.ui.rendering import Component, FragmentBuilder, Leaf
from muntin.vocabulary import GENERAL, RANKED, Grade, Tone, Vocabulary

__all__ = [
    "GENERAL",
    "RANKED",
    "Badge",
    "Cell",
    "Chart",
    "Column",
    "Component",
    "Embed",
    "FragmentBuilder",
    "Grade",
    "Leaf",
    "Metric",
    "Metrics",
    "Note",
    "Row",
    "Share",
    "Sparkline",
    "Stack",
    "StackedBar",
    "Table",
    "Tone",
    "Vocabulary",
    "clock",
    "day",
    "duration",
    "feed_warnings",
    "frame",
    "join",
    "label",
    "line",
    "metric",
    "metrics",
    "moment",
    "note",
    "plural",
    "row",
    "side_by_side",
    "stack",
    "status_text",
    "table",
    "text_of",
]


def _tone_of(word: Field[str] | str | Grade | None) -> Tone:
    """Return the tone of a general word; "" for others, which lets the panel's words decide."""
    plain = word.value if isinstance(word, Field) else word
    return GENERAL.tone_of(word) if isinstance(word, Grade) or GENERAL.knows(plain) else ""


#: Names of 0.1, which work for one more release: what each is now, and its new name.
DEPRECATED: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        "Live": (Embed, "Embed"),
        "Shares": (StackedBar, "StackedBar"),
        "Spark": (Sparkline, "Sparkline"),
        "grade_of": (GENERAL.grade_of, "Vocabulary.grade_of"),
        "listed": (join, "join"),
        "several": (plural, "plural"),
        "tone_of": (_tone_of, "Vocabulary.tone_of, or no tone and Panel(words=...)"),
        "trouble": (feed_warnings, "feed_warnings"),
        "why": (status_text, "status_text"),
        "words": (label, "label"),
    }
)


def __getattr__(name: str) -> Any:
    """Return a deprecated name, with a warning that says what to use."""
    if name not in DEPRECATED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found, new = DEPRECATED[name]
    text = f"muntin.ui.{name} is deprecated: use muntin.ui.{new}"
    warnings.warn(text, DeprecationWarning, stacklevel=2)
    return found
