"""The positions table: what is open, by the better of two documents; flat is not unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import floor, log10

from muntin import Feed, Field, Reading, Snapshot, Status
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Note,
    Row,
    Stack,
    Table,
    line,
    moment,
    row,
    stack,
    status_text,
    table,
)
from muntin_overview.nav import NAV
from muntin_overview.positions import POSITIONS, POSITIONS_STATE, Position, Positions

_CURRENT = frozenset({Status.LIVE, Status.LATE})


@dataclass(frozen=True, slots=True)
class _Found:
    """A document with a value: where from, what, and whether it is current."""

    feed: Feed[Positions]
    value: Positions
    reading: Reading
    status: Status

    @property
    def rank(self) -> tuple[bool, bool]:
        """Order of preference: with prices before without, current before old."""
        return self.value.zeroed, self.status not in _CURRENT


def positions_card(snapshot: Snapshot) -> Stack:
    """Return the open positions, or in words that there are none or that nobody knows."""
    found = sorted(_candidates(snapshot), key=lambda one: one.rank)
    if not found:
        return stack(Note(f"Positions unknown: {_problems(snapshot)}.", "warn"))
    best = found[0]
    if not best.value.rows:
        return stack(_flat(snapshot, best), *_notes(best, found))
    return stack(
        line(_headline(best)),
        _table(best.value),
        Note(f"Last known positions: {_old(best)}.", "warn") if _old(best) else None,
        *_notes(best, found),
    )


def best_document(snapshot: Snapshot) -> Positions | None:
    """Return the positions of the better document, if it is current; None if nothing is known."""
    found = sorted(_candidates(snapshot), key=lambda one: one.rank)
    if not found or found[0].status not in _CURRENT:
        return None
    best = found[0]
    return None if not best.value.rows and _doubt(snapshot, best) else best.value


def _candidates(snapshot: Snapshot) -> tuple[_Found, ...]:
    feeds = (POSITIONS_STATE, POSITIONS)
    readings = [(feed, snapshot.reading(feed)) for feed in feeds]
    return tuple(
        _Found(feed, reading.value, reading, reading.status(snapshot.now))
        for feed, reading in readings
        if reading.has_value
    )


def _problems(snapshot: Snapshot) -> str:
    return "; ".join(status_text(snapshot, feed) for feed in (POSITIONS_STATE, POSITIONS))


def _old(best: _Found) -> str:
    return "" if best.status in _CURRENT else f"{best.feed.path} is {best.status}"


def _doubt(snapshot: Snapshot, best: _Found) -> str:
    """Return why an empty list may not mean flat: an exchange error leaves one behind as well."""
    status = snapshot.status(NAV)
    if status is Status.EMPTY:
        return status_text(snapshot, NAV)
    if status is Status.STALE and best.feed is POSITIONS_STATE:
        return f"nav.json is stale, and {best.feed.path} repeats what its producer saw last"
    return ""


def _flat(snapshot: Snapshot, best: _Found) -> Note:
    doubt = _old(best) or _doubt(snapshot, best)
    if doubt:
        return Note(f"Positions unknown: {doubt}.", "warn")
    if best.value.rejected:
        return Note(f"Positions unknown: no row of {best.feed.path} can be read.", "warn")
    return Note(f"No open positions as of {_as_of(best)} ({best.feed.path}).")


def _as_of(found: _Found) -> str:
    return moment(found.reading.as_of) if found.reading.as_of else "an unknown time"


def _headline(best: _Found) -> Metric:
    rows = best.value.rows
    known = [one.upnl for one in rows if one.upnl.ok]
    place = re.sub(r"\[\d+\]", "[*]", known[0].path) if known else ""
    summed = Field.total(known, f"sum of {len(known)} of {len(rows)} positions", place)
    partial = f"{len(known)} of {len(rows)} positions have a uPnL" if len(known) < len(rows) else ""
    return Metric(
        "positions_upnl",
        f"{len(rows)} open · uPnL",
        summed or Field.missing(best.feed.name, rows[0].upnl.path, "usd"),
        signed=True,
        note=partial,
    )


def _table(value: Positions) -> Table:
    return table(_COLUMNS, _rows(value.rows), empty="No open positions.")


_COLUMNS = (
    Column("symbol", "Symbol", numeric=False),
    Column("side", "Side", numeric=False),
    Column("qty", "Quantity"),
    Column("entry", "Entry", wide_only=True),
    Column("mark", "Mark", wide_only=True),
    Column("notional", "Notional USD", 2, wide_only=True),
    Column("upnl", "uPnL USD", 2, signed=True),
)


def _price(field: Field[float]) -> Cell:
    """Return a price with at least four significant digits and two after the point; 8 at most."""
    size = floor(log10(field.value)) if field.value else 3
    return Cell(field, digits=min(8, max(2, 3 - size)))


def _rows(rows: tuple[Position, ...]) -> list[Row]:
    made: dict[str, Row] = {}
    for one in rows:
        key = f"{one.symbol.value} {one.side.value}"
        key = f"{key} {one.key}" if key in made else key
        made[key] = row(
            key,
            one.symbol,
            _side(one),
            one.qty,
            _price(one.entry),
            _price(one.mark),
            one.notional,
            one.upnl,
        )
    return list(made.values())


def _side(one: Position) -> Cell:
    side: Field[str] = one.side
    if side.value not in {"LONG", "SHORT"}:
        return Cell(side, chip=side.ok)
    shape = "▲" if side.value == "LONG" else "▼"
    text = f"{shape} {side.value}"
    return Cell(side, "none", chip=True, marked=one.contradicts, text=text)


def _notes(best: _Found, found: list[_Found]) -> tuple[Note, ...]:
    """Return what a reader must know of the documents: which one, and what is wrong in it."""
    texts = [_why(best, found), _zeroed(best), _rejected(best.value), _signs(best.value)]
    texts += [_disagreement(best, other) for other in found if other is not best]
    return tuple(Note(text) for text in texts if text)


def _why(best: _Found, found: list[_Found]) -> str:
    other = next((one for one in found if one is not best), None)
    if best.feed is POSITIONS_STATE or other is None:
        return ""
    reason = "holds no prices" if other.value.zeroed else f"is {other.status}"
    return f"Read from {best.feed.path}, because {other.feed.path} {reason}."


def _zeroed(best: _Found) -> str:
    text = "Every price in it is 0 although positions are open: prices and uPnL are unknown."
    return f"{best.feed.path}: {text}" if best.value.zeroed else ""


def _rejected(value: Positions) -> str:
    return f"Rows that cannot be read: {value.rejected}." if value.rejected else ""


def _signs(value: Positions) -> str:
    names = ", ".join(one.symbol.value or "–" for one in value.rows if one.contradicts)
    return f"Side and sign of the quantity contradict each other: {names}." if names else ""


def _disagreement(best: _Found, other: _Found) -> str:
    """Return a sentence if another current document has other positions open."""
    if other.status not in _CURRENT or best.status not in _CURRENT:
        return ""
    mine = {one.symbol.value for one in best.value.rows}
    theirs = {one.symbol.value for one in other.value.rows}
    if mine == theirs:
        return ""
    return (
        f"{best.feed.path} has {len(best.value.rows)} open as of {_as_of(best)}, "
        f"{other.feed.path} has {len(other.value.rows)} as of {_as_of(other)}."
    )
