"""The fund itself: market, book, router and desk, kept in step with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.book import Book, Position
from muntin_demo.simulator.desk import Account, Decision, Desk, Filled, Intent
from muntin_demo.simulator.encoding import Document
from muntin_demo.simulator.listings import RESERVES
from muntin_demo.simulator.market import Market
from muntin_demo.simulator.numbers import DAY, HOUR, MINUTE
from muntin_demo.simulator.record import GRID, Heartbeat, Point, Record, Trade
from muntin_demo.simulator.router import Execution, Policy, Router

if TYPE_CHECKING:
    from random import Random

#: Mean seconds between two intents of the desk: in its past, and since it is watched.
_PATIENCE_THEN = 120.0
_PATIENCE_NOW = 60.0


class Fund:
    """A crypto fund with a past, whose every figure follows from one state."""

    def __init__(self, random: Random, now: float, history: float = 37.0 * HOUR) -> None:
        self._random = random
        #: The instant the fund has reached, in epoch seconds.
        self.now = now - history
        #: When it was opened, and when its executor was started.
        self.opened = self.now
        self.market = Market(random)
        self.book = Book(usdt=41_350.0, usdc=6_200.0, btc=0.085)
        self.router = Router(random)
        self.record = Record()
        self._desk = Desk(self.market, random)
        self._decided = 0
        #: When each open position was opened, by symbol.
        self._opened: dict[str, float] = {}
        self._patience = _PATIENCE_THEN
        self._decide_at = self.now
        self._beat_at = self.now
        self._point_at = self.now
        #: When the wallet was last read, a moment before `now`.
        self.observed_at = self.now
        self.peak = self.day_peak = self.nav
        #: The NAV it was opened with, from which the price of a unit follows.
        self.first_nav = self.nav
        self.peak_at = self.now
        self.step(history)
        self._patience = _PATIENCE_NOW

    def step(self, seconds: float) -> None:
        """Let that many seconds pass."""
        until = self.now + seconds
        while self.now < until:
            due = min(self._decide_at, self._point_at, until)
            self._pass(max(1e-3, min(due - self.now, Market.LONGEST)))
            self._happen()
        self.now = max(self.now, until)
        self.observed_at = max(self.observed_at, self.now - self._random.uniform(0.05, 0.4))

    @property
    def assets(self) -> dict[str, float]:
        """Dollars in the futures wallet by asset, to the cent."""
        return {
            "USDT": round(self.book.usdt, 2),
            "USDC": round(self.book.usdc, 2),
            "BTC": round(self.book.btc * self.market.price("BTC"), 2),
        }

    @property
    def nav(self) -> float:
        """The wallet's worth: quote coins and collateral, without unrealised profit."""
        return round(sum(self.assets.values()), 2)

    @property
    def offexchange(self) -> dict[str, Document]:
        """What the fund holds elsewhere, valued at the market's prices."""
        price = self.market.price
        return {
            item.asset: {
                "qty": item.qty,
                "avg_cost": item.avg_cost,
                "mark": price(item.asset),
                "usd_value": round(item.qty * price(item.asset), 2),
            }
            for item in RESERVES
        }

    @property
    def aum_total(self) -> float:
        """NAV and everything held elsewhere."""
        price = self.market.price
        held = sum(round(item.qty * price(item.asset), 2) for item in RESERVES)
        return round(self.nav + held, 2)

    @property
    def positions(self) -> list[Position]:
        """The open positions, by symbol."""
        return list(self.book.positions.values())

    @property
    def unrealized(self) -> float:
        """Profit of the open positions at their marks, to the cent."""
        mark = self.market.mark
        return round(sum(item.unrealized(mark(item.symbol)) for item in self.positions), 2)

    @property
    def exposures(self) -> list[float]:
        """Signed dollars of each open position at its mark."""
        mark = self.market.mark
        return [round(item.qty * mark(item.symbol), 4) for item in self.positions]

    @property
    def gross(self) -> float:
        """Dollars at stake, long and short added."""
        return round(sum(abs(value) for value in self.exposures), 4)

    @property
    def drawdown_abs(self) -> float:
        """Dollars below the peak."""
        return round(self.peak - self.nav, 2)

    @property
    def drawdown_pct(self) -> float:
        """Percent below the peak, 0 to 100."""
        return 100.0 * self.drawdown_abs / self.peak

    @property
    def point(self) -> Point:
        """The NAV as it stands."""
        return Point(round(self.now, 3), self.nav, self.unrealized)

    def _pass(self, seconds: float) -> None:
        """Move the market and the peaks, and begin a new day at midnight UTC."""
        before = self.now // DAY
        self.market.step(seconds)
        self.now += seconds
        nav = self.nav
        if nav > self.peak:
            self.peak, self.peak_at = nav, self.now
        self.day_peak = max(self.day_peak, nav)
        if self.now // DAY > before:
            self.book.realized_today, self.day_peak = 0.0, nav

    def _happen(self) -> None:
        """Do what has come due."""
        if self.now >= self._point_at:
            self.record.observe(self.point)
            self._point_at = (self.now // GRID + 1.0) * GRID
        while self.now >= self._beat_at:
            lag = round(self._random.lognormvariate(0.6, 0.5), 1)
            self.record.note(Heartbeat(self._beat_at, lag))
            self._beat_at = (self._beat_at // MINUTE + 1.0) * MINUTE
        if self.now >= self._decide_at:
            self._decide()
            self._decide_at = self.now + self._random.expovariate(1.0 / self._patience)

    def _decide(self) -> None:
        account = Account(self.nav, self.gross, self.book.positions)
        intent = self._desk.intent(account)
        veto = self._desk.veto(intent, account)
        policy = self.router.stats(intent.symbol).policy
        self._decided += 1
        filled = None if veto else self._fill(intent, policy)
        agreed = self._random.random() > 0.07
        outlier = self._random.random() < 0.0004
        diff = 0.07 if outlier else abs(self._random.gauss(0.0, 0.012))
        decision = Decision(
            self._decided,
            self.now,
            intent,
            account,
            policy,
            veto,
            agreed,
            round(diff, 4),
            filled,
        )
        self.record.decisions.append(decision)
        self.record.note(decision)

    def _fill(self, intent: Intent, policy: Policy) -> Filled:
        """What the order became, booked."""
        symbol = intent.symbol
        held = self.book.positions.get(symbol)
        execution = self.router.send(symbol, intent.qty, intent.mark)
        fill = Position(symbol, intent.qty, execution.price, intent.contract.leverage)
        close = self.book.trade(fill, execution.fee, self.now)
        if close.qty:
            labels = _labels(execution, policy)
            pnl = round(close.realized - execution.fee, 4)
            self.record.trades.append(
                Trade(
                    self.now, symbol, pnl, labels, "LONG" if fill.qty < 0 else "SHORT",
                    abs(close.qty), held.entry if held else fill.entry, fill.entry, execution.fee,
                    self._opened.get(symbol, self.now),
                )
            )  # fmt: skip
        after = self.book.positions.get(symbol)
        if after is None or held is None or (after.qty > 0) != (held.qty > 0):
            self._opened[symbol] = self.now
        return Filled(
            order=730_000_000 + 37 * self._decided,
            execution=execution,
            before=held.qty if held else 0.0,
            after=after.qty if after else 0.0,
            closed=close.qty,
            realized=close.realized,
            position=after,
        )


def _labels(execution: Execution, policy: Policy) -> tuple[str, ...]:
    """The regimes a closed trade counts under."""
    slip = abs(execution.slippage_bps)
    band = "slip_low" if slip <= 1.0 else "slip_med" if slip <= 5.0 else "slip_high"
    attempt = ("maker_attempt",) if execution.maker_start else ()
    made = ("maker_success",) if execution.maker else ()
    chased = ("fallback",) if execution.fallback else ()
    return (*attempt, *made, *chased, band, f"policy_{policy.quality}", f"bias_{policy.taker_bias}")
