"""The source ``freqtrade://host:port``: the bot's REST API, asked for what feeds are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from muntin import SourceError, SourceKind, hookimpl
from muntin_freqtrade import overview
from muntin_http import HttpSettings, HttpSource, Route

#: Where the bot listens unless its configuration says otherwise.
PORT = 8080

_SCHEMES = {"freqtrade": "http", "freqtrade+https": "https"}


@hookimpl
def muntin_sources() -> Iterator[SourceKind[HttpSettings]]:
    """Yield the two kinds of address, plain and encrypted."""
    for scheme in _SCHEMES:
        yield SourceKind(scheme, build, "A freqtrade bot's REST API.", HttpSettings)


def build(url: str, settings: HttpSettings) -> HttpSource:
    """Return the source of a bot at ``freqtrade://[user:password@]host[:port][/prefix]``."""
    return HttpSource(address(url), settings, routes=ROUTES)


def address(url: str) -> str:
    """Return where the bot's API is."""
    scheme, _, rest = url.partition("://")
    plain = _SCHEMES[scheme.lower()]
    try:
        parts = urlsplit(f"{plain}://{rest}")
        port = "" if parts.port or plain == "https" else f":{PORT}"
    except ValueError as error:
        raise SourceError(f"this is no address of a bot: {error}") from None
    if parts.query or parts.fragment or not parts.hostname:
        raise SourceError("name the bot as freqtrade://host:port, and nothing after it")
    return f"{plain}://{parts.netloc}{port}{parts.path.rstrip('/')}/api/v1/"


def dated(document: Any, health: Any) -> dict[str, Any]:
    """Return an answer with the time it speaks of: the end of the bot's last loop.

    The API answers even while the bot hangs or is stopped; its figures are then of that time.
    """
    return {**_named(document), "updated_ts": overview.seen(health)}


def _named(document: Any) -> dict[str, Any]:
    return document if isinstance(document, dict) else {"trades": document}


def bot(config: Any, health: Any) -> dict[str, Any]:
    """Return what the bot says of itself."""
    return {**dated(config, health), "health": health}


_HEALTH = ("health",)

#: What each document is made of: the bot's own ones, and those that the Overview reads.
ROUTES = {
    "freqtrade_balance.json": Route(("balance",), dated, also=_HEALTH),
    "freqtrade_trades.json": Route(("status",), dated, also=_HEALTH),
    "freqtrade_profit.json": Route(("profit",), dated, also=_HEALTH),
    "freqtrade_bot.json": Route(("show_config",), bot, also=_HEALTH),
    "nav.json": Route(("balance",), overview.nav, also=("show_config", *_HEALTH)),
    "positions.json": Route(("status", "balance"), overview.positions, also=_HEALTH),
    "kpis_v7.json": Route(("profit", "balance"), overview.kpis, also=_HEALTH),
}
