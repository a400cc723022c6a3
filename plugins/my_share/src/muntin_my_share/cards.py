"""The panels: the viewer's own share, and the viewer's own payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from muntin import Feed, Field, Node, Presence, Snapshot, Viewer
from muntin.ui import (
    Chart,
    Column,
    Metric,
    Note,
    Stack,
    Table,
    line,
    metrics,
    row,
    stack,
    table,
    text_of,
)
from muntin_my_share.chart import chart
from muntin_my_share.history import adds_up, along, at_payments
from muntin_my_share.holder import holder_of
from muntin_my_share.nav import NAV
from muntin_my_share.nav_log import NAV_LOG
from muntin_my_share.register import INVESTORS, Flow, Holder, Register
from muntin_my_share.share import Share, share_of

_WORTH = "Your units over all units of the fund, times its NAV. It is an estimate, not a price."
_GAIN = (
    "The value of your units now, plus what was paid out to you, less what you paid in. Fees and"
    " results of the fund are in it."
)
_FEES = "Units that were taken for fees, at their price of that day. They are part of the gain."

_COLUMNS = (
    Column("date", "Date", numeric=False),
    Column("kind", "What", numeric=False),
    Column("amount", "Amount", unit="USD"),
    Column("units", "Units"),
    Column("price", "Price of a unit", 4, unit="USD", wide_only=True),
)


def share_card(snapshot: Snapshot, viewer: Viewer) -> Stack | Note:
    """Return what the viewer has of the fund."""
    found = _found(snapshot, viewer)
    if isinstance(found, Note):
        return found
    register, holder = found
    share = share_of(holder, register, snapshot)
    remarks = (Note(words, "warn") for words in _remarks(share))
    return stack(_headline(share), _result(share), _times(snapshot, share), *remarks)


def payments_card(snapshot: Snapshot, viewer: Viewer) -> Stack | Note:
    """Return the viewer's payments, as a chart and as a table."""
    found = _found(snapshot, viewer)
    if isinstance(found, Note):
        return Note("Your payments stand here once your share does.", "none")
    register, holder = found
    share = share_of(holder, register, snapshot)
    return stack(_chart(share, register, snapshot), _table(holder))


def _chart(share: Share, register: Register, snapshot: Snapshot) -> Chart | None:
    log = along(snapshot.get(NAV_LOG, ()), share.holder, register)
    return chart(share, snapshot.reading(NAV).as_of, at_payments(share.holder), log)


def _found(snapshot: Snapshot, viewer: Viewer) -> tuple[Register, Holder] | Note:
    """Return the viewer's row of the register, or a sentence why there is none."""
    if viewer.anonymous:
        return Note("Nobody is signed in here, so there is no share to show.", "none")
    register = snapshot.get(INVESTORS, None)
    if register is None:
        return Note("The register of units is not there yet, so no share is known.", "none")
    rows = register.rows_of(holder_of(viewer))
    if not rows:
        return Note(
            f"{viewer.name} is not in the fund's register of units. If you hold units, ask the"
            " fund to enter you under this name.",
            "none",
        )
    if len(rows) > 1:
        return Note(
            "The register has more than one row for you, so your share is not known."
            " The fund has to mend that.",
            "warn",
        )
    return register, rows[0]


def _headline(share: Share) -> object:
    return metrics(
        _metric("value", "Value of your units", share.value, big=True, meaning=_WORTH),
        _metric("share", "Share of the fund", share.fraction, digits=2),
        _metric("units", "Units", share.holder.units),
        _metric("unit_price", "NAV per unit", share.unit_price, digits=4),
    )


def _result(share: Share) -> object:
    yearly = _metric(
        "mwr",
        "The same, a year",
        share.yearly,
        digits=2,
        signed=True,
        meaning="The yearly rate at which your payments grow into today's value (XIRR).",
    )
    if share.yearly.ok and share.years < 1:
        yearly = replace(yearly, note=f"worked out from {share.years * 365:.0f} days only")
    return metrics(*_paid(share), *_gain(share), yearly, heading="What came of what was paid in")


def _paid(share: Share) -> Iterator[Metric]:
    """Yield what was paid: on balance only where something was paid out."""
    yield _metric("paid_in", "Paid in", share.paid_in)
    if share.paid_out.value:
        yield _metric("paid_out", "Paid out", share.paid_out)
        yield _metric("net_paid_in", "Net paid in", share.paid)
    if any(flow.fee for flow in share.holder.flows):
        yield _metric("fees", "Fees taken", share.fees, meaning=_FEES)


def _gain(share: Share) -> Iterator[Metric]:
    yield _metric("gain", "Gain", share.gain, signed=True, meaning=_GAIN)
    yield _metric(
        "gain_pct",
        "Gain, of all paid in",
        share.gain_part,
        digits=2,
        signed=True,
        meaning="The gain over all that was ever paid in. It does not count for how long.",
    )
    yield _metric(
        "mwr_total",
        "Money-weighted return",
        share.whole,
        digits=2,
        signed=True,
        meaning="What your payments have grown by from the first one until today, counting for how"
        " long each was in the fund: (1 + yearly rate) to the power of the years, minus 1.",
    )


def _metric(
    name: str,
    label: str,
    field: Field[float],
    *,
    digits: int | None = None,
    big: bool = False,
    signed: bool = False,
    meaning: str = "",
) -> Metric:
    """Return a metric; a dash has its reason below it."""
    note = "" if field.ok else field.problem
    return Metric(name, label, field, digits, big=big, signed=signed, note=note, meaning=meaning)


def _times(snapshot: Snapshot, share: Share) -> object:
    return line(
        Metric("nav_time", "NAV of", _time(snapshot, NAV)),
        Metric("register_time", "Register of", _time(snapshot, INVESTORS)),
        Metric("holder", "Held by", share.holder.name),
    )


def _time(snapshot: Snapshot, feed: Feed[Any]) -> Field[datetime]:
    """Return the time of a document as a value of it, read where it stands."""
    node = Node(snapshot.reading(feed).raw, feed.name)
    found = (node.time(path) for path in feed.as_of)
    return next((field for field in found if field.ok), node.time(feed.as_of[0]))


def _remarks(share: Share) -> list[str]:
    """Return what does not fit together in the viewer's own row."""
    own = share.holder.units
    if adds_up(share.holder) is not False:
        return []
    added = sum(flow.units.value or 0.0 for flow in share.holder.flows)
    total = text_of(Field(added, "qty"))
    return [f"The units of your payments add up to {total}, the register says {text_of(own)}."]


def _table(holder: Holder) -> Table:
    rows = (
        row(
            str(index),
            _day(flow),
            _kind(flow),
            flow.amount,
            flow.units,
            flow.price,
            muted="" if flow.ok else flow.time.problem or flow.amount.problem,
        )
        for index, flow in enumerate(holder.flows)
    )
    return table(_COLUMNS, rows, empty="The register lists no payments of yours.")


def _day(flow: Flow) -> Field[str]:
    """Return the time of a payment as people write it, sortable; midnight stands for the day."""
    at = flow.time.value
    if at is None:
        return Field(None, "", *_origin(flow.time), flow.time.presence, flow.time.problem)
    utc = at.astimezone(UTC)
    text = f"{utc:%Y-%m-%d}" if utc.time() == time(0) else f"{utc:%Y-%m-%d %H:%M}"
    return Field(text, "", *_origin(flow.time), Presence.OK)


def _origin(field: Field[Any]) -> tuple[str, str, str]:
    return field.feed, field.path, field.raw


def _kind(flow: Flow) -> Field[str]:
    """Return what the entry is: a payment by the sign of its amount, or a fee."""
    amount = flow.amount.value
    if flow.fee:
        return flow.amount.derive("fee", "the entry's own word", unit="")
    word = None if not amount else "paid in" if amount > 0 else "paid out"
    return flow.amount.derive(word, "the sign of the amount", unit="")
