"""The feed ``router_policy_suggestions_v6``: what the router would change, symbol by symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node

NAME = "router_policy_suggestions_v6"

#: Numbers closer than this are the same.
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Policy:
    """How orders of a symbol are sent."""

    maker_first: Field[bool]
    bias: Field[float]
    bias_label: Field[str]
    offset: Field[float]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One symbol's policy in force, by the document itself, and the one proposed."""

    symbol: Field[str]
    regime: Field[str]
    quality: Field[str]
    current: Policy
    proposed: Policy
    rationale: Field[str]

    @property
    def changed(self) -> frozenset[str]:
        """Names of what would change; a value that is not there changes nothing."""
        names = ("maker_first", "bias", "bias_label", "offset")
        return frozenset(
            name
            for name in names
            if _differ(getattr(self.current, name).value, getattr(self.proposed, name).value)
        )


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The document router_policy_suggestions_v6.json."""

    rows: tuple[Suggestion, ...]
    generated: Field[Any]
    lookback: Field[float]
    #: Entries that are no symbol, or that name one a second time.
    rejected: int = 0


def _differ(now: Any, then: Any) -> bool:
    if now is None or then is None:
        return False
    if isinstance(now, float) and isinstance(then, float):
        return abs(now - then) > _CLOSE
    if isinstance(now, str) and isinstance(then, str):
        return now.casefold() != then.casefold()
    return bool(now != then)


def parse_suggestions(raw: Any) -> Suggestions:
    """Return the suggestions, whether their symbols are a list or an object."""
    node = Node(raw, NAME)
    place = node.at("symbols", "suggestions", "per_symbol")
    if not isinstance(place.raw, (list, dict)):
        raise MalformedFeed("symbols", "expected a list or an object of suggestions")
    rows: dict[str, Suggestion] = {}
    rejected = 0
    for name, row in place.named("symbol"):
        key = (name.value or "").upper() if name else ""
        if name is None or key in rows:
            rejected += 1
        else:
            rows[key] = _suggestion(name, row)
    return Suggestions(
        tuple(rows.values()),
        node.time("generated_ts", "generated_at", "updated_ts"),
        node.number("lookback_days", unit="days", positive=True),
        rejected,
    )


def _suggestion(name: Field[str], row: Node) -> Suggestion:
    return Suggestion(
        symbol=name,
        regime=row.text("regime"),
        quality=row.text("quality"),
        current=_policy(row, "current_policy"),
        proposed=_policy(row, "proposed_policy"),
        rationale=_rationale(row),
    )


def _policy(row: Node, block: str) -> Policy:
    bias = f"{block}.taker_bias"
    word = row.text(f"{block}.bias_label", bias)
    number = row.number(bias, unit="ratio", low=0, high=1)
    if word.ok and word.path.endswith("taker_bias") and number.value is None:
        number = Field(None, "ratio", NAME, number.path, problem="a word, no number")
    return Policy(
        maker_first=row.flag(f"{block}.maker_first"),
        bias=number,
        bias_label=word,
        offset=row.number(f"{block}.offset_bps", unit="bps"),
    )


def _rationale(row: Node) -> Field[str]:
    """Return the reasons as one text; they are a list of sentences."""
    found = row.at("rationale")
    if not isinstance(found.raw, list):
        return row.text("rationale")
    texts = [" ".join(text.split()) for text in found.raw if isinstance(text, str)]
    joined = " ".join(text for text in texts if text)[:200]
    first = row.text("rationale[0]")
    return first.derive(joined or None, "all sentences of the list", path=found.path)


def _policy_document(bias: float, label: str, offset: float) -> dict[str, Any]:
    return {"maker_first": True, "taker_bias": bias, "bias_label": label, "offset_bps": offset}


EXAMPLE = {
    "generated_ts": "2025-11-26T20:10:00+00:00",
    "lookback_days": 2.0,
    "symbols": [
        {
            "symbol": "BTCUSDT",
            "regime": "maker_strong",
            "quality": "good",
            "metrics": {"fill_rate": 0.8, "fallback_rate": 0.1, "slip_p50_bps": 0.5},
            "current_policy": _policy_document(0.25, "prefer_maker", 1.0),
            "proposed_policy": _policy_document(0.25, "prefer_maker", 1.0),
            "rationale": ["Fills are mostly passive."],
        },
        {
            "symbol": "ETHUSDT",
            "regime": "fallback_heavy",
            "quality": "degraded",
            "metrics": {"fill_rate": 0.4, "fallback_rate": 0.75, "slip_p50_bps": 4.0},
            "current_policy": _policy_document(0.75, "prefer_taker", 3.0),
            "proposed_policy": {**_policy_document(0.8, "prefer_taker", 4.0), "maker_first": False},
            "rationale": ["Too many orders fall back.", "Slippage is high."],
        },
    ],
}

SUGGESTIONS = Feed(
    NAME,
    parse_suggestions,
    as_of=("generated_ts", "generated_at", "updated_ts", "updated_at", "ts"),
    late_after=1830,
    stale_after=3600,
    example=EXAMPLE,
    producer="intel",
    doc="Policies the router would rather have, beside those in force.",
    optional=True,
)
