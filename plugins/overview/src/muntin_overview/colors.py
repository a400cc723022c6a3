"""Colours of holdings: the same label always asks for the same one, and neighbours differ.

Every colour has a contrast of at least 3:1 on the light surface (#ffffff) and on the dark one
(#151a21), so that one document serves both themes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from types import MappingProxyType

FUTURES = "#2f6fde"
OTHER = "#838c9a"

#: Colours that people expect, by symbol.
KNOWN = MappingProxyType(
    {
        "BTC": "#c9770f",
        "ETH": "#d65078",
        "SOL": "#0f8fb8",
        "USDC": "#8a63d2",
        "USDT": "#5d8a1f",
        "XAUT": "#1b9e8f",
    }
)

#: Colours for everything else.
PALETTE = (
    "#d4572a",
    "#b65fb8",
    "#a8840f",
    "#3b9b50",
    "#a5683a",
    "#6b76e0",
    "#7f8a00",
    "#c0605f",
    "#4d87a8",
    "#9a6fb0",
)


def assign(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a colour for each of some (key, label): the label's own one unless it is taken.

    Who comes first where two ask for one is decided by their keys, not by their place or size, so
    that a colour does not change while holdings grow and shrink.
    """
    colors: dict[str, str] = {}
    for key, label in sorted(keys):
        taken = set(colors.values())
        wishes = _wishes(label)
        colors[key] = next((color for color in wishes if color not in taken), wishes[0])
    return colors


def _wishes(label: str) -> tuple[str, ...]:
    """Return the colours a label may have, the best first."""
    start = zlib.crc32(label.encode("utf-8", "replace")) % len(PALETTE)
    rest = PALETTE[start:] + PALETTE[:start]
    known = KNOWN.get(label.strip().upper())
    return (known, *rest) if known else rest
