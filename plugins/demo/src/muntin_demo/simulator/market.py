"""Prices that move like a market: together, calm or nervous, now and then in jumps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from muntin_demo.simulator.listings import CONTRACTS, LISTINGS, Listing
from muntin_demo.simulator.numbers import DAY, HOUR, MINUTE, YEAR, clamp

if TYPE_CHECKING:
    from random import Random

#: The mood (logarithm of the volatility's multiple) and how fast it returns to zero.
_MOOD_SPREAD = 0.34
_MOOD_HALF_LIFE = 2.5 * HOUR
#: The trend a good trader can sense: its yearly spread and how long it lasts.
_TREND_SPREAD = 0.040 * 365.0
_TREND_HALF_LIFE = 5.0 * HOUR
#: Jumps an hour and asset.
_JUMPS_AN_HOUR = 0.06
#: No price leaves this band around its first one.
_BAND = 0.65
_LN2 = math.log(2.0)
#: The roots of a quarter of an hour and of an hour, in years.
_QUARTER = math.sqrt(15.0 * MINUTE / YEAR)
_SWING = math.sqrt(HOUR / YEAR)


class _Stretch:
    """What all quotes share in one step: its length, and what follows from that alone."""

    __slots__ = ("common", "mood", "mood_noise", "root", "seconds", "trend", "trend_noise")

    def __init__(self, seconds: float, common: float) -> None:
        self.seconds = seconds
        self.common = common
        self.root = math.sqrt(seconds / YEAR)
        self.mood = _LN2 * seconds / _MOOD_HALF_LIFE
        self.mood_noise = _MOOD_SPREAD * math.sqrt(2.0 * self.mood)
        self.trend = _LN2 * seconds / _TREND_HALF_LIFE
        self.trend_noise = math.sqrt(2.0 * self.trend)


class _Quote:
    """The moving state of one asset's price."""

    __slots__ = ("atr_median", "listing", "log", "mood", "own", "price", "pull", "trend")

    def __init__(self, listing: Listing, random: Random) -> None:
        self.listing = listing
        self.own = math.sqrt(1.0 - listing.beta * listing.beta)
        self.pull = _LN2 / (listing.half_life * HOUR)
        self.log = 0.0
        self.mood = random.gauss(0.0, _MOOD_SPREAD)
        self.trend = random.gauss(0.0, 1.0)
        self.price = listing.price
        self.atr_median = self.atr * math.exp(-0.5 * self.mood)

    @property
    def atr(self) -> float:
        """The expected range of a quarter of an hour, in percent of the price."""
        return 100.0 * self.listing.volatility * math.exp(self.mood) * _QUARTER

    def step(self, stretch: _Stretch, random: Random) -> None:
        self._feel(stretch, random)
        listing = self.listing
        sigma = listing.volatility * math.exp(self.mood)
        shock = listing.beta * stretch.common + self.own * random.gauss(0.0, 1.0)
        lean = self.trend * _TREND_SPREAD * listing.volatility / YEAR - self.log * self.pull
        moved = self.log + lean * stretch.seconds + sigma * stretch.root * shock
        if random.random() < _JUMPS_AN_HOUR * stretch.seconds / HOUR:
            moved += self._jump(sigma, random)
        self.log = clamp(moved, -_BAND, _BAND)
        self.price = round(listing.price * math.exp(self.log), listing.digits)

    def _feel(self, stretch: _Stretch, random: Random) -> None:
        """Let mood and trend wander, each around zero, and the median follow the range."""
        mood = self.mood * (1.0 - stretch.mood) + random.gauss(0.0, stretch.mood_noise)
        self.mood = clamp(mood, -1.1, 1.3)
        self.trend += random.gauss(0.0, stretch.trend_noise) - stretch.trend * self.trend
        self.atr_median += (self.atr - self.atr_median) * stretch.seconds / (0.5 * DAY)

    def _jump(self, sigma: float, random: Random) -> float:
        """A sudden move of the price's logarithm, after which everybody is more nervous."""
        self.mood += random.uniform(0.25, 0.7)
        size = sigma * _SWING * random.uniform(0.8, 2.2)
        return size if random.random() < 0.5 else -size


class Market:
    """Every price the fund can see, advanced by `step`."""

    #: Longest stretch one step of the process may cover, in seconds.
    LONGEST = 180.0

    def __init__(self, random: Random) -> None:
        self._random = random
        self._quotes = {listing.asset: _Quote(listing, random) for listing in LISTINGS}
        self._assets = {contract.symbol: contract.asset for contract in CONTRACTS}
        #: Rand for a dollar.
        self.usd_zar = 17.64

    def step(self, seconds: float) -> None:
        """Move every price by that many seconds, at most `LONGEST`."""
        stretch = _Stretch(seconds, self._random.gauss(0.0, 1.0))
        for quote in self._quotes.values():
            quote.step(stretch, self._random)
        wobble = self._random.gauss(0.0, 0.14 * 17.64 * stretch.root)
        self.usd_zar += wobble - (self.usd_zar - 17.64) * seconds / (4.0 * DAY)

    def price(self, asset: str) -> float:
        """The asset's price in dollars."""
        return self._quotes[asset].price

    def mark(self, symbol: str) -> float:
        """The contract's mark price in dollars."""
        return self._quotes[self._assets[symbol]].price

    def trend(self, symbol: str) -> float:
        """Where the contract leans: around zero, rarely beyond two."""
        return self._quotes[self._assets[symbol]].trend

    def atr(self, symbol: str) -> tuple[float, float]:
        """The contract's range now and its median, both in percent."""
        quote = self._quotes[self._assets[symbol]]
        return quote.atr, quote.atr_median
