"""The feed ``freqtrade_balance``: what the account at the exchange holds, coin by coin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, Node
from muntin_freqtrade._read import AGES, currency, unmeasured

NAME = "freqtrade_balance"


@dataclass(frozen=True, slots=True)
class Coin:
    """One coin, or the collateral of one position of a futures account."""

    key: str
    name: Field[str]
    amount: Field[float]
    free: Field[float]
    used: Field[float]
    #: Worth in the stake currency.
    worth: Field[float]
    position: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """The account; amounts are in the stake currency unless they say otherwise."""

    stake: str
    fiat: str
    total: Field[float]
    bot: Field[float]
    starting: Field[float]
    change: Field[float]
    value: Field[float]
    coins: tuple[Coin, ...]

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Names of the coins that the total leaves out."""
        return tuple(one.name.value or "–" for one in self.coins if not one.worth.ok)


def parse_balance(raw: Any) -> Balance:
    """Return the document as a value; where the bot knows no price, its zero is none."""
    node = Node(raw, NAME)
    node.require(list, "currencies")
    value = node.number("value")
    if value.value == 0 and node.number("total").value:
        value = unmeasured(value, "the bot knows no rate of this currency")
    return Balance(
        stake=currency(node, "stake"),
        fiat=node.text("symbol").value or "",
        total=node.number("total"),
        bot=node.number("total_bot"),
        starting=node.number("starting_capital"),
        change=node.number("starting_capital_ratio", unit="fraction"),
        value=value,
        coins=tuple(_coins(node)),
    )


def _coins(node: Node) -> Iterator[Coin]:
    for place in node.rows("currencies"):
        if isinstance(place.raw, dict):
            yield _coin(place)


def _coin(place: Node) -> Coin:
    position = place.flag("is_position").value is True
    amount = place.number("position" if position else "balance", unit="qty")
    worth = place.number("est_stake")
    if worth.value == 0 and amount.value:
        worth = unmeasured(worth, "the bot knows no price of this coin")
    return Coin(
        key=place.path,
        name=place.text("currency"),
        amount=amount,
        free=place.number("free", unit="qty"),
        used=place.number("used", unit="qty"),
        worth=worth,
        position=position,
    )


EXAMPLE = {
    "currencies": [
        {"currency": "USDT", "free": 700.0, "balance": 1000.0, "used": 300.0, "est_stake": 1000.0,
         "bot_owned": 1000.0, "stake": "USDT", "side": "long", "is_position": False},
        {"currency": "ETH", "free": 0.1, "balance": 0.1, "used": 0.0, "est_stake": 300.0,
         "bot_owned": 0.1, "stake": "USDT", "side": "long", "is_position": False},
    ],
    "total": 1300.0, "total_bot": 1300.0, "stake": "USDT", "symbol": "USD", "value": 1299.0,
    "value_bot": 1299.0, "note": "", "starting_capital": 1250.0, "starting_capital_ratio": 0.04,
    "starting_capital_pct": 4.0, "updated_ts": 1764188088,
}  # fmt: skip

BALANCE = Feed(
    NAME, parse_balance, example=EXAMPLE, doc="The account: GET /api/v1/balance.", **AGES
)  # fmt: skip
