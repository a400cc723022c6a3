"""A field as an element: its text, its origin and its tone."""

from __future__ import annotations

from typing import Any, NamedTuple

from muntin.state.fields import Field, Presence
from muntin.ui.format import canonical, iso, text_of
from muntin.ui.rendering.fragments import Leaf, Pairs
from muntin.vocabulary import GENERAL, Vocabulary

TONES = frozenset({"good", "warn", "bad", "none"})

#: Status of a value that its document does not hold, though the document itself may be live.
_OWN_STATUS = {
    Presence.MISSING: "missing",
    Presence.NULL: "missing",
    Presence.INVALID: "malformed",
    Presence.PLACEHOLDER: "empty",
}


def origin(field: Field[Any]) -> Pairs:
    """Return the attributes that say what a value is and where it was read."""
    pairs: Pairs = (("data-value", canonical(field)),)
    if field.feed:
        pairs += (("data-feed", field.feed), ("data-path", _bounded(field.path)))
        if field.raw and field.raw != pairs[0][1]:
            pairs += (("data-raw", field.raw),)
        if field.value is None:
            pairs += (("data-own", _OWN_STATUS.get(field.presence, "missing")),)
            if field.problem:
                pairs += (("title", field.problem),)
        if field.as_of is not None:
            pairs += (("data-own-as-of", iso(field.as_of)),)
    if field.formula:
        pairs += (("data-formula", field.formula),)
    return pairs


def _bounded(path: str, limit: int = 300) -> str:
    """Return a path of bounded length: a key may be a megabyte long."""
    return path if len(path) <= limit else f"{path[: limit - 1]}…"


class Look(NamedTuple):
    """How a value looks."""

    #: Coloured by its sign.
    signed: bool = False
    #: As a chip, graded by the panel's words unless it has a tone.
    chip: bool = False
    tone: str = ""
    #: Marked as different.
    marked: bool = False


_PLAIN = Look()


def value_leaf(
    key: str,
    field: Field[Any],
    text: str | None = None,
    attrs: Pairs = (),
    look: Look = _PLAIN,
    words: Vocabulary = GENERAL,
) -> Leaf:
    """Return a field as a ``span`` with its origin; `text` is what it shows, unless None."""
    tone, graded = look.tone, look.chip and look.tone not in TONES
    if graded:
        tone = words.tone_of(field.value if isinstance(field.value, str) else None)
    kinds = ("mu-num", "chip" if look.chip else "", _tone(field.value, tone, signed=look.signed))
    names = " ".join(filter(None, (*kinds, "marked" if look.marked else "")))
    unknown = _unknown(field, words) if graded else ()
    shown = text_of(field) if text is None else text
    return Leaf(key, "span", shown, (("class", names), *attrs, *origin(field), *unknown))


def _tone(value: Any, tone: str, *, signed: bool) -> str:
    if tone in TONES:
        return tone
    if signed and isinstance(value, (int, float)) and value:
        return "up" if value > 0 else "down"
    return ""


def _unknown(field: Field[Any], words: Vocabulary) -> Pairs:
    """Return the mark of a status word without a grade; the operators' page counts them."""
    if not field.feed or words.knows(field.value):
        return ()
    return (("data-unknown", str(field.value)[:80]),)
