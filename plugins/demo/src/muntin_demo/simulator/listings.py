"""What the fund can trade and hold, with the character of each price."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """One asset: its first price and how that price behaves."""

    asset: str
    price: float
    #: Decimals of a quoted price.
    digits: int
    #: Yearly volatility when the market is neither calm nor nervous.
    volatility: float
    #: Share of each move that comes from the whole market, 0 to 1.
    beta: float
    #: Hours in which half of a departure from the first price is lost again.
    half_life: float = 96.0


@dataclass(frozen=True, slots=True)
class Contract:
    """One futures contract: the asset behind it and the rules of trading it."""

    symbol: str
    asset: str
    tier: str
    #: Smallest step of an order's quantity.
    lot: float
    leverage: float
    #: Share of passive orders that fill without being chased, on an ordinary day.
    maker_share: float
    #: Slippage in basis points of an ordinary order that takes liquidity.
    slippage: float
    enabled: bool = True


LISTINGS = (
    Listing("BTC", 96_480.0, 1, 0.52, 0.90),
    Listing("ETH", 3_415.0, 2, 0.68, 0.84),
    Listing("SOL", 187.20, 2, 0.85, 0.78),
    Listing("LINK", 22.400, 3, 0.92, 0.72),
    Listing("DOGE", 0.31250, 5, 1.05, 0.66),
    Listing("XRP", 2.3100, 4, 0.88, 0.64),
    Listing("AVAX", 34.900, 3, 0.95, 0.74),
    Listing("XAUT", 4_215.00, 2, 0.16, 0.12),
    Listing("USDC", 1.0, 4, 0.004, 0.0, half_life=2.0),
)

CONTRACTS = (
    Contract("AVAXUSDT", "AVAX", "ALT-EXT", 0.1, 2.0, 0.40, 4.0, enabled=False),
    Contract("BTCUSDT", "BTC", "CORE", 0.001, 5.0, 0.78, 0.9),
    Contract("DOGEUSDT", "DOGE", "TACTICAL", 1.0, 2.0, 0.27, 6.5),
    Contract("ETHUSDT", "ETH", "CORE", 0.01, 5.0, 0.70, 1.3),
    Contract("LINKUSDT", "LINK", "SATELLITE", 0.1, 3.0, 0.44, 3.6),
    Contract("SOLUSDT", "SOL", "CORE", 0.1, 4.0, 0.58, 2.2),
    Contract("XRPUSDT", "XRP", "SATELLITE", 1.0, 3.0, 0.52, 2.9),
)

#: Contracts by symbol, in the alphabetical order the documents list them.
BY_SYMBOL = {contract.symbol: contract for contract in CONTRACTS}


@dataclass(frozen=True, slots=True)
class Reserve:
    """One off-exchange holding: how much, and what a unit cost."""

    asset: str
    qty: float
    avg_cost: float


RESERVES = (
    Reserve("BTC", 0.31, 71_850.0),
    Reserve("XAUT", 3.25, 3_390.0),
    Reserve("USDC", 7_400.0, 1.0),
    Reserve("ETH", 1.9, 3_620.0),
    Reserve("LINK", 64.0, 17.85),
)
