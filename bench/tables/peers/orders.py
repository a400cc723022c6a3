"""The rows that every server shows, from the same document."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

#: Seconds between two looks at the document: twice as often as it changes, and more.
LOOK_EVERY = 0.25
DOCUMENT = Path(os.environ.get("ORDERS", "orders.json"))


def document() -> dict[str, float]:
    """Return the document: ``n``, which the first 100 prices have on top, and ``rows``."""
    read: dict[str, float] = json.loads(DOCUMENT.read_text())
    return read


def orders(read: dict[str, float]) -> pd.DataFrame:
    """Return the table of a document."""
    n, count = read["n"], range(int(read["rows"]))
    return pd.DataFrame(
        {
            "Order": [f"A-{at:05d}" for at in count],
            "Symbol": [("BTCUSDT", "ETHUSDT", "SOLUSDT", "XAUTUSDT")[at % 4] for at in count],
            "Side": ["BUY" if at % 3 else "SELL" for at in count],
            "Price": [float(at * 7919 % 10007 + (n if at < 100 else 0)) for at in count],
            "Quantity": [at % 97 * 1.5 for at in count],
            "Change": [float(at % 7 - 3) for at in count],
        }
    )
