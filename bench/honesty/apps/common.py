"""What a careful author does in any of the tools: absent keys are dashes, ages are worked out."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: Seconds after which the apps call a document old, as Muntin's Overview does for the NAV.
OLD = 180.0


def load(folder: Path, name: str) -> dict[str, Any]:
    """Return a document; raise whatever reading it raises."""
    content: dict[str, Any] = json.loads((folder / f"{name}.json").read_bytes())
    return content


def age_of(content: dict[str, Any]) -> float:
    """Return a document's age in seconds by its own time."""
    raw = content.get("updated_ts") or content.get("ts") or content.get("updated_at")
    if isinstance(raw, (int, float)):
        return time.time() - raw
    when = datetime.fromisoformat(str(raw))
    return time.time() - when.replace(tzinfo=when.tzinfo or UTC).timestamp()


def caption(content: dict[str, Any]) -> str:
    """Return the words under a figure: how old its document is."""
    age = age_of(content)
    return f"{'stale, ' if age > OLD else ''}updated {age:.0f} s ago"


def money(value: Any) -> str:
    """Return an amount as text; a dash for none."""
    return "–" if value is None else f"{value:,.2f}"


def share(value: Any) -> str:
    """Return a share in per cent; a dash for none."""
    return "–" if value is None else f"{100 * value:.1f} %"


def figures(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Return label, text and caption of every figure by its name."""
    nav, kpis = load(folder, "nav"), load(folder, "kpis_v7")
    positions = load(folder, "positions_state")
    rows = positions.get("items") or []
    mark = rows[0].get("mark_price") if rows else None
    drawdown = (kpis.get("drawdown") or {}).get("dd_pct")
    maker = (kpis.get("router_stats") or {}).get("maker_fill_rate")
    return {
        "nav": ("NAV", money(nav.get("nav_usd")), caption(nav)),
        "aum": ("AUM", money((nav.get("aum") or {}).get("total")), caption(nav)),
        "drawdown_pct": (
            "Drawdown",
            "–" if drawdown is None else f"{drawdown:.2f} %",
            caption(kpis),
        ),
        "maker_fill_ratio": ("Maker fills", share(maker), caption(kpis)),
        "mark": ("BTCUSDT mark", money(mark), caption(positions)),
    }
