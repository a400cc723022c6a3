"""Facts about the shape of every document: the keys of the contract, no more and no fewer."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from muntin_demo.simulator import DOCUMENTS, Fund, document

START = 1_790_000_000.0
SYMBOLS = {"AVAXUSDT", "BTCUSDT", "DOGEUSDT", "ETHUSDT", "LINKUSDT", "SOLUSDT", "XRPUSDT"}

KEYS = {
    "nav": "nav nav_usd updated_ts nav_detail assets nav_mode aum",
    "nav_state": "series peak_equity updated_at total_equity realized_pnl unrealized_pnl drawdown"
    " gross_exposure net_exposure largest_position_value drawdown_pct drawdown_abs"
    " realized_pnl_today drawdown_snapshot_at age_s",
    "kpis_v7": "ts nav risk router performance dd_state atr_regime fee_pnl_ratio router_quality"
    " aum_total fx router_stats drawdown atr symbols",
    "positions": "rows updated",
    "positions_state": "items updated_at gross_exposure net_exposure largest_position_value",
    "synced_state": "items nav engine_version v6_flags updated_at nav_snapshot",
    "leaderboard_state": "items updated_at",
    "router_health": "updated_ts summary symbols per_symbol",
    "pipeline_v6_shadow_head": "generated_ts total allowed vetoed last_decision",
    "risk_snapshot": "updated_ts symbols dd_state atr_regime atr fee_pnl_ratio fee_pnl nav_health"
    " risk_config_meta kpis_v7",
    "execution_health": "updated_ts symbols type context",
    "engine_metadata": "engine_version updated_ts git_commit run_id hostname env status uptime_s"
    " last_cycle_s",
    "expectancy_v6": "symbols hours regimes sample_count lookback_hours updated_ts",
    "symbol_scores_v6": "updated_ts symbols",
    "pipeline_v6_compare_summary": "generated_ts sample_size veto_mismatch_pct size_diff_stats"
    " slippage_diff_bps sizing_diff_stats is_warmup warmup_reason min_sample_size",
    "router_policy_suggestions_v6": "generated_ts lookback_days symbols",
    "risk_allocation_suggestions_v6": "generated_ts lookback_days global symbols",
    "universe": "updated_ts universe",
    "investors": "ts currency units_total holders",
    "episode_ledger": "episodes last_rebuild_ts stats episode_count",
    "v6_runtime_probe": "INTEL_V6_ENABLED RISK_ENGINE_V6_ENABLED PIPELINE_V6_SHADOW_ENABLED"
    " ROUTER_AUTOTUNE_V6_ENABLED FEEDBACK_ALLOCATOR_V6_ENABLED ROUTER_AUTOTUNE_V6_APPLY_ENABLED"
    " engine_version ts",
}

#: Where in a document an object stands (`*` for any key or item), and its keys.
INNER = [
    (
        "nav",
        "nav_detail",
        (
            "breakdown quote_breakdown conversions futures_balances fresh source"
            " nav_mode total_nav nav nav_usd assets asset_breakdown aum"
        ),
    ),
    ("nav", "nav_detail.conversions.*", "amount price value_usd"),
    ("nav", "aum", "futures offexchange total"),
    ("nav", "aum.offexchange", "BTC XAUT USDC ETH LINK"),
    ("nav", "aum.offexchange.*", "qty avg_cost mark usd_value"),
    ("nav_state", "series.*", "nav t unrealized_pnl equity total_equity"),
    ("kpis_v7", "nav", "nav_total nav_age_s age_s updated_at sources_ok aum_total"),
    ("kpis_v7", "risk", "dd_state atr_regime fee_pnl_ratio drawdown_pct atr_ratio"),
    (
        "kpis_v7",
        "router",
        (
            "policy_quality maker_first maker_fill_share avg_slippage_bps reject_rate"
            " maker_fill_rate fallback_ratio slip_q25_bps slip_q50_bps slip_q75_bps"
        ),
    ),
    ("kpis_v7", "performance", "expectancy sharpe_state"),
    ("kpis_v7", "fx", "usd_zar ts"),
    (
        "kpis_v7",
        "router_stats",
        "maker_fill_rate fallback_ratio slip_q25_bps slip_q50_bps slip_q75_bps quality",
    ),
    ("kpis_v7", "drawdown", "dd_pct"),
    ("kpis_v7", "atr", "atr_ratio atr_regime symbols"),
    ("kpis_v7", "atr.symbols.*", "symbol dd_state dd_today_pct atr_ratio atr_regime"),
    ("kpis_v7", "symbols", " ".join(sorted(SYMBOLS))),
    (
        "positions",
        "rows.*",
        "symbol positionSide qty entryPrice unrealized leverage markPrice",
    ),
    (
        "positions_state",
        "items.*",
        (
            "symbol side qty entry_price mark_price pnl leverage notional ts notional_fmt pnl_fmt"
            " dd_state dd_today_pct atr_ratio atr_regime"
        ),
    ),
    ("leaderboard_state", "items.*", "symbol notional pnl"),
    ("router_health", "summary", "updated_ts count quality_counts maker_first_enabled"),
    ("router_health", "summary.quality_counts", "good ok degraded broken"),
    (
        "router_health",
        "symbols.*",
        (
            "symbol maker_fill_rate fallback_rate slippage_p50 slippage_p95 ack_latency_ms policy"
            " maker_first taker_bias bias quality offset_bps updated_ts"
        ),
    ),
    ("router_health", "per_symbol.*.policy", "maker_first taker_bias quality reason offset_bps"),
    (
        "pipeline_v6_shadow_head",
        "last_decision",
        "symbol intent risk_decision sizing timestamp size_decision router_decision",
    ),
    (
        "pipeline_v6_shadow_head",
        "last_decision.intent",
        (
            "symbol side qty quote_notional leverage price tier_name tier_gross_notional"
            " current_gross_notional symbol_open_qty nav_usd open_positions_count strategy_id"
            " account_mode metadata"
        ),
    ),
    (
        "pipeline_v6_shadow_head",
        "last_decision.risk_decision",
        "allowed clamped_qty reasons hit_caps diagnostics",
    ),
    (
        "pipeline_v6_compare_summary",
        "sizing_diff_stats",
        "p50 p95 upsize_count sample_size",
    ),
    ("risk_snapshot", "dd_state", "dd_state drawdown"),
    ("risk_snapshot", "fee_pnl", "fee_pnl_ratio fees pnl window_days"),
    (
        "risk_snapshot",
        "nav_health",
        "age_s sources_ok stale_flags fresh threshold_s cache_ts cache_path nav_total",
    ),
    (
        "risk_snapshot",
        "kpis_v7",
        (
            "ts atr_regime atr dd_state drawdown fee_pnl_ratio fees pnl fee_pnl router_quality"
            " router_stats"
        ),
    ),
    (
        "risk_snapshot",
        "kpis_v7.drawdown",
        (
            "dd_pct dd_abs peak nav realized_today nav_cache_ts nav_cache_age peak_state_age"
            " stale_flags usable nav_health peak_state drawdown daily_loss assets"
        ),
    ),
    (
        "risk_snapshot",
        "symbols.*",
        "schema symbol router risk vol sizing errors components events updated_ts",
    ),
    (
        "execution_health",
        "symbols.*.router",
        (
            "router_warnings maker_fill_ratio fallback_ratio slip_q25 slip_q50 slip_q75"
            " last_route_decision policy_quality policy_maker_first policy_taker_bias policy_reason"
            " maker_offset_bps policy"
        ),
    ),
    (
        "execution_health",
        "symbols.*.risk",
        "dd_today_pct dd_state risk_flags sharpe_state toggle_active toggle_meta",
    ),
    ("execution_health", "symbols.*.vol", "atr_now atr_med atr_ratio atr_regime"),
    (
        "execution_health",
        "symbols.*.sizing",
        (
            "sharpe_7d size_mult_sharpe size_mult_regime intel_size_factor size_mult_combined"
            " final_size_factor"
        ),
    ),
    ("execution_health", "symbols.*.components", "router risk vol sizing"),
    *(
        (
            "expectancy_v6",
            f"{group}.*",
            (
                "count hit_rate avg_return avg_win avg_loss expectancy expectancy_per_risk"
                " max_drawdown drawdown_adjusted"
            ),
        )
        for group in ("symbols", "hours", "regimes")
    ),
    ("symbol_scores_v6", "symbols.*", "symbol score components inputs"),
    (
        "symbol_scores_v6",
        "symbols.*.components",
        "expectancy router slippage_penalty fee_drag_penalty volatility_penalty",
    ),
    (
        "router_policy_suggestions_v6",
        "symbols.*",
        "symbol regime quality metrics current_policy proposed_policy rationale",
    ),
    (
        "router_policy_suggestions_v6",
        "symbols.*.metrics",
        "fill_rate fallback_rate slip_p50_bps slip_p95_bps latency_p50_ms",
    ),
    (
        "router_policy_suggestions_v6",
        "symbols.*.proposed_policy",
        "maker_first taker_bias bias_label offset_bps",
    ),
    (
        "risk_allocation_suggestions_v6",
        "global",
        "current_equity_usd current_drawdown_pct risk_mode",
    ),
    (
        "risk_allocation_suggestions_v6",
        "symbols.*",
        "symbol score expectancy router_policy caps suggested_caps suggested_weight rationale",
    ),
    (
        "risk_allocation_suggestions_v6",
        "symbols.*.caps",
        "current_max_nav_pct current_max_trade_nav_pct current_max_concurrent_positions",
    ),
    ("investors", "holders.*", "holder name units flows"),
    (
        "episode_ledger",
        "episodes.*",
        (
            "episode_id symbol side entry_ts exit_ts duration_hours total_qty avg_entry_price"
            " avg_exit_price gross_pnl fees net_pnl regime_at_entry exit_reason strategy"
        ),
    ),
    ("investors", "holders.*.flows.*", "ts kind amount units price"),
    (
        "universe",
        "universe.*",
        "symbol tier max_leverage target_leverage min_notional caps enabled status",
    ),
    (
        "universe",
        "universe.*.caps",
        "max_nav_pct max_order_notional max_concurrent_positions",
    ),
]


@pytest.fixture(scope="module")
def fund() -> Fund:
    return Fund(Random(31), START)


def written(fund: Fund, name: str) -> Any:
    return json.loads(json.dumps(document(fund, name), allow_nan=False))


def objects(node: Any, path: list[str]) -> list[Any]:
    """What stands at the path; `*` follows every key or item."""
    if not path:
        return [node]
    children = list(node.values()) if isinstance(node, dict) else list(node)
    if path[0] != "*":
        children = [node[path[0]]]
    return [found for child in children for found in objects(child, path[1:])]


def test_every_document_is_covered_here() -> None:
    assert set(KEYS) | {"nav_log"} == set(DOCUMENTS)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_document_has_the_keys_of_the_contract(fund: Fund, name: str) -> None:
    assert set(written(fund, name)) == set(KEYS[name].split())


@pytest.mark.parametrize(("name", "path", "keys"), INNER)
def test_an_inner_object_has_the_keys_of_the_contract(
    fund: Fund, name: str, path: str, keys: str
) -> None:
    found = objects(written(fund, name), path.split("."))

    assert found
    assert all(set(each) == set(keys.split()) for each in found)


def test_nav_log_is_an_array_of_720_points(fund: Fund) -> None:
    log = written(fund, "nav_log")

    assert len(log) == 720
    assert all(set(point) == {"nav", "t", "unrealized_pnl"} for point in log)


def test_times_are_encoded_as_each_writer_does(fund: Fund) -> None:
    """Seconds here, ISO 8601 with offset there: the contract's table of encodings."""
    seconds = {
        "nav": "updated_ts",
        "nav_state": "updated_at",
        "positions": "updated",
        "synced_state": "updated_at",
        "risk_snapshot": "updated_ts",
        "execution_health": "updated_ts",
        "router_health": "updated_ts",
        "expectancy_v6": "updated_ts",
        "pipeline_v6_shadow_head": "generated_ts",
        "v6_runtime_probe": "ts",
    }
    texts = {
        "kpis_v7": "ts",
        "positions_state": "updated_at",
        "leaderboard_state": "updated_at",
        "router_policy_suggestions_v6": "generated_ts",
        "risk_allocation_suggestions_v6": "generated_ts",
        "engine_metadata": "updated_ts",
    }

    assert all(isinstance(written(fund, name)[key], float) for name, key in seconds.items())
    assert all(written(fund, name)[key].endswith("+00:00") for name, key in texts.items())


def test_the_environment_is_demo(fund: Fund) -> None:
    """Nobody may take made-up figures for real ones."""
    assert written(fund, "engine_metadata")["env"] == "demo"
