"""What these tests share: registers made up of a few words, and the page."""

from __future__ import annotations

from typing import Any

from muntin import Snapshot
from muntin.testing import snapshot
from muntin_my_share import INVESTORS, NAV, muntin_pages

(PAGE,) = muntin_pages()


def register(*holders: Any, **more: Any) -> dict[str, Any]:
    """Return a register with these rows, of the same time as the example."""
    return {"ts": INVESTORS.example["ts"], "holders": list(holders), **more}


def row(holder: str, units: Any, *flows: tuple[str, Any], **more: Any) -> dict[str, Any]:
    """Return a row: a holder, its units, and payments as (day, amount)."""
    paid = [{"ts": day, "amount": amount} for day, amount in flows]
    return {"holder": holder, "units": units, "flows": paid, **more}


def state(document: Any, nav: Any = 10_500.0, **more: Any) -> Snapshot:
    """Return a snapshot of a register and a NAV."""
    return snapshot({INVESTORS: document, NAV: {**NAV.example, "nav_usd": nav}}, **more)
