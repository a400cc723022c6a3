"""The scores: a table, best first, and each score as a bar of its parts."""

from __future__ import annotations

from muntin import Field, Snapshot
from muntin.ui import (
    Cell,
    Column,
    Note,
    Row,
    Stack,
    Table,
    feed_warnings,
    join,
    note,
    row,
    stack,
    table,
)
from muntin_intel import charts
from muntin_intel.expectancy import EXPECTANCY, Expectancy
from muntin_intel.notes import absent, rejected
from muntin_intel.scores import FORMULA, NAME, PARTS, SCORES, Score, Scores
from muntin_intel.stats import Stat

#: Rows of the table.
MOST = 50
_UNSCORED = "no score: not in symbol_scores_v6.json"

COLUMNS = (
    Column("symbol", "Symbol", numeric=False),
    Column("score", "Score", 3),
    *(Column(part.key, part.label, 3, signed=True) for part in PARTS),
)


def score_card(snapshot: Snapshot) -> Stack:
    """Return every score with what it is made of, or in words why there is none."""
    scores = snapshot[SCORES]
    earned: Expectancy | None = snapshot.get(EXPECTANCY, None)
    if not scores.rows:
        return stack(*_cold(scores), *feed_warnings(snapshot, SCORES))
    known = {stat.key: stat for stat in earned.symbols} if earned else {}
    unscored = _unscored(scores, known)
    return stack(
        charts.score_bars(scores.rows),
        _table(scores, known, unscored),
        note(FORMULA),
        *_notes(scores, known, unscored),
        absent(snapshot, EXPECTANCY, "Number of trades behind each score"),
        *feed_warnings(snapshot, SCORES, EXPECTANCY),
    )


def _cold(scores: Scores) -> tuple[Note | None, ...]:
    """Return why there is no score: the list is empty by design after a start."""
    return (
        note("No scores yet: the list is empty, as it is for the first ten minutes after a start.")
        if not scores.rejected
        else note("No scores: none of the rows can be read.", "warn"),
        note("Its producer says that intel is switched off.")
        if scores.enabled.value is False
        else None,
        note(rejected(scores.rejected, "rows")),
    )


def _unscored(scores: Scores, known: dict[str, Stat]) -> list[Stat]:
    scored = {one.key for one in scores.rows}
    return [stat for key, stat in sorted(known.items()) if key not in scored]


def _table(scores: Scores, known: dict[str, Stat], unscored: list[Stat]) -> Table:
    shown = [_scored(one, known) for one in scores.rows[:MOST]]
    shown += [_blank(stat) for stat in unscored[: max(0, MOST - len(shown))]]
    return table(COLUMNS, shown)


def _scored(one: Score, known: dict[str, Stat]) -> Row:
    cells = (_part(part) for part in one.parts)
    return row(one.key, one.label, one.score, *cells, muted=_muted(one, known))


def _part(field: Field[float]) -> Cell:
    """Return a part without the colours of gain and loss: a penalty is no loss of money."""
    return Cell(field, "none")


def _muted(one: Score, known: dict[str, Stat]) -> str:
    if one.key in known:
        return known[one.key].reason
    if one.assumed:
        return "no closed trade: scored with a neutral expectancy"
    return "no closed trade: not in expectancy_v6.json" if known else ""


def _blank(stat: Stat) -> Row:
    paths = ("score", *(f"components.{part.key}" for part in PARTS))
    gone = (Field.missing(NAME, path, "ratio", _UNSCORED) for path in paths)
    return row(stat.key, stat.label, *gone, muted=_UNSCORED)


def _notes(scores: Scores, known: dict[str, Stat], unscored: list[Stat]) -> tuple[Note | None, ...]:
    shown = scores.rows[:MOST]
    assumed = [str(one.label.value) for one in shown if one.assumed]
    untraded = [str(o.label.value) for o in shown if known and o.key not in known and not o.assumed]
    young = [str(o.label.value) for o in shown if o.key in known and not known[o.key].mature]
    wrong = [str(one.label.value) for one in shown if one.contradicts]
    only = [str(stat.label.value) for stat in unscored]
    return (
        note(f"The best {MOST} of {len(scores.rows)} symbols." if len(scores.rows) > MOST else ""),
        note(_sentence("Greyed, scored on fewer than 30 trades", young)),
        note(_sentence("Greyed, no closed trade, so scored with a neutral expectancy", assumed)),
        note(_sentence("Greyed, scored but not in expectancy_v6.json", untraded)),
        note(_sentence("In expectancy_v6.json but without a score", only)),
        note(_sentence("The parts do not add up to the score", wrong), "warn"),
        note(rejected(scores.rejected, "rows")),
    )


def _sentence(what: str, names: list[str]) -> str:
    return f"{what}: {join(names)}." if names else ""
