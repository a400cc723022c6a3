"""Veto reasons in words: what the code means; a code nobody knows is shown as it is."""

from __future__ import annotations

from types import MappingProxyType

NONE_GIVEN = "(none given)"

#: What each known code means, in words that do not alarm.
MEANING = MappingProxyType(
    {
        "below_min_notional": "smaller than the exchange accepts",
        "bucket_cap": "the group of symbols is at its limit",
        "circuit_breaker": "entries are paused after errors",
        "cooldown": "too soon after the last trade",
        "daily_loss": "the limit for the day is reached",
        "day_loss_limit": "the limit for the day is reached",
        "dry_run": "orders are not sent: the engine only practises",
        "exceeds_open_notional_cap": "the open notional is at its limit",
        "exceeds_per_trade_cap": "larger than one trade may be",
        "kill_switch": "entries are switched off",
        "kill_switch_triggered": "entries are switched off",
        "leverage_cap": "more leverage than the limit allows",
        "leverage_exceeded": "more leverage than the limit allows",
        "max_concurrent": "as many positions open as allowed",
        "max_gross_nav_pct": "gross exposure is at its part of the NAV",
        "max_trade_nav": "larger than one trade's part of the NAV",
        "max_trade_nav_pct": "larger than one trade's part of the NAV",
        "min_notional": "smaller than the exchange accepts",
        "not_whitelisted": "the symbol is not on the list",
        "open_notional_cap": "the open notional is at its limit",
        "per_trade_cap": "larger than one trade may be",
        "portfolio_cap": "the portfolio is at its limit",
        "risk_limits": "a risk limit is reached",
        "smoke_block": "a test of the engine, not a real order",
        "symbol_cap": "the position is at its limit",
        "tier_cap": "symbols of this tier are at their limit",
        "trade_gt_10pct_equity": "larger than 10 % of the equity",
        "trade_gt_max_trade_nav_pct": "larger than one trade's part of the NAV",
        "trade_rate_limit": "more trades than the rate allows",
        "whitelist": "the symbol is not on the list",
        "wide_spread": "buying and selling prices are too far apart",
    }
)


def code_of(text: str) -> str:
    """Return the code that texts of one meaning share: one line, lower case, not too long."""
    code = " ".join(text.split()).casefold()
    return (code if len(code) <= 48 else f"{code[:47]}…") or NONE_GIVEN


def spoken(code: str) -> str:
    """Return a code as words: ``symbol_cap`` is ``symbol cap``."""
    return code.replace("_", " ").strip() or code


def meaning_of(code: str) -> str:
    """Return what a code means, a dash where nobody knows."""
    return MEANING.get(code, "–")
