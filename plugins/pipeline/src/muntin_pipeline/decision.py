"""One decision of the shadow pipeline: what was asked for, what it came to, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from muntin import Field, Node
from muntin_pipeline.reasons import code_of


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with its figures; nothing of the machine it was made on."""

    symbol: Field[str]
    side: Field[str]
    allowed: Field[bool]
    at: Field[datetime]
    requested: Field[float]
    sized: Field[float]
    qty: Field[float]
    price: Field[float]
    #: Limit and value that met it, where the verdict names both.
    cap: Field[float]
    observed: Field[float]
    maker_first: Field[bool]
    offset: Field[float]
    reasons: tuple[str, ...] = ()
    #: A repetition without news, with a time of its own; when it was decided is unknown.
    heartbeat: bool = False
    #: Taken over from an earlier document.
    carried: bool = False

    def carry(self) -> Decision:
        """Return the decision as it stands in a later document that holds none."""
        since = self.at.value
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        aged = {
            name: replace(value, as_of=since) for name, value in own.items() if _is_field(value)
        }
        return replace(self, carried=True, **aged)


def _is_field(value: object) -> bool:
    return isinstance(value, Field)


def parse_decision(node: Node) -> Decision:
    """Return the decision at a place in a document, whatever of it is there."""
    return Decision(
        symbol=node.text("symbol", "intent.symbol"),
        side=node.text("intent.side", "side"),
        allowed=node.flag("risk_decision.allowed"),
        at=node.time("timestamp", "ts"),
        requested=node.number("intent.quote_notional", "sizing.screener_gross_usd", unit="usd"),
        sized=node.number("size_decision.gross_usd", "sizing.sized_gross_usd", unit="usd"),
        qty=node.number("intent.qty", unit="qty"),
        price=node.number("intent.price", unit="usd", positive=True),
        cap=node.number("risk_decision.diagnostics.thresholds.cap"),
        observed=node.number("risk_decision.diagnostics.observations.requested"),
        maker_first=node.flag("router_decision.policy.maker_first"),
        offset=node.number("router_decision.offset_bps", unit="bps"),
        reasons=tuple(reasons_of(node.at("risk_decision.reasons").raw)),
        heartbeat=node.flag("heartbeat").value is True,
    )


def reasons_of(raw: Any) -> Iterator[str]:
    """Yield the codes in a list of reasons, or the one that stands alone."""
    for reason in raw if isinstance(raw, list) else [raw]:
        if isinstance(reason, str) and reason.strip():
            yield code_of(reason)
