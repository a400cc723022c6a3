"""The parity status: one word, and the sentences that say why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from muntin import Field
from muntin.ui import Tone, plural, text_of
from muntin_pipeline.compare import Compare

#: Sizing differences above these parts are amber and red.
SIZING_AMBER, SIZING_RED = 0.05, 0.10

#: Said of a statistic that no sample can have (F73).
IMPOSSIBLE = "Sizing p50 above p95: no sample can have that, so these figures cannot be right."

_TONES: dict[str, Tone] = {
    "warm-up": "none",
    "no evidence": "none",
    "green": "good",
    "amber": "warn",
    "red": "bad",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of differing verdicts above which the status is amber and red."""

    amber: float = 0.15
    red: float = 0.30

    @property
    def meaning(self) -> str:
        """The whole rule, for a person."""
        return (
            "Red: any decision sized larger than live, a sizing difference above "
            f"{_percent(SIZING_RED)}, or a veto mismatch above {_percent(self.red)}. "
            f"Amber: above {_percent(SIZING_AMBER)} or {_percent(self.amber)}. "
            "Green: all of this measured and below. Warm-up: too few decisions so far. "
            "No evidence: something that green needs was not measured."
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status in one word, and why."""

    word: str
    reason: str

    @property
    def tone(self) -> Tone:
        """How the word is meant; what is not known is neither good nor bad."""
        return _TONES[self.word]


def judge(summary: Compare, limits: Limits) -> Verdict:
    """Return the status of a comparison; green takes evidence, bad news does not wait for it."""
    if _warming(summary):
        return Verdict("warm-up", " ".join(_warmup(summary)))
    found = tuple(_findings(summary, limits))
    gaps = tuple(_gaps(summary))
    words = [word for word, _ in found]
    word = next((word for word in ("red", "amber") if word in words), "")
    if not word:
        word = "no evidence" if gaps else "green"
    said = [text for _, text in found] + list(gaps)
    return Verdict(word, " ".join(said or _well(summary, limits)))


def _warming(summary: Compare) -> bool:
    sample = summary.sample_size.value
    needed = max(1, summary.min_sample_size.value or 1)
    return summary.is_warmup.value is True or (sample is not None and sample < needed)


def _warmup(summary: Compare) -> Iterator[str]:
    sample, needed = summary.sample_size, max(1, summary.min_sample_size.value or 1)
    if sample.value is None:
        yield "The producer is warming up and gives no number of compared decisions."
    elif sample.value < needed:
        yield f"{text_of(sample)} of {needed:,} needed decisions compared so far."
    else:
        yield f"The producer calls it warm-up, with {text_of(sample)} decisions compared."
    reason = summary.warmup_reason.value
    if reason and reason != "sample_size_below_min":
        yield f"Its reason: {reason.replace('_', ' ')}."


def _findings(summary: Compare, limits: Limits) -> Iterator[tuple[str, str]]:
    """Yield what is not as it should be, each with the colour it makes."""
    larger = summary.upsize_count.value
    if larger:
        were = "decision was" if larger == 1 else "decisions were"
        yield "red", f"{larger:,} {were} sized larger than live."
    off, name = _worst_sizing(summary)
    if off > SIZING_AMBER:
        word, limit = ("red", SIZING_RED) if off > SIZING_RED else ("amber", SIZING_AMBER)
        size = _percent(off, 2)
        yield word, f"The sizing difference ({name}) is {size}, above {_percent(limit)}."
    share = summary.veto_mismatch.value
    if share is not None and share > limits.amber:
        word, limit = ("red", limits.red) if share > limits.red else ("amber", limits.amber)
        yield word, f"The verdicts differ in {_percent(share, 2)}, above {_percent(limit)}."


def _worst_sizing(summary: Compare) -> tuple[float, str]:
    """Return the larger of both sizing differences without its sign: too small is off as well."""
    sizes = [
        (abs(field.value), name)
        for field, name in ((summary.sizing_p95, "p95"), (summary.sizing_p50, "p50"))
        if field.value is not None
    ]
    return max(sizes, key=lambda size: size[0], default=(0.0, "p95"))


def _gaps(summary: Compare) -> Iterator[str]:
    """Yield what was not measured, without which nothing may be called green."""
    if not summary.sample_size.ok or not summary.min_sample_size.ok:
        yield "The summary does not say how many decisions were compared and are needed."
    if summary.sizing_samples.value == 0:
        yield "No sizing samples: sizes were not compared."
    elif not summary.sizing_samples.ok:
        yield "The number of sizing samples is not published."
    elif not summary.sizing_p95.ok or not summary.upsize_count.ok:
        yield "The sizing difference is not published."
    if summary.impossible:
        yield IMPOSSIBLE
    if not summary.veto_mismatch.ok:
        yield "The veto mismatch is not published."


def _well(summary: Compare, limits: Limits) -> list[str]:
    size, mismatch = _worst_sizing(summary)[0], summary.veto_mismatch
    samples = plural(summary.sample_size.value or 0, "decision")
    return [
        f"Over {samples}: sizing difference {_percent(size, 2)} (up to {_percent(SIZING_AMBER)}),",
        f"verdicts differ in {text_of(mismatch, 2)} (up to {_percent(limits.amber)}),",
        "none sized larger than live.",
    ]


def _percent(part: float, digits: int = 0) -> str:
    places = 1 if not digits and round(part * 100, 6) % 1 else digits
    return text_of(Field(part, "fraction"), places)
