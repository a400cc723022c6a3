"""The feed ``risk_allocation_suggestions_v6``: weights and caps that the allocator suggests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node, Presence
from muntin.ui import text_of
from muntin_intel.named import Named, best_first, named

NAME = "risk_allocation_suggestions_v6"
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one symbol. Caps and weights are fractions of NAV."""

    label: Field[str]
    key: str
    score: Field[float]
    weight: Field[float]
    cap: Field[float]
    cap_suggested: Field[float]
    trade_cap: Field[float]
    trade_cap_suggested: Field[float]
    positions: Field[float]
    positions_suggested: Field[float]
    #: The router's policy in words.
    policy: Field[str]
    policy_proposed: Field[str]
    rationale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The document risk_allocation_suggestions_v6.json, largest weight first."""

    rows: tuple[Suggestion, ...]
    equity: Field[float]
    drawdown: Field[float]
    mode: Field[str]
    lookback_days: Field[float]
    #: Rows that cannot be read.
    rejected: int


def parse_suggestions(raw: Any) -> Suggestions:
    """Return the document as a value; `symbols` is a list, or an object by symbol."""
    node = Node(raw, NAME)
    place = node.at("symbols")
    if not isinstance(place.raw, (dict, list)):
        raise MalformedFeed("symbols", "expected a list of symbols")
    found, rejected = named(place, "symbol", "name")
    rows = sorted(
        (_suggestion(one) for one in found), key=lambda one: (best_first(one.weight), one.key)
    )
    return Suggestions(
        tuple(rows),
        _equity(node),
        _drawdown(node),
        node.text("global.risk_mode"),
        node.number("lookback_days", unit="days", positive=True),
        rejected,
    )


def _equity(node: Node) -> Field[float]:
    """Return the equity; its producer looks for a key that its own input does not have."""
    found = node.number("global.current_equity_usd", unit="usd")
    if found.presence.absent:
        return found.placeholder("its producer never fills it in")
    return found


def _drawdown(node: Node) -> Field[float]:
    """Return the drawdown, per cent in this document; its constant 0 is no measurement."""
    found = node.number("global.current_drawdown_pct", percent=True)
    if found.value == 0 or found.presence.absent:
        return found.placeholder("a constant 0 of its producer")
    return found


def _suggestion(found: Named) -> Suggestion:
    place = found.place

    def share(*paths: str) -> Field[float]:
        # The keys end in _pct and hold fractions in this document.
        return place.number(*paths, unit="fraction", low=0)

    return Suggestion(
        found.label,
        found.key,
        place.number("score", unit="ratio", low=0, high=1),
        place.number("suggested_weight", unit="fraction", low=0, high=1),
        share("caps.current_max_nav_pct", "caps.max_nav_pct"),
        share("suggested_caps.max_nav_pct"),
        share("caps.current_max_trade_nav_pct", "caps.max_trade_nav_pct"),
        share("suggested_caps.max_trade_nav_pct"),
        place.number(
            "caps.current_max_concurrent_positions",
            "caps.max_concurrent_positions",
            unit="count",
            low=0,
        ),
        place.number("suggested_caps.max_concurrent_positions", unit="count", low=0),
        _policy(place.at("router_policy.current")),
        _policy(place.at("router_policy.proposed")),
        _lines(place.at("rationale")),
    )


_IN_WORDS = "maker_first, bias_label and offset_bps in words"


def _policy(place: Node) -> Field[str]:
    """Return a policy in words: ``maker first · prefer maker · 1.5 bps``."""
    if isinstance(place.raw, str):
        return Node({"policy": place.raw}, place.feed).text("policy")
    maker, offset = place.flag("maker_first"), place.number("offset_bps", unit="bps")
    bias = place.text("bias_label", "bias", "taker_bias")
    words = [
        "" if maker.value is None else "maker first" if maker.value else "taker first",
        (bias.value or "").replace("_", " "),
        f"{text_of(offset, 1)} bps" if offset.ok else "",
    ]
    text = " · ".join(filter(None, words))
    if not text:
        return Field(None, "", place.feed, place.path, problem="not in the document")
    return Field(text, "", place.feed, place.path, "", Presence.OK, formula=_IN_WORDS)


def _lines(place: Node) -> tuple[str, ...]:
    """Return the sentences of a rationale, which is a list of texts or one text."""
    whole = place.raw if isinstance(place.raw, list) else [place.raw]
    fields = (Node({"line": raw}, place.feed).text("line") for raw in whole[:_MOST_LINES])
    return tuple(field.value for field in fields if field.value)


def _row(symbol: str, score: float, weight: float, **proposed: Any) -> dict[str, Any]:
    policy = {"maker_first": True, "taker_bias": 0.5, "bias_label": "balanced", "offset_bps": 2.0}
    return {
        "symbol": symbol,
        "score": score,
        "expectancy": {"expectancy": 1.8, "hit_rate": 0.6, "regime": "balanced"},
        "router_policy": {"current": policy, "proposed": {**policy, **proposed}},
        "caps": {
            "current_max_nav_pct": 0.15,
            "current_max_trade_nav_pct": 0.06,
            "current_max_concurrent_positions": 1,
        },
        "suggested_caps": {
            "max_nav_pct": 0.1449,
            "max_trade_nav_pct": 0.0546,
            "max_concurrent_positions": 1,
        },
        "suggested_weight": weight,
        "rationale": ["The weight follows the score."],
    }


EXAMPLE = {
    "generated_ts": "2025-11-26T20:08:18+00:00",
    "lookback_days": 2.0,
    "global": {"current_equity_usd": None, "current_drawdown_pct": 0.0, "risk_mode": "normal"},
    "symbols": [
        _row("BTCUSDT", 0.5425, 0.4, offset_bps=1.0),
        _row("ETHUSDT", 0.28, 0.25, maker_first=False, bias_label="prefer_taker", offset_bps=4.5),
        _row("DOGEUSDT", 0.45, 0.25),
    ],
}

SUGGESTIONS = Feed(
    NAME,
    parse_suggestions,
    late_after=3630,
    stale_after=9000,
    example=EXAMPLE,
    producer="intel",
    doc="Weights and caps that the allocator suggests for each symbol.",
    optional=True,
)
