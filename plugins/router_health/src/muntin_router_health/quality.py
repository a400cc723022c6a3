"""What the symbols' words amount to: a distribution, and the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from muntin import Field, Presence
from muntin.ui import RANKED, Grade
from muntin_router_health.grades import WORDS
from muntin_router_health.health import NAME, Health, SymbolHealth

#: Words that speak well of a symbol; without a figure they are no evidence.
_KIND = frozenset({Grade.GOOD, Grade.OK})


@dataclass(frozen=True, slots=True)
class Quality:
    """The distribution of the symbols' qualities, and what it amounts to."""

    counts: Mapping[Grade, Field[float]]
    #: Words nobody knows, as they stand in the document, with their number.
    others: Mapping[str, int]
    worst: Grade
    #: Symbols that are called good or ok without a single figure.
    unproven: tuple[str, ...] = ()
    #: What the producer's own counts say where they say something else.
    contradiction: str = ""


def quality_of(health: Health) -> Quality:
    """Return the distribution by the rows' own words, else by the producer's counts."""
    published, strange = _published(health)
    if not any(row.quality.ok for row in health.rows):
        return _from_counts(health, published, strange)
    grades = [WORDS.grade_of(row.quality) for row in health.rows]
    others = Counter(
        row.quality.value or ""
        for row, grade in zip(health.rows, grades, strict=True)
        if grade is None
    )
    counts = {grade: _count(grades.count(grade), grade) for grade in Grade}
    return Quality(
        counts,
        others,
        _worst(health.rows),
        unproven(health.rows),
        _contradiction(counts, published),
    )


def unproven(rows: tuple[SymbolHealth, ...]) -> tuple[str, ...]:
    """Return the symbols that are called good or ok although nothing was measured."""
    return tuple(
        row.symbol.value or ""
        for row in rows
        if WORDS.grade_of(row.quality) in _KIND and not row.measured
    )


def _count(number: float, grade: Grade) -> Field[float]:
    formula = f"symbols whose quality is “{grade.value}”"
    if grade is Grade.UNKNOWN:
        formula = "symbols without a word on their quality"
    if grade is Grade.BROKEN:
        formula = "symbols whose quality is “broken” or “poor”"
    return Field(float(number), "count", NAME, "symbols", "", Presence.OK, "", formula)


def _published(health: Health) -> tuple[dict[Grade, Field[float]], dict[str, int]]:
    """Return the producer's own counts by grade, and of the words nobody knows."""
    known: dict[Grade, Field[float]] = {}
    strange: dict[str, int] = {}
    for word, field in health.counts:
        grade = WORDS.grade_of(word)
        if grade is None:
            if field.value:
                strange[word[:40]] = int(field.value)
        elif grade not in known or not known[grade].ok:
            known[grade] = field
        elif field.value:
            total = (known[grade].value or 0.0) + field.value
            known[grade] = known[grade].derive(total, f"with “{word[:40]}”")
    return known, strange


def _from_counts(
    health: Health, published: dict[Grade, Field[float]], strange: dict[str, int]
) -> Quality:
    counts = {grade: published.get(grade, _none(grade)) for grade in Grade}
    rest = (
        _size(health) - sum(strange.values()) - sum(field.value or 0.0 for field in counts.values())
    )
    if not counts[Grade.UNKNOWN].ok and (published or health.rows):
        counts[Grade.UNKNOWN] = _count(max(0.0, rest), Grade.UNKNOWN)
    present = [grade for grade in RANKED if counts[grade].value]
    return Quality(counts, strange, present[-1] if present else Grade.UNKNOWN)


def _size(health: Health) -> float:
    return health.count.value if health.count.value is not None else float(len(health.rows))


def _none(grade: Grade) -> Field[float]:
    path = f"summary.quality_counts.{grade.value}"
    return Field(None, "count", NAME, path, problem="not in the document")


def _worst(rows: tuple[SymbolHealth, ...]) -> Grade:
    """Return the worst grade there is evidence for; unknown where there is none."""
    grades = {WORDS.grade_of(row.quality) for row in rows if row.measured}
    grades |= {WORDS.grade_of(row.quality) for row in rows} - _KIND
    present = [grade for grade in RANKED if grade in grades]
    return present[-1] if present else Grade.UNKNOWN


def _contradiction(
    counts: Mapping[Grade, Field[float]], published: Mapping[Grade, Field[float]]
) -> str:
    if not any(field.value for field in published.values()):
        return ""
    differ = [
        f"{grade.value} {field.value:.0f} (rows: {counts[grade].value:.0f})"
        for grade, field in published.items()
        if field.value is not None and field.value != counts[grade].value
    ]
    return f"The producer’s own counts differ from its rows: {', '.join(differ)}." if differ else ""
