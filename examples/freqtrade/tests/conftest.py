"""A stand-in for a bot: it serves the documented shapes of the REST API, and fails on request."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

USER, PASSWORD = "Freqtrader", "SuperSecret1!"


def balance(**more: Any) -> dict[str, Any]:
    """Return GET /balance of a spot account in USDT that also holds ether and an unpriced coin."""
    return {
        "currencies": [
            coin("USDT", 700.0, 1000.0, 1000.0),
            coin("ETH", 0.1, 0.1, 300.0),
            coin("SHIB", 5.0, 5.0, 0.0),
        ],
        "total": 1300.0, "total_bot": 1250.0, "symbol": "USD", "value": 1287.0,
        "value_bot": 1237.5, "stake": "USDT", "note": "Simulated balances",
        "starting_capital": 1250.0, "starting_capital_ratio": 0.04, "starting_capital_pct": 4.0,
        "starting_capital_fiat": 1237.5, "starting_capital_fiat_ratio": 0.04,
        "starting_capital_fiat_pct": 4.0,
    } | more  # fmt: skip


def coin(name: str, free: float, amount: float, worth: float, **more: Any) -> dict[str, Any]:
    return {
        "currency": name, "free": free, "balance": amount, "used": amount - free,
        "bot_owned": amount, "est_stake": worth, "est_stake_bot": worth, "stake": "USDT",
        "side": "long", "is_position": False, "position": 0.0, "is_bot_managed": True,
    } | more  # fmt: skip


def trade(number: int = 7, pair: str = "ETH/USDT", **more: Any) -> dict[str, Any]:
    """Return one element of GET /status."""
    return {
        "trade_id": number, "pair": pair, "base_currency": pair.partition("/")[0],
        "quote_currency": "USDT", "is_open": True, "is_short": False, "exchange": "binance",
        "amount": 0.1, "amount_requested": 0.1, "stake_amount": 290.0, "strategy": "Sample",
        "enter_tag": None, "timeframe": 5, "open_date": "2025-11-26 18:00:00",
        "open_timestamp": 1764180000000, "open_rate": 2900.0, "open_trade_value": 290.3,
        "close_date": None, "close_timestamp": None, "profit_ratio": 0.0345, "profit_pct": 3.45,
        "profit_abs": 10.0, "profit_fiat": 9.9, "realized_profit": 0.0, "stop_loss_abs": 2700.0,
        "has_open_orders": False, "orders": [], "leverage": 1.0, "trading_mode": "spot",
        "current_rate": 3000.0, "total_profit_abs": 10.0,
    } | more  # fmt: skip


def profit(**more: Any) -> dict[str, Any]:
    """Return GET /profit."""
    return {
        "profit_closed_coin": 40.0, "profit_closed_ratio": 0.032, "profit_closed_percent": 3.2,
        "profit_closed_fiat": 39.6, "profit_all_coin": 50.0, "profit_all_ratio": 0.04,
        "profit_all_percent": 4.0, "profit_all_fiat": 49.5, "trade_count": 12,
        "closed_trade_count": 10, "first_trade_timestamp": 1763000000000,
        "latest_trade_timestamp": 1764180000000, "avg_duration": "4:11:00",
        "best_pair": "ETH/USDT", "best_rate": 4.0, "winning_trades": 6, "losing_trades": 4,
        "profit_factor": 1.8, "winrate": 0.6, "expectancy": 4.0, "expectancy_ratio": 0.3,
        "max_drawdown": 0.021, "max_drawdown_abs": 26.0, "current_drawdown": 0.005,
        "current_drawdown_abs": 6.5, "trading_volume": 9000.0,
    } | more  # fmt: skip


def config(**more: Any) -> dict[str, Any]:
    """Return the part of GET /show_config that tells what the bot is."""
    return {
        "version": "2025.10", "api_version": 2.4, "dry_run": True, "trading_mode": "spot",
        "short_allowed": False, "stake_currency": "USDT", "stake_amount": "unlimited",
        "max_open_trades": 5, "exchange": "binance", "strategy": "Sample",
        "bot_name": "freqtrade", "state": "running", "runmode": "dry_run", "timeframe": "5m",
    } | more  # fmt: skip


def health(at: float | None = None) -> dict[str, Any]:
    seen = int(time.time() if at is None else at)
    return {"last_process": "", "last_process_ts": seen, "bot_start_ts": seen - 3600}


class Shapes:
    """The documented shapes, for tests that need no server."""

    balance = staticmethod(balance)
    coin = staticmethod(coin)
    trade = staticmethod(trade)
    profit = staticmethod(profit)
    config = staticmethod(config)
    health = staticmethod(health)


class Bot:
    """The stand-in: `answers` by endpoint, `status` for all of them, `requests` that came."""

    def __init__(self, port: int = 0) -> None:
        self.status = 200
        self.answers: dict[str, Any] = {
            "balance": balance(),
            "status": [trade(), trade(8, "SOL/USDT", is_short=True, profit_abs=-2.5)],
            "profit": profit(),
            "show_config": config(),
        }
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])
        self._thread.start()

    def answer(self, endpoint: str, authorization: str | None) -> tuple[int, Any]:
        """Return status and document, as the API gives them."""
        known = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if authorization != known:
            return 401, {"detail": "Unauthorized"}
        if self.status != 200:
            return self.status, {"error": f"Error querying /api/v1/{endpoint}"}
        if endpoint == "health":
            return 200, self.answers.get("health", health())
        found = self.answers.get(endpoint)
        return (200, found) if found is not None else (404, {"detail": "Not Found"})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bot = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                bot.requests.append(self.path)
                endpoint = self.path.rpartition("/api/v1/")[2]
                status, document = bot.answer(endpoint, self.headers["Authorization"])
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                """Keep the tests quiet."""

        return Handler

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def shapes() -> type[Shapes]:
    return Shapes


@pytest.fixture
def bot() -> Iterator[Bot]:
    made = Bot()
    yield made
    made.close()
