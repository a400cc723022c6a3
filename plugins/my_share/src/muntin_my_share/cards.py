"""The panels: the viewer's own share, and the viewer's own payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from muntin import Feed, Field, Node, Presence, Snapshot, Viewer
from muntin.ui import Column, Metric, Note, Stack, Table, line, metrics, row, stack, table, text_of
from muntin_my_share.chart import chart
from muntin_my_share.nav import NAV
from muntin_my_share.register import INVESTORS, Flow, Holder, Register
from muntin_my_share.share import Share, share_of

#: Units may differ by this part from the sum of those that the payments name.
_CLOSE = 1e-6

_COLUMNS = (
    Column("date", "Date", numeric=False),
    Column("amount", "Paid in, USD", signed=True),
    Column("units", "Units"),
    Column("price", "USD per unit", 4, wide_only=True),
)


def holder_of(viewer: Viewer) -> str:
    """Return the holder a viewer stands for: the claim ``holder``, else the viewer's own name.

    A claim that is no text stands for nobody: the name must not take its place.
    """
    claim = viewer.claims.get("holder", viewer.name)
    return claim if isinstance(claim, str) and not viewer.anonymous else ""


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
    return stack(chart(share, snapshot.reading(NAV).as_of), _table(holder))


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
        _metric("value", "Value of your units", share.value, big=True),
        _metric("share", "Share of the fund", share.fraction, digits=2),
        _metric("units", "Units", share.holder.units),
        _metric("unit_price", "NAV per unit", share.unit_price, digits=4),
    )


def _result(share: Share) -> object:
    yearly = _metric(
        "mwr",
        "Money-weighted return a year",
        share.yearly,
        digits=2,
        signed=True,
        meaning="The yearly rate at which your payments grow into today's value (XIRR).",
    )
    if share.yearly.ok and share.years < 1:
        yearly = replace(yearly, note=f"worked out from {share.years * 365:.0f} days only")
    return metrics(
        _metric("paid_in", "Net paid in", share.paid),
        _metric("gain", "Gain", share.gain, signed=True),
        _metric("gain_pct", "Gain, per cent", share.gain_part, digits=2, signed=True),
        yearly,
        _metric("mwr_total", "Over the whole time", share.whole, digits=2, signed=True),
        heading="What came of what was paid in",
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
    named = [flow.units.value for flow in share.holder.flows]
    known = [units for units in named if units is not None]
    own = share.holder.units
    if not known or len(known) < len(named) or own.value is None:
        return []
    added = sum(known)
    if abs(added - own.value) <= _CLOSE * max(abs(added), own.value):
        return []
    total = text_of(Field(added, "qty"))
    return [f"The units of your payments add up to {total}, the register says {text_of(own)}."]


def _table(holder: Holder) -> Table:
    rows = (
        row(
            str(index),
            _day(flow),
            flow.amount,
            flow.units,
            _price(flow),
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


def _price(flow: Flow) -> Field[float]:
    """Return what a payment paid for each unit."""
    amount, units = flow.amount.value, flow.units.value
    price = abs(amount / units) if amount is not None and units else None
    return flow.amount.derive(price, "amount ÷ units")
