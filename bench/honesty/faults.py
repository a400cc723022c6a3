"""The faults: what each does to the documents, or to the servers and their network."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bench.honesty.producer import Documents, Spoil, encode

#: What happens to every server or its network while a fault lasts; "" for nothing.
Outside = Literal["", "kill", "freeze", "cut"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong for a while."""

    name: str
    words: str
    #: Returns the spoiler of one occurrence, given its first instant; None if files stay good.
    begin: Callable[[float], Spoil] | None = None
    outside: Outside = ""
    #: True if the files are deleted first.
    removes: bool = False


def _always(change: Callable[[Documents], dict[str, bytes]]) -> Callable[[float], Spoil]:
    return lambda _began: lambda documents, _now: change(documents)


def _nothing(_documents: Documents) -> dict[str, bytes]:
    return {}


def _edited(name: str, edit: Callable[[dict[str, Any]], object]) -> Callable[[float], Spoil]:
    """Return a fault that changes one document and leaves the others good."""

    def change(documents: Documents) -> dict[str, bytes]:
        edit(documents[name])
        return encode(documents)

    return _always(change)


def _first_only(edit: Callable[[Documents, float], object]) -> Callable[[float], Spoil]:
    """Return a fault that writes one edited set of documents and then stops."""

    def begin(began: float) -> Spoil:
        written: list[float] = []

        def spoil(documents: Documents, now: float) -> dict[str, bytes]:
            if written:
                return {}
            written.append(now)
            edit(documents, began)
            return encode(documents)

        return spoil

    return begin


def _repeated(restamp: bool) -> Callable[[float], Spoil]:
    """Return a fault that writes the same observations again and again."""

    def begin(_began: float) -> Spoil:
        kept: dict[str, Any] = {}

        def spoil(documents: Documents, now: float) -> dict[str, bytes]:
            if not kept:
                kept.update(json.loads(json.dumps(documents)))
            if restamp:
                kept["kpis_v7"]["ts"] = datetime.fromtimestamp(now, UTC).isoformat()
                return encode({**documents, "kpis_v7": kept["kpis_v7"]})
            return encode(kept)

        return spoil

    return begin


def _torn(documents: Documents) -> dict[str, bytes]:
    return {name: data[: len(data) // 2] for name, data in encode(documents).items()}


def _emptied(documents: Documents) -> dict[str, bytes]:
    return dict.fromkeys(documents, b"")


def _duplicate(documents: Documents) -> dict[str, bytes]:
    whole = encode(documents)
    return {**whole, "nav": whole["nav"][:-1] + b', "nav_usd": 12345.67, "nav": 12345.67}'}


def _outage(documents: Documents) -> dict[str, bytes]:
    nav = documents["nav"]
    nav |= {"nav": 0.0, "nav_usd": 0.0, "nav_detail": {"source": "unavailable", "fresh": False}}
    nav["aum"] = {"futures": 0.0, "offexchange": {}, "total": 0.0}
    documents["positions_state"]["items"] = []
    return encode(documents)


def _skewed(documents: Documents, began: float) -> None:
    ahead = began + 600
    _stamp(documents, ahead, datetime.fromtimestamp(ahead, UTC).isoformat())


def _naive(documents: Documents, began: float) -> None:
    local = datetime.fromtimestamp(began + 7200, UTC).replace(tzinfo=None).isoformat()
    _stamp(documents, local, local)


def _milliseconds(documents: Documents, began: float) -> None:
    _stamp(documents, int(began * 1000), int(began * 1000))


def _stamp(documents: Documents, epoch: Any, iso: Any) -> None:
    documents["nav"]["updated_ts"] = epoch
    documents["kpis_v7"]["ts"] = iso
    documents["kpis_v7"]["nav"]["updated_at"] = epoch
    documents["positions_state"]["updated_at"] = iso


def _mark_zero(positions: dict[str, Any]) -> None:
    positions["items"][0]["mark_price"] = 0


FAULTS = (
    Fault("producer-stops", "the producer stops", _always(_nothing)),
    Fault("torn", "every file is torn in half", _always(_torn)),
    Fault("emptied", "every file is empty", _always(_emptied)),
    Fault("gone", "every file is deleted", _always(_nothing), removes=True),
    Fault(
        "zero",
        "a price that is not known is written as 0",
        _edited("positions_state", _mark_zero),
    ),
    Fault(
        "nan",
        "the NAV is NaN",
        _edited("nav", lambda nav: nav.update(nav=float("nan"), nav_usd=float("nan"))),
    ),
    Fault("rewritten", "old content is written again each second", _repeated(restamp=False)),
    Fault("mirrored", "a mirror stamps its own time on old figures", _repeated(restamp=True)),
    Fault("skew", "the producer's clock is ten minutes ahead, then it stops", _first_only(_skewed)),
    Fault("server-killed", "the server is killed", outside="kill"),
    Fault("server-frozen", "the server is frozen", outside="freeze"),
    Fault("network-cut", "the network swallows everything", outside="cut"),
    Fault(
        "field-missing",
        "the NAV's key is missing",
        _edited("nav", lambda nav: (nav.pop("nav"), nav.pop("nav_usd"))),
    ),
    Fault(
        "type-changed",
        "the NAV becomes an object",
        _edited("nav", lambda nav: nav.update(nav={"usd": 1}, nav_usd={"usd": 1})),
    ),
    Fault(
        "half-old",
        "one document of three is no longer written",
        _always(lambda documents: encode({k: v for k, v in documents.items() if k != "nav"})),
    ),
    Fault("exchange-down", "the exchange is down: zeros, no positions", _always(_outage)),
    Fault("duplicate-keys", "the NAV stands twice in its document", _always(_duplicate)),
    Fault(
        "huge-number",
        "the NAV is a number of 400 digits",
        _edited("nav", lambda nav: nav.update(nav=10**400, nav_usd=10**400)),
    ),
    Fault(
        "exporter-restarts",
        "the exporter restarts and writes empty objects",
        _always(lambda documents: dict.fromkeys(documents, b"{}")),
    ),
    Fault("naive-time", "times lose their zone, then the producer stops", _first_only(_naive)),
    Fault(
        "milliseconds",
        "times turn to milliseconds, then the producer stops",
        _first_only(_milliseconds),
    ),
)
