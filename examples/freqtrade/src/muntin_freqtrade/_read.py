"""What the feeds share: their times, and figures that a bot gives without having measured them."""

from __future__ import annotations

from typing import Any

from muntin import Field, Node, Presence

#: The bot's loop takes seconds; exchanges may hold it up for a while.
AGES: dict[str, Any] = {
    "as_of": ("updated_ts",),
    "late_after": 60,
    "stale_after": 300,
    "producer": "freqtrade",
}


def currency(node: Node, path: str) -> str:
    """Return a currency's short name for a label, "stake" where it is not known."""
    found = node.text(path).value or "stake"
    return found if len(found) <= 12 else f"{found[:11]}…"


def unmeasured(field: Field[Any], problem: str) -> Field[Any]:
    """Return the field without its value: a zero that stands for nothing measured."""
    return Field(
        None, field.unit, field.feed, field.path, field.raw, Presence.PLACEHOLDER, problem
    )  # fmt: skip
