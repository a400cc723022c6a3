"""The feeds on the engine itself: its metadata, its switches, and the symbols it may trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node, Presence


@dataclass(frozen=True, slots=True)
class Engine:
    """The document engine_metadata.json."""

    version: Field[str]
    status: Field[str]
    env: Field[str]
    commit: Field[str]
    uptime: Field[float]
    cycle: Field[float]
    #: When the engine last wrote it: its heartbeat.
    at: Field[datetime]


def parse_engine(raw: Any) -> Engine:
    """Return the document as a value."""
    node = Node(raw, "engine_metadata")
    if not node.has("engine_version", "status", "uptime_s"):
        raise MalformedFeed("engine_version", "the document does not describe an engine")
    return Engine(
        version=node.text("engine_version"),
        status=node.text("status"),
        env=node.text("env"),
        commit=node.text("git_commit"),
        uptime=node.number("uptime_s", unit="seconds", low=0),
        cycle=node.number("last_cycle_s", unit="seconds", low=0),
        at=node.time("updated_ts", "ts"),
    )


@dataclass(frozen=True, slots=True)
class Probe:
    """The document v6_runtime_probe.json: the engine's switches by name."""

    flags: tuple[tuple[str, Field[bool]], ...]
    version: Field[str]


def parse_probe(raw: Any) -> Probe:
    """Return the document as a value; every true or false of it is a switch."""
    node = Node(raw, "v6_runtime_probe")
    flags = tuple(
        (key, Field(place.raw, "", place.feed, place.path, str(place.raw), Presence.OK))
        for key, place in node.entries()
        if isinstance(place.raw, bool)
    )
    if not flags and not node.has("engine_version"):
        raise MalformedFeed("$", "the document holds no switches")
    return Probe(flags, node.text("engine_version"))


@dataclass(frozen=True, slots=True)
class Universe:
    """The document universe.json: how many symbols there are, and how many may be traded."""

    enabled: Field[int]
    known: Field[int]


def parse_universe(raw: Any) -> Universe:
    """Return the document as a value; raise MalformedFeed without a list of symbols."""
    node = Node(raw, "universe")
    place = node.at("universe", "symbols")
    if not isinstance(place.raw, (dict, list)):
        raise MalformedFeed("universe", "expected a list of symbols")
    rows = [row for name, row in place.named("symbol") if name is not None]
    on = [row for row in rows if row.flag("enabled").value]
    unsaid = sum(not row.flag("enabled").ok for row in rows)
    enabled: Field[int] = Field(
        len(on), "count", "universe", place.path, presence=Presence.OK, formula="rows enabled"
    )
    if unsaid:
        enabled = enabled.withheld(f"{unsaid} rows do not say whether they are enabled")
    known: Field[int] = Field(
        len(rows), "count", "universe", place.path, presence=Presence.OK, formula="rows"
    )
    return Universe(enabled, known)


ENGINE = Feed(
    "engine_metadata",
    parse_engine,
    late_after=270,
    stale_after=600,
    example={
        "engine_version": "v7.9",
        "updated_ts": 1764188091.0,
        "git_commit": "0000000",
        "env": "testnet",
        "status": "running",
        "uptime_s": 156302.4,
        "last_cycle_s": 0.8,
    },
    producer="executor",
    doc="Version, state and heartbeat of the engine.",
    optional=True,
)

PROBE = Feed(
    "v6_runtime_probe",
    parse_probe,
    late_after=600,
    stale_after=3600,
    example={
        "INTEL_V6_ENABLED": True,
        "ROUTER_AUTOTUNE_V6_APPLY_ENABLED": False,
        "engine_version": "v7.1.0",
        "ts": 1764187910.0,
    },
    producer="executor",
    doc="The switches of the engine.",
    optional=True,
)

UNIVERSE = Feed(
    "universe",
    parse_universe,
    late_after=1800,
    stale_after=7200,
    example={
        "updated_ts": 1764187980.0,
        "universe": [
            {"symbol": "BTCUSDT", "enabled": True},
            {"symbol": "DOGEUSDT", "enabled": False},
        ],
    },
    producer="screener",
    doc="The symbols the engine knows, and which of them it may trade.",
    optional=True,
)
