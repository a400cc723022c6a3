"""The documents about the engine itself: its universe, switches and process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.desk import MIN_NOTIONAL, SYMBOL_CAP
from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.listings import CONTRACTS, Contract

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund

ENGINE = "v7.1.4-demo"
RUN = "demo-run"
HOST = "simulator"
PID = 2_024

#: The engine's switches, as two documents repeat them.
FLAGS = {
    "INTEL_V6_ENABLED": True,
    "RISK_ENGINE_V6_ENABLED": True,
    "PIPELINE_V6_SHADOW_ENABLED": True,
    "ROUTER_AUTOTUNE_V6_ENABLED": True,
    "FEEDBACK_ALLOCATOR_V6_ENABLED": True,
    "ROUTER_AUTOTUNE_V6_APPLY_ENABLED": False,
}


def universe(fund: Fund) -> Document:
    """`universe.json`: what may be traded, and within which limits."""
    return {"updated_ts": fund.now, "universe": [_member(item) for item in CONTRACTS]}


def runtime_probe(fund: Fund) -> Document:
    """`v6_runtime_probe.json`: the switches and the engine's version."""
    return {**FLAGS, "engine_version": ENGINE, "ts": fund.now}


def engine_metadata(fund: Fund) -> Document:
    """`engine_metadata.json`: which process writes all this, and in which environment."""
    return {
        "engine_version": ENGINE,
        "updated_ts": iso(fund.now),
        "git_commit": "demo",
        "run_id": RUN,
        "hostname": HOST,
        "env": "demo",
        "status": "running",
        "uptime_s": round(fund.now - fund.opened, 1),
        "last_cycle_s": round(fund.now - fund.observed_at, 3),
    }


def caps(contract: Contract) -> tuple[float, float, int]:
    """The contract's limits: share of NAV, share of NAV a trade, positions at once."""
    return SYMBOL_CAP, round(0.1 * contract.leverage * SYMBOL_CAP, 4), 1


def _member(contract: Contract) -> Document:
    nav_share, _, positions = caps(contract)
    return {
        "symbol": contract.symbol,
        "tier": contract.tier,
        "max_leverage": contract.leverage,
        "target_leverage": max(1.0, contract.leverage - 1.0),
        "min_notional": MIN_NOTIONAL,
        "caps": {
            "max_nav_pct": nav_share,
            "max_order_notional": 12_000,
            "max_concurrent_positions": positions,
        },
        "enabled": contract.enabled,
        "status": "enabled" if contract.enabled else "disabled",
    }
