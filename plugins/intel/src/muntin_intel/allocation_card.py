"""What the allocator suggests: weights, caps now and suggested, policies, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any

from muntin import Field, Presence, Snapshot
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Metrics,
    Note,
    Row,
    Share,
    Stack,
    StackedBar,
    Table,
    Tone,
    feed_warnings,
    join,
    line,
    metrics,
    note,
    row,
    stack,
    table,
    text_of,
)
from muntin_intel.notes import rejected
from muntin_intel.scores import SCORES, Scores
from muntin_intel.suggestions import NAME, SUGGESTIONS, Suggestion, Suggestions

#: What the weights may sum to, by risk mode.
LIMITS = MappingProxyType({"normal": 0.90, "cautious": 0.65, "defensive": 0.45})
_TONES: MappingProxyType[str, Tone] = MappingProxyType(
    {"normal": "good", "cautious": "warn", "defensive": "bad"}
)
_COLORS = ("#2f6fde", "#1b9e8f", "#c9770f", "#8a63d2", "#d65078", "#0f8fb8", "#6f8f1f", "#a5683a")
_REST, _UNUSED = "#838c9a", "var(--mu-line)"


_Shown = tuple[Column, Callable[[Suggestion], Cell | Field[Any]]]
_SYMBOL = Column("symbol", "Symbol", numeric=False)
_CAPS: tuple[_Shown, ...] = (
    (Column("score", "Score", 3, wide_only=True), lambda one: one.score),
    (Column("weight", "Weight"), lambda one: one.weight),
    (Column("cap", "Cap now"), lambda one: one.cap),
    (Column("cap_suggested", "suggested"), lambda one: one.cap_suggested),
    (Column("trade_cap", "Trade cap now", wide_only=True), lambda one: one.trade_cap),
    (
        Column("trade_cap_suggested", "suggested", wide_only=True),
        lambda one: one.trade_cap_suggested,
    ),
)
_POSITIONS: tuple[_Shown, ...] = (
    (Column("positions", "Positions now", wide_only=True), lambda one: one.positions),
    (
        Column("positions_suggested", "suggested", wide_only=True),
        lambda one: _compared(one.positions_suggested, one.positions),
    ),
)
_POLICIES: tuple[_Shown, ...] = (
    (Column("policy", "Policy now", numeric=False, wide_only=True), lambda one: one.policy),
    (
        Column("policy_proposed", "Policy proposed", numeric=False, wide_only=True),
        lambda one: _compared(one.policy_proposed, one.policy),
    ),
)


def allocation_card(snapshot: Snapshot) -> Stack:
    """Return the suggestions, largest weight first, with what they rest on."""
    found = snapshot[SUGGESTIONS]
    scores: Scores | None = snapshot.get(SCORES, None)
    if not found.rows:
        return stack(
            note("The allocator has no suggestions: its list of symbols is empty."),
            note(rejected(found.rejected, "rows")),
            *feed_warnings(snapshot, SUGGESTIONS),
        )
    return stack(
        *_headline(found),
        _shares(found),
        _table(found),
        *_notes(found, scores),
        *feed_warnings(snapshot, SUGGESTIONS),
    )


def weights(found: Suggestions) -> Field[float]:
    """Return the sum of the suggested weights."""
    known = [one.weight for one in found.rows if one.weight.value is not None]
    if not known:
        return Field(None, "fraction", NAME, "symbols", problem="no weight in the document")
    return known[0].derive(
        sum(field.value or 0.0 for field in known),
        f"sum of {len(known)} suggested weights",
        path="symbols",
    )


def _headline(found: Suggestions) -> tuple[Metrics, Metrics]:
    figures = metrics(
        Metric("allocation_weight", "Suggested in all", weights(found), note=_limit(found)),
        Metric("allocation_mode", "Risk mode", found.mode, chip=True, tone=_tone(found)),
    )
    return figures, line(
        Metric("allocation_equity", "Equity", found.equity),
        Metric("allocation_drawdown", "Drawdown", found.drawdown, 2, prefix="\u2212"),
    )


def _mode(found: Suggestions) -> str:
    return (found.mode.value or "").casefold()


def _limit(found: Suggestions) -> str:
    limit = LIMITS.get(_mode(found))
    return "" if limit is None else f"of at most {limit:.0%}".replace("%", "\u00a0%")


def _tone(found: Suggestions) -> Tone:
    """Return the tone of the mode; none while the drawdown it follows is not measured."""
    return _TONES.get(_mode(found), "") if found.drawdown.ok else "none"


def _colors(found: Suggestions) -> dict[str, str]:
    return {
        one.key: _COLORS[place] if place < len(_COLORS) else _REST
        for place, one in enumerate(found.rows)
    }


def _shares(found: Suggestions) -> StackedBar | None:
    shown = [one for one in found.rows if one.weight.value]
    if not shown:
        return None
    colors = _colors(found)
    parts = [Share(one.key, one.weight.value or 0.0, colors[one.key]) for one in shown]
    left = 1.0 - sum(part.value for part in parts)
    if left > 0:
        parts.append(Share("left over", left, _UNUSED))
    said = ", ".join(f"{one.label.value} {text_of(one.weight)}" for one in shown)
    return StackedBar(tuple(parts), f"Suggested weights: {said}")


def _table(found: Suggestions) -> Table:
    columns = list(_CAPS)
    if positions_change(found):
        columns += _POSITIONS
    columns += _POLICIES
    common = set(shared_rationale(found))
    if any(set(one.rationale) - common for one in found.rows):
        own = Column("rationale", "Rationale", numeric=False, wide_only=True)
        columns.append((own, partial(_own_rationale, common=common)))
    colors = _colors(found)
    return table(
        (_SYMBOL, *(column for column, _ in columns)),
        (_row(one, colors[one.key], columns) for one in found.rows),
    )


def _row(one: Suggestion, color: str, columns: list[_Shown]) -> Row:
    return row(one.key, Cell(one.label, swatch=color), *(cell(one) for _, cell in columns))


def _own_rationale(one: Suggestion, common: set[str]) -> Field[str]:
    said = " ".join(text for text in one.rationale if text not in common)
    presence = Presence.OK if said else Presence.MISSING
    return Field(said or None, "", NAME, f"{one.label.path}.rationale", said, presence)


def positions_change(found: Suggestions) -> bool:
    """Return True if another number of positions is suggested for any symbol."""
    return any(one.positions.value != one.positions_suggested.value for one in found.rows)


def _compared(new: Field[str] | Field[float], old: Field[str] | Field[float]) -> Cell:
    """Return what is suggested, marked where it differs from what holds now."""
    return Cell(new, marked=new.ok and old.ok and new.value != old.value)


def shared_rationale(found: Suggestions) -> tuple[str, ...]:
    """Return the sentences that are given for every symbol, in their order."""
    first, *others = found.rows
    return tuple(
        dict.fromkeys(
            text for text in first.rationale if all(text in one.rationale for one in others)
        )
    )


def _notes(found: Suggestions, scores: Scores | None) -> tuple[Note | None, ...]:
    reasons = " ".join(shared_rationale(found))
    return (
        note("Weights and caps are parts of NAV; a marked policy differs from the one in force."),
        note(f"Rationale for all: {reasons}" if reasons else ""),
        note(_positions(found)),
        note(_unmeasured(found)),
        note(_above(found), "warn"),
        note(_differences(found, scores)),
        note(rejected(found.rejected, "rows")),
    )


def _positions(found: Suggestions) -> str:
    known = sorted({one.positions.value for one in found.rows if one.positions.value is not None})
    if positions_change(found) or not known:
        return ""
    span = f"{known[0]:g}" if len(known) == 1 else f"{known[0]:g} to {known[-1]:g}"
    return f"Positions at once stay as they are: {span} for each symbol."


def _unmeasured(found: Suggestions) -> str:
    if found.drawdown.ok or not found.mode.ok:
        return ""
    return "The risk mode follows a drawdown that nobody measures yet, so it stays as it is."


def _above(found: Suggestions) -> str:
    limit, whole = LIMITS.get(_mode(found)), weights(found)
    if limit is None or whole.value is None or whole.value <= limit + 1e-6:
        return ""
    return f"The weights sum to {text_of(whole)}, above the limit of mode “{found.mode.value}”."


def _differences(found: Suggestions, scores: Scores | None) -> str:
    """Return which symbols are in one of the two documents only."""
    if scores is None or not scores.rows:
        return ""
    here = {one.key: str(one.label.value) for one in found.rows}
    there = {one.key: str(one.label.value) for one in scores.rows}
    only_here = [name for key, name in here.items() if key not in there]
    only_there = [name for key, name in there.items() if key not in here]
    said = [f"Suggested without a score: {join(only_here)}."] if only_here else []
    said += [f"Scored without a suggestion: {join(only_there)}."] if only_there else []
    return " ".join(said)
