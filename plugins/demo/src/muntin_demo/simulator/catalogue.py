"""Every document the simulator writes: its name, its content and its rhythm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from muntin_demo.simulator.documents import (
    intel,
    kpis,
    overview,
    pipeline,
    register,
    risk,
    routing,
    system,
    trades,
)

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund


@dataclass(frozen=True, slots=True)
class Entry:
    """One document: how it is built, and how many seconds lie between two writes."""

    build: Callable[[Fund], object]
    every: float
    #: True for what lies beside the `execution` logs instead of among the states.
    beside_logs: bool = False


#: The documents by the stem of their file's name.
CATALOGUE = {
    "nav": Entry(overview.nav, 2.0),
    "nav_state": Entry(overview.nav_state, 3.0),
    "kpis_v7": Entry(kpis.kpis, 2.5),
    "positions": Entry(overview.positions, 2.0),
    "positions_state": Entry(overview.positions_state, 2.5),
    "synced_state": Entry(overview.synced_state, 5.0),
    "leaderboard_state": Entry(overview.leaderboard, 5.0),
    "router_health": Entry(routing.router_health, 6.0),
    "pipeline_v6_shadow_head": Entry(pipeline.shadow_head, 8.0),
    "risk_snapshot": Entry(kpis.risk_snapshot, 10.0),
    "execution_health": Entry(risk.execution_health, 12.0),
    "engine_metadata": Entry(system.engine_metadata, 12.0),
    "expectancy_v6": Entry(intel.expectancy, 15.0),
    "symbol_scores_v6": Entry(intel.symbol_scores, 15.0),
    "pipeline_v6_compare_summary": Entry(pipeline.compare_summary, 15.0),
    "router_policy_suggestions_v6": Entry(routing.suggestions, 20.0),
    "nav_log": Entry(overview.nav_log, 20.0, beside_logs=True),
    "risk_allocation_suggestions_v6": Entry(intel.allocation, 30.0),
    "investors": Entry(register.investors, 30.0),
    "episode_ledger": Entry(trades.episode_ledger, 30.0),
    "universe": Entry(system.universe, 30.0),
    "v6_runtime_probe": Entry(system.runtime_probe, 30.0),
}

#: The names of all documents.
DOCUMENTS = tuple(CATALOGUE)


def document(fund: Fund, name: str) -> object:
    """The document of that name, as the fund stands: a dict, or for `nav_log` a list."""
    return CATALOGUE[name].build(fund)


def log_dir(state_dir: Path) -> Path:
    """The directory of the execution logs: beside a directory named `state`, else inside it."""
    return (state_dir.parent if state_dir.name == "state" else state_dir) / "execution"


def path_of(state_dir: Path, name: str) -> Path:
    """The file of the document of that name."""
    folder = log_dir(state_dir).parent if CATALOGUE[name].beside_logs else state_dir
    return folder / f"{name}.json"
