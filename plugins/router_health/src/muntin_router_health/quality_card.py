"""The quality card: the worst of the symbols, their distribution, the router as a whole."""

from __future__ import annotations

from muntin import Field, Presence, Snapshot
from muntin.ui import (
    Grade,
    Metric,
    Metrics,
    Share,
    Stack,
    StackedBar,
    feed_warnings,
    join,
    line,
    metrics,
    note,
    plural,
    stack,
)
from muntin_router_health.grades import WORDS
from muntin_router_health.health import NAME, ROUTER_HEALTH, Health, Overall
from muntin_router_health.quality import Quality, quality_of

_COLORS = {
    Grade.GOOD: "var(--mu-good)",
    Grade.OK: "var(--mu-accent)",
    Grade.DEGRADED: "var(--mu-warn)",
    Grade.BROKEN: "var(--mu-bad)",
    Grade.UNKNOWN: "var(--mu-none)",
}
_WORST = "The worst quality of any symbol with a figure behind it; unknown without evidence."
_BROKEN = "Symbols whose quality is broken or poor."


def quality_card(snapshot: Snapshot) -> Stack:
    """Return the worst quality, the distribution, and what a reader must know of them."""
    health = snapshot[ROUTER_HEALTH]
    quality = quality_of(health)
    return stack(
        metrics(_badge(quality), *_sizes(health)),
        _bar(quality),
        line(*(_share(grade, quality) for grade in Grade)),
        *_overall(health.overall),
        *(note(text, "warn" if warn else "none") for text, warn in _remarks(health, quality)),
        *feed_warnings(snapshot, ROUTER_HEALTH),
    )


def _badge(quality: Quality) -> Metric:
    known = any(field.ok for field in quality.counts.values())
    word = Field(
        quality.worst.value,
        "",
        NAME,
        "symbols",
        "",
        Presence.OK,
        "",
        "the worst of the symbols" if known else "no quality is published",
    )
    return Metric(
        "router_quality",
        "Worst quality",
        word,
        chip=True,
        tone=WORDS.tone_of(quality.worst),
        meaning=_WORST,
    )


def _sizes(health: Health) -> tuple[Metric, ...]:
    count = health.count
    if not count.ok:
        rows = float(len(health.rows))
        count = Field(rows, "count", NAME, "symbols", "", Presence.OK, "", "number of rows")
    shown = [Metric("symbols", "Symbols", count)]
    if health.maker_first.ok:
        meaning = "Symbols whose orders first try to make liquidity."
        words = f"{health.maker_first.value:.0f} of {count.value:.0f}"
        shown.append(
            Metric(
                "maker_first_enabled",
                "Maker first",
                health.maker_first,
                meaning=meaning,
                words=words,
            )
        )
    return tuple(shown)


def _share(grade: Grade, quality: Quality) -> Metric:
    meaning = _BROKEN if grade is Grade.BROKEN else ""
    label = grade.value.capitalize() if grade is not Grade.OK else "OK"
    return Metric(f"quality_{grade.value}", label, quality.counts[grade], meaning=meaning)


def _bar(quality: Quality) -> StackedBar | None:
    known = {grade: field.value for grade, field in quality.counts.items() if field.value}
    others = sum(quality.others.values())
    if not known and not others:
        return None
    parts = [Share(grade.value, value, _COLORS[grade]) for grade, value in known.items()]
    parts += [Share("other", float(others), "var(--mu-none)")] if others else []
    said = ", ".join(f"{part.label} {part.value:.0f}" for part in parts)
    return StackedBar(tuple(parts), f"Symbols by quality: {said}")


def _overall(overall: Overall) -> tuple[Metrics, ...]:
    """Return the figures of v7.6 and later; nothing where there are none."""
    if not overall.known:
        return ()
    figures = [
        Metric("router_score", "Score, 0 to 1", overall.score, 3),
        Metric("slippage_mean", "Mean slippage", overall.slippage),
        Metric("slippage_drift", "Slippage drift", overall.drift),
        Metric("latency_mean", "Mean latency", overall.latency),
        Metric("twap_share", "TWAP share", overall.twap),
    ]
    words = [
        Metric("router_bucket", "Router", overall.bucket, chip=True),
        Metric(
            "drift_bucket",
            "Drift",
            overall.drift_bucket,
            chip=True,
        ),
        Metric(
            "latency_bucket",
            "Latency",
            overall.latency_bucket,
            chip=True,
        ),
    ]
    return (
        metrics(*(one for one in figures if one.field.ok), heading="Whole router"),
        line(*(one for one in words if one.field.ok)),
    )


def _remarks(health: Health, quality: Quality) -> tuple[tuple[str, bool], ...]:
    return (
        (_idle(health, quality), False),
        (_others(quality), False),
        (_unproven(quality), False),
        (quality.contradiction, True),
        (_sizes_differ(health), True),
    )


def _idle(health: Health, quality: Quality) -> str:
    if health.rows or any(field.value for field in quality.counts.values()):
        return ""
    return "" if health.figures else "No symbol routed yet, so there is no quality to speak of."


def _others(quality: Quality) -> str:
    words = [f"“{word}” ({number})" for word, number in quality.others.items()]
    return f"Words outside the known vocabulary: {join(words)}." if words else ""


def _unproven(quality: Quality) -> str:
    names = quality.unproven
    if not names:
        return ""
    return f"Called good or ok without a single figure: {join(names)}. Not counted as evidence."


def _sizes_differ(health: Health) -> str:
    said, rows = health.count.value, len(health.rows)
    if said is None or said == rows or health.figures:
        return ""
    return f"The producer counts {plural(int(said), 'symbol')}, its rows are {rows}."
