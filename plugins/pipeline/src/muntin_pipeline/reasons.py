"""Veto reasons in words: what the code means; a code nobody knows is shown as it is."""

from __future__ import annotations

from types import MappingProxyType

NONE_GIVEN = "(none given)"

#: What each known code means, in words that do not alarm.
MEANING = MappingProxyType(
    {
        "bucket_cap": "the group of symbols is at its limit",
        "circuit_breaker": "entries are paused after errors",
        "cooldown": "too soon after the last trade",
        "daily_loss": "the limit for the day is reached",
        "kill_switch": "entries are switched off",
        "leverage_cap": "more leverage than the limit allows",
        "max_concurrent": "as many positions open as allowed",
        "min_notional": "smaller than the exchange accepts",
        "open_notional_cap": "the open notional is at its limit",
        "per_trade_cap": "larger than one trade may be",
        "portfolio_cap": "the portfolio is at its limit",
        "symbol_cap": "the position is at its limit",
        "trade_rate_limit": "more trades than the rate allows",
        "whitelist": "the symbol is not on the list",
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
