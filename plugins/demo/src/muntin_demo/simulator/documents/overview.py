"""The documents of the wallet and the positions: NAV, its history, and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.documents.risk import atr_of, dd_state
from muntin_demo.simulator.documents.system import ENGINE, FLAGS
from muntin_demo.simulator.encoding import Document, iso

if TYPE_CHECKING:
    from muntin_demo.simulator.book import Position
    from muntin_demo.simulator.fund import Fund


def nav(fund: Fund) -> Document:
    """`nav.json`: the wallet in detail, and all assets under management."""
    worth = fund.nav
    aum: Document = {
        "futures": worth,
        "offexchange": fund.offexchange,
        "total": fund.aum_total,
    }
    return {
        "nav": worth,
        "nav_usd": worth,
        "updated_ts": fund.observed_at,
        "nav_detail": {**nav_detail(fund), "aum": aum},
        "assets": fund.assets,
        "nav_mode": "live_wallet",
        "aum": aum,
    }


def nav_detail(fund: Fund) -> Document:
    """What the NAV is made of, as nav.json and synced_state.json repeat it."""
    assets, worth = fund.assets, fund.nav
    price = fund.market.price("BTC")
    return {
        "breakdown": assets,
        "quote_breakdown": {coin: assets[coin] for coin in ("USDT", "USDC")},
        "conversions": {
            "BTC": {"amount": fund.book.btc, "price": price, "value_usd": assets["BTC"]}
        },
        "futures_balances": {**assets, "BTC": fund.book.btc},
        "fresh": True,
        "source": "live",
        "nav_mode": "live_wallet",
        "total_nav": worth,
        "nav": worth,
        "nav_usd": worth,
        "assets": assets,
        "asset_breakdown": assets,
    }


def nav_state(fund: Fund) -> Document:
    """`nav_state.json`: the last 500 points of the NAV, and where it stands."""
    exposures = fund.exposures
    return {
        "series": fund.record.series(fund.point),
        "peak_equity": fund.peak,
        "updated_at": fund.now,
        "total_equity": fund.nav,
        "realized_pnl": round(fund.book.realized_today, 2),
        "unrealized_pnl": fund.unrealized,
        "drawdown": fund.drawdown_pct,
        "gross_exposure": fund.gross,
        "net_exposure": round(sum(exposures), 4),
        "largest_position_value": max((abs(value) for value in exposures), default=0.0),
        "drawdown_pct": fund.drawdown_pct,
        "drawdown_abs": fund.drawdown_abs,
        "realized_pnl_today": round(fund.book.realized_today, 2),
        "drawdown_snapshot_at": iso(fund.now),
        "age_s": 0.0,
    }


def nav_log(fund: Fund) -> list[Document]:
    """`nav_log.json`: the last 720 points, as an array."""
    return fund.record.log(fund.point)


def positions(fund: Fund) -> Document:
    """`positions.json`: the open positions as the executor names their parts."""
    return {"rows": _rows(fund), "updated": fund.observed_at}


def positions_state(fund: Fund) -> Document:
    """`positions_state.json`: the open positions as the sync process names their parts."""
    exposures = fund.exposures
    return {
        "items": [_item(fund, position) for position in fund.positions],
        "updated_at": iso(fund.now),
        "gross_exposure": fund.gross,
        "net_exposure": round(sum(exposures), 4),
        "largest_position_value": max((abs(value) for value in exposures), default=0.0),
    }


def synced_state(fund: Fund) -> Document:
    """`synced_state.json`: positions, NAV and the engine's switches in one."""
    return {
        "items": _rows(fund),
        "nav": fund.nav,
        "engine_version": ENGINE,
        "v6_flags": dict(FLAGS),
        "updated_at": fund.observed_at,
        "nav_snapshot": nav_detail(fund),
    }


def leaderboard(fund: Fund) -> Document:
    """`leaderboard_state.json`: the open positions, largest first."""
    items = [_place(fund, position) for position in fund.positions]
    items.sort(key=lambda item: item[0], reverse=True)
    return {"items": [item for _, item in items], "updated_at": iso(fund.now)}


def _rows(fund: Fund) -> list[Document]:
    """The positions as the exchange reports them."""
    return [
        {
            "symbol": item.symbol,
            "positionSide": item.side,
            "qty": item.qty,
            "entryPrice": item.entry,
            "unrealized": item.unrealized(fund.market.mark(item.symbol)),
            "leverage": item.leverage,
            "markPrice": fund.market.mark(item.symbol),
        }
        for item in fund.positions
    ]


def _item(fund: Fund, position: Position) -> Document:
    """One position as positions_state.json lists it."""
    mark = fund.market.mark(position.symbol)
    pnl = position.unrealized(mark)
    notional = round(abs(position.qty) * mark, 4)
    _, _, ratio, regime = atr_of(fund, position.symbol)
    return {
        "symbol": position.symbol,
        "side": position.side,
        "qty": position.qty,
        "entry_price": position.entry,
        "mark_price": mark,
        "pnl": pnl,
        "leverage": int(position.leverage),
        "notional": notional,
        "ts": iso(fund.now),
        "notional_fmt": f"{notional:,.2f}",
        "pnl_fmt": f"{pnl:,.2f}",
        "dd_state": dd_state(fund),
        "dd_today_pct": 0.0,
        "atr_ratio": ratio,
        "atr_regime": regime,
    }


def _place(fund: Fund, position: Position) -> tuple[float, Document]:
    """The position's notional, and its line on the leaderboard."""
    mark = fund.market.mark(position.symbol)
    notional = round(abs(position.qty) * mark, 4)
    pnl = position.unrealized(mark)
    return notional, {"symbol": position.symbol, "notional": notional, "pnl": pnl}
