"""The feed ``symbol_scores_v6``: each symbol's score, and the five parts it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node
from muntin_intel.named import Named, best_first, named

NAME = "symbol_scores_v6"
#: A score and the sum of its parts that differ by more do not belong together.
_TOLERANCE = 0.002


@dataclass(frozen=True, slots=True)
class Part:
    """One of the five parts: its key in the document, its weight in the score, its colour.

    Every colour has a contrast of at least 3:1 on the light surface and on the dark one.
    """

    key: str
    label: str
    weight: float
    color: str


PARTS = (
    Part("expectancy", "Expectancy", 0.55, "#2f6fde"),
    Part("router", "Router", 0.35, "#1b9e8f"),
    Part("slippage_penalty", "Slippage", -1.0, "#c9770f"),
    Part("fee_drag_penalty", "Fee drag", -1.0, "#8a63d2"),
    Part("volatility_penalty", "Volatility", -0.3, "#d65078"),
)

FORMULA = (
    "Parts: 0.55 × expectancy + 0.35 × router − slippage − fee drag − 0.3 × volatility. "
    "The score is their sum, kept between 0 and 1."
)


@dataclass(frozen=True, slots=True)
class Score:
    """One symbol's score; `parts` add up to it, `published` are the components as they stand."""

    label: Field[str]
    key: str
    score: Field[float]
    published: tuple[Field[float], ...]
    parts: tuple[Field[float], ...]
    #: Scored without a single trade: its expectancy is the neutral 0.5, not a measurement.
    assumed: bool = False

    @property
    def contradicts(self) -> bool:
        """True if the parts are all known and do not add up to the score."""
        parts = [part.value for part in self.parts if part.value is not None]
        if self.score.value is None or len(parts) < len(PARTS):
            return False
        return abs(min(1.0, max(0.0, sum(parts))) - self.score.value) > _TOLERANCE


@dataclass(frozen=True, slots=True)
class Scores:
    """The document symbol_scores_v6.json, best score first."""

    rows: tuple[Score, ...]
    #: Whether its producer says that it is switched on.
    enabled: Field[bool]
    #: Rows that cannot be read.
    rejected: int


def parse_scores(raw: Any) -> Scores:
    """Return the document as a value; `symbols` is a list, or an object by symbol."""
    node = Node(raw, NAME)
    place = node.at("symbols")
    if not isinstance(place.raw, (dict, list)):
        raise MalformedFeed("symbols", "expected a list of symbols")
    found, rejected = named(place, "symbol", "name")
    rows = sorted((_score(one) for one in found), key=lambda one: (best_first(one.score), one.key))
    return Scores(tuple(rows), node.flag("intel_enabled"), rejected)


def _score(found: Named) -> Score:
    place = found.place
    published = tuple(
        place.number(f"components.{part.key}", unit="ratio", low=0, high=1) for part in PARTS
    )
    return Score(
        found.label,
        found.key,
        place.number("score", unit="ratio", low=0, high=1),
        published,
        tuple(_weighted(part, field) for part, field in zip(PARTS, published, strict=True)),
        _assumed(place, published[0]),
    )


def _weighted(part: Part, field: Field[float]) -> Field[float]:
    if field.value is None:
        return field
    formula = f"{part.weight:g} × {field.value:g}, the component as published"
    return field.derive(part.weight * field.value, formula)


def _assumed(place: Node, expectancy: Field[float]) -> bool:
    inputs = place.at("inputs.expectancy").raw
    return inputs == {} and expectancy.value == 0.5


def _row(symbol: str, *values: float, trades: bool = True) -> dict[str, Any]:
    total = sum(part.weight * value for part, value in zip(PARTS, values, strict=True))
    return {
        "symbol": symbol,
        "score": min(1.0, max(0.0, total)),
        "components": {part.key: value for part, value in zip(PARTS, values, strict=True)},
        "inputs": {"expectancy": {"count": 40} if trades else {}, "router": {"quality": "ok"}},
    }


EXAMPLE = {
    "updated_ts": 1764187698.0,
    "symbols": [
        _row("BTCUSDT", 0.6, 0.75, 0.04, 0.01, 0.0),
        _row("DOGEUSDT", 0.5, 0.5, 0.0, 0.0, 0.0, trades=False),
        _row("ETHUSDT", 0.4, 0.6, 0.1, 0.02, 0.1),
    ],
}

SCORES = Feed(
    NAME,
    parse_scores,
    late_after=1230,
    stale_after=3000,
    example=EXAMPLE,
    producer="intel",
    doc="Each symbol's score between 0 and 1, and the five parts it is made of.",
    optional=True,
)
