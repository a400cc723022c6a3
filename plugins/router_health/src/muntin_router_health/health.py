"""The feed ``router_health``: the router's statistics by symbol, in every shape ever written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node, Presence

NAME = "router_health"

#: Where the symbols stand, the better place first: lists or objects, all of them at once maybe.
_PLACES = ("symbols", "per_symbol", "router_health.per_symbol", "symbol_stats")
#: Where tables of metric and value stood.
_TABLES = ("rows", "metrics", "table")
_ELSE = ("summary", "router_health", "global", "router_health_score", "quality_counts")
_GLOBAL = ("router_health.global", "global")


@dataclass(frozen=True, slots=True)
class SymbolHealth:
    """What the router says of one symbol; whatever it does not say has no value."""

    symbol: Field[str]
    quality: Field[str]
    score: Field[float]
    maker: Field[float]
    fallback: Field[float]
    reject: Field[float]
    reliability: Field[float]
    slippage_p50: Field[float]
    slippage_p95: Field[float]
    slippage_mean: Field[float]
    latency: Field[float]
    orders: Field[float]
    maker_first: Field[bool]
    bias: Field[Any]
    offset: Field[float]
    #: A number without unit or name in the tables of old.
    value: Field[float]

    @property
    def measured(self) -> bool:
        """True if any figure stands behind the words."""
        figures = (
            self.score,
            self.maker,
            self.fallback,
            self.reject,
            self.reliability,
            self.slippage_p50,
            self.slippage_p95,
            self.slippage_mean,
            self.latency,
        )
        return any(figure.ok for figure in figures)

    @property
    def crossed(self) -> bool:
        """True if the p95 lies below the median, which cannot be."""
        low, high = self.slippage_p50.value, self.slippage_p95.value
        return low is not None and high is not None and high < low


@dataclass(frozen=True, slots=True)
class Overall:
    """The figures on the router as a whole, of v7.6 and later."""

    score: Field[float]
    bucket: Field[str]
    slippage: Field[float]
    drift: Field[float]
    drift_bucket: Field[str]
    latency: Field[float]
    latency_bucket: Field[str]
    twap: Field[float]

    @property
    def known(self) -> bool:
        """True if the document holds any of them."""
        return any(
            getattr(self, name).ok
            for name in ("score", "bucket", "drift", "drift_bucket", "latency", "latency_bucket")
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table of metric and value: a number or a word, never both."""

    name: Field[str]
    number: Field[float]
    word: Field[str]


@dataclass(frozen=True, slots=True)
class Health:
    """The document router_health.json."""

    rows: tuple[SymbolHealth, ...]
    #: The producer's own number of symbols, and how many of them try to make first.
    count: Field[float]
    maker_first: Field[float]
    #: The producer's own counts by quality, as it wrote the words.
    counts: tuple[tuple[str, Field[float]], ...]
    overall: Overall
    figures: tuple[Figure, ...] = ()
    #: Entries that are no symbol, or that name one a second time in one list.
    rejected: int = 0


@dataclass(slots=True)
class _Found:
    """The places of each symbol, the better first, by its name in capitals."""

    names: dict[str, Field[str]] = field(default_factory=dict)
    places: dict[str, list[Node]] = field(default_factory=dict)
    rejected: int = 0

    def take(self, place: Node) -> None:
        """Add every symbol of a list or an object."""
        seen: set[str] = set()
        for name, row in place.named("symbol"):
            key = (name.value or "").upper() if name else ""
            numbered = row.has("symbol") and not row.text("symbol").ok  # a number is no symbol
            if name is None or numbered or key in seen:
                self.rejected += 1
                continue
            seen.add(key)
            self.names.setdefault(key, name)
            self.places.setdefault(key, []).append(row)


def parse_health(raw: Any) -> Health:
    """Return the document as a value, whichever of the router's versions wrote it."""
    node = Node(raw, NAME)
    present = [name for name in (*_PLACES, *_TABLES) if node.has(name)]
    usable = [name for name in present if isinstance(node.at(name).raw, (list, dict))]
    if present and not usable:
        raise MalformedFeed(present[0], "expected a list or an object of symbols")
    if not present and not node.has(*_ELSE):
        raise MalformedFeed("$", "the document holds neither symbols nor a summary")
    found, figures = _Found(), list[Figure]()
    for name in usable:
        place = node.at(name)
        table = list(_figures(place))
        figures += table
        if not table and name in _PLACES:
            found.take(place)
    return Health(
        rows=tuple(_row(found.names[key], places) for key, places in found.places.items()),
        count=node.number("summary.count", unit="count", low=0),
        maker_first=node.number("summary.maker_first_enabled", unit="count", low=0),
        counts=tuple(_counts(node)),
        overall=_overall(node),
        figures=tuple(figures),
        rejected=found.rejected,
    )


def _figures(place: Node) -> Iterator[Figure]:
    """Yield the rows of a table of metric and value; its values were numbers, texts and both."""
    for row in place.rows():
        if not isinstance(row.raw, dict) or not row.has("metric", "name") or row.has("symbol"):
            continue
        name, number, word = row.text("metric", "name"), row.number("value"), row.text("value")
        if number.ok or not word.ok:
            word = Field(None, "", NAME, word.path)
        yield Figure(name, number, word)


def _counts(node: Node) -> Iterator[tuple[str, Field[float]]]:
    place = node.at("summary.quality_counts", "quality_counts")
    for word, child in place.entries():
        count = Node({"n": child.raw}, NAME).number("n", unit="count", low=0)
        yield word, replace(count, path=child.path)


def _overall(node: Node) -> Overall:
    def paths(*names: str) -> tuple[str, ...]:
        return tuple(f"{place}.{name}" for place in _GLOBAL for name in names)

    return Overall(
        score=node.number(
            *paths("quality_score", "router_health_score"),
            "router_health_score",
            unit="ratio",
            low=0,
            high=1,
        ),
        bucket=node.text(*paths("router_bucket")),
        slippage=node.number(*paths("avg_slippage_bps"), unit="bps"),
        drift=node.number(*paths("slippage_drift_bps"), unit="bps"),
        drift_bucket=node.text(*paths("slippage_drift_bucket")),
        latency=node.number(*paths("avg_latency_ms"), unit="ms", low=0),
        latency_bucket=node.text(*paths("latency_bucket")),
        twap=node.number(*paths("twap_usage_ratio"), unit="fraction", low=0, high=1),
    )


def _row(name: Field[str], places: list[Node]) -> SymbolHealth:
    def number(*paths: str, **options: Any) -> Field[float]:
        return Field.first(*(place.number(*paths, **options) for place in places))

    def share(*paths: str) -> Field[float]:
        return number(*paths, unit="fraction", low=0, high=1)

    def count(*paths: str) -> Field[float]:
        return number(*paths, unit="count", low=0)

    orders, made, taken = count("order_count"), count("maker_count"), count("taker_count")
    fills = _sum(made, taken)
    return SymbolHealth(
        symbol=name,
        quality=Field.first(
            *(p.text("quality", "policy.quality", "router_quality") for p in places)
        ),
        score=number("quality_score", unit="ratio", low=0, high=1),
        maker=Field.first(
            share("maker_fill_rate", "maker_fill_ratio", "maker_fill_share"),
            _part(made, fills, "maker fills over maker and taker fills"),
        ),
        fallback=Field.first(
            share("fallback_rate", "fallback_ratio"),
            _part(count("fallback_count"), orders.value, "fallbacks over orders"),
        ),
        reject=Field.first(
            share("reject_rate", "reject_ratio"),
            _part(count("reject_count"), orders.value, "rejects over orders"),
        ),
        reliability=share("maker_reliability"),
        slippage_p50=number(
            "slippage_p50",
            "slippage_p50_bps",
            "slip_p50_bps",
            "slip_q50",
            "slip_q50_bps",
            unit="bps",
        ),
        slippage_p95=number(
            "slippage_p95",
            "slippage_p95_bps",
            "slip_p95_bps",
            "slip_q95",
            "slip_q95_bps",
            unit="bps",
        ),
        slippage_mean=number("avg_slippage_bps", unit="bps"),
        latency=number("ack_latency_ms", "latency_ms", "avg_latency_ms", unit="ms", low=0),
        orders=Field.first(orders, count("event_count")),
        maker_first=Field.first(*(p.flag("policy.maker_first", "maker_first") for p in places)),
        bias=Field.first(*(_bias(place) for place in places)),
        offset=number("policy.offset_bps", "offset_bps", unit="bps"),
        value=number("value"),
    )


def _bias(place: Node) -> Field[Any]:
    """Return the bias: a word in most versions, a number in some."""
    paths = ("policy.bias_label", "policy.taker_bias", "bias", "taker_bias")
    word = place.text(*paths)
    return place.number(*paths, unit="ratio") if word.presence is Presence.INVALID else word


def _sum(one: Field[float], other: Field[float]) -> float | None:
    if one.value is None or other.value is None:
        return None
    return one.value + other.value


def _part(part: Field[float], whole: float | None, formula: str) -> Field[Any]:
    """Return a share worked out from counts; of nothing there is none."""
    if part.value is None or not whole or part.value > whole:
        return Field(None, "fraction", part.feed, part.path, problem="not in the document")
    return part.derive(part.value / whole, formula, unit="fraction")


_BTC = {
    "symbol": "BTCUSDT",
    "maker_fill_rate": 0.8,
    "fallback_rate": 0.1,
    "slippage_p50": 0.5,
    "slippage_p95": 2.5,
    "ack_latency_ms": None,
    "policy": {
        "maker_first": True,
        "taker_bias": "prefer_maker",
        "quality": "good",
        "reason": "quality=good; regime=normal",
        "offset_bps": 1.0,
    },
    "maker_first": True,
    "taker_bias": "prefer_maker",
    "bias": "prefer_maker",
    "quality": "good",
    "offset_bps": 1.0,
    "updated_ts": 1764188070.0,
}
_ETH = {
    **_BTC,
    "symbol": "ETHUSDT",
    "maker_fill_rate": 0.4,
    "fallback_rate": 0.75,
    "slippage_p50": 4.0,
    "slippage_p95": 16.0,
    "policy": {
        "maker_first": True,
        "taker_bias": "prefer_taker",
        "quality": "degraded",
        "reason": "quality=degraded; regime=normal",
        "offset_bps": 3.0,
    },
    "taker_bias": "prefer_taker",
    "bias": "prefer_taker",
    "quality": "degraded",
    "offset_bps": 3.0,
}

EXAMPLE = {
    "updated_ts": 1764188070.0,
    "summary": {
        "updated_ts": 1764188070.0,
        "count": 2,
        "quality_counts": {"good": 1, "ok": 0, "degraded": 1, "broken": 0},
        "maker_first_enabled": 2,
    },
    "symbols": [_BTC, _ETH],
    "per_symbol": [_BTC, _ETH],
}

ROUTER_HEALTH = Feed(
    NAME,
    parse_health,
    as_of=(
        "updated_ts",
        "updated_at",
        "summary.updated_ts",
        "router_health.global.updated_ts",
        "global.updated_ts",
        "global.last_update_ts",
        "ts",
        "timestamp",
    ),
    late_after=180,
    stale_after=600,
    example=EXAMPLE,
    producer="executor",
    doc="How orders get filled, symbol by symbol, and the policy in force.",
    optional=True,
)
