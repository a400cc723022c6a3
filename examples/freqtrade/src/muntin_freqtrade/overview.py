"""The documents that the Overview reads, made of the bot's: what it does not know is left out.

The Overview counts in US dollars, a bot in its stake currency. What a dollar is in it the bot says
itself, if it is configured to show USD; else a stake in a coin that is worth a dollar by promise is
counted as dollars, and the document says so. Other amounts stay unknown.
"""

from __future__ import annotations

from typing import Any

from muntin import EmptyFeed, MalformedFeed, parse_number

#: Stake currencies that are dollars, or worth one by promise.
DOLLARS = frozenset({"USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "PYUSD", "USDE"})


def number(raw: Any) -> float | None:
    """Return the number that a value is, None where it is none."""
    try:
        return parse_number(raw).value
    except ValueError:
        return None


def seen(health: Any) -> float | None:
    """Return the time of the bot's last loop in epoch seconds, None if it is not known."""
    at = number(health.get("last_process_ts")) if isinstance(health, dict) else None
    return at if at and at > 0 else None


def rate(balance: Any) -> tuple[float | None, str]:
    """Return what one unit of the stake currency is worth in USD, and how that is known."""
    total, value = number(balance.get("total")), number(balance.get("value"))
    stake = str(balance.get("stake") or "").upper()
    if balance.get("symbol") == "USD" and total and value:
        return value / total, ""
    if stake in DOLLARS:
        return 1.0, "" if stake == "USD" else f"one {stake} counted as one USD"
    return None, ""


def nav(balance: Any, config: Any, health: Any) -> dict[str, Any]:
    """Return nav.json: the account at the exchange, all coins in it included."""
    total, (factor, how) = number(_object(balance, "balance").get("total")), rate(balance)
    if total is None:
        raise MalformedFeed("total", "the bot's balance holds no total")
    if factor is None:
        stake = balance.get("stake")
        raise EmptyFeed(
            f"the bot counts in {stake!s:.12} and gives no worth in USD;"
            " set fiat_display_currency to USD in its configuration"
        )
    worth = total * factor
    return {
        "nav_usd": worth,
        "updated_ts": seen(health),
        "nav_detail": {"source": " · ".join(filter(None, (_mode(config), how)))},
        "aum": {"futures": worth, "offexchange": {}, "total": worth},
    }


def _mode(config: Any) -> str:
    dry = config.get("dry_run") if isinstance(config, dict) else None
    if dry is None:
        return "freqtrade, run mode unknown"
    return "freqtrade, dry run with a simulated wallet" if dry else "freqtrade"


def positions(trades: Any, balance: Any, health: Any) -> dict[str, Any]:
    """Return positions.json: the open trades."""
    if not isinstance(trades, list):
        raise MalformedFeed("$", "the bot's open trades are no list")
    factor, _ = rate(_object(balance, "balance"))
    rows = [_position(one, factor) if isinstance(one, dict) else one for one in trades]
    return {"rows": rows, "updated": seen(health)}


def _position(trade: dict[str, Any], factor: float | None) -> dict[str, Any]:
    qty, mark, profit = (number(trade.get(key)) for key in ("amount", "current_rate", "profit_abs"))
    short = trade.get("is_short")
    row = {
        "symbol": trade.get("pair"),
        "side": None if short is None else "SHORT" if short else "LONG",
        "qty": qty,
        "entry": trade.get("open_rate"),
    }
    # A mark alone would be multiplied by the quantity and taken for dollars.
    if factor is not None and qty is not None and mark is not None:
        row |= {"mark": mark, "notional": qty * mark * factor}
    if factor is not None and profit is not None:
        row["unrealized"] = profit * factor
    return row


def kpis(profit: Any, balance: Any, health: Any) -> dict[str, Any]:
    """Return kpis_v7.json: the drawdown, which newer bots measure, and no more."""
    depth = number(_object(profit, "profit").get("current_drawdown"))
    if depth is None:
        raise EmptyFeed("this version of freqtrade does not measure the current drawdown")
    if not number(profit.get("closed_trade_count")):
        raise EmptyFeed("no trade has been closed yet, so there is no drawdown")
    factor, _ = rate(_object(balance, "balance"))
    amount = number(profit.get("current_drawdown_abs"))
    found = {"dd_frac": abs(depth)}
    if factor is not None and amount is not None:
        found["dd_abs"] = abs(amount) * factor
    return {"drawdown": found, "updated_at": seen(health)}


def _object(raw: Any, name: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise MalformedFeed("$", f"the bot's {name} is no object")
    return raw
