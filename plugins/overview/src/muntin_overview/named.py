"""Four functions that other programs call by name; they take anything and never raise."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from muntin import EmptyFeed, MalformedFeed, Node
from muntin.ui import Stack, stack
from muntin_overview.cards import kpi_status
from muntin_overview.donut import FUTURES
from muntin_overview.kpis import KPIS, Kpis
from muntin_overview.nav import NAME, parse_aum
from muntin_overview.nav_state import NavState
from muntin_overview.risk import risk_metrics, router_metrics

#: Larger documents are not read: these are a few kilobytes in practice.
_MOST_BYTES = 16 * 1024 * 1024


def load_nav_with_aum(state_dir: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """Return nav.json as it stands on disk, ``{}`` if it cannot be read.

    Without `state_dir` the directory is that of the environment's STATE_DIR, or ``logs/state``.
    """
    return _load(state_dir, "nav.json")


def load_kpis(state_dir: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """Return kpis_v7.json as it stands on disk, ``{}`` if it cannot be read."""
    return _load(state_dir, "kpis_v7.json")


def _load(state_dir: Any, name: str) -> dict[str, Any]:
    if state_dir is None:
        state_dir = os.environ.get("STATE_DIR") or "logs/state"
    try:
        raw = json.loads(_read(Path(state_dir) / name).decode("utf-8-sig"))
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _read(path: Path) -> bytes:
    """Return a regular file's bytes; a pipe or a device is refused without waiting for it."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"{path} is no regular file")
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"{path} is larger than {_MOST_BYTES} bytes")
    return content


def build_aum_slices(nav_snapshot: Any) -> list[dict[str, Any]]:
    """Return label, value and quantity of "Futures" and of each off-exchange holding.

    Negative and missing values are 0; a quantity that is not there is None. Without an ``aum``
    there are no slices.
    """
    aum = nav_snapshot.get("aum") if isinstance(nav_snapshot, dict) else None
    if not isinstance(aum, dict) or not aum:
        return []
    found = parse_aum(Node({"aum": _with_text_keys(aum)}, NAME))
    held = (_slice(one.name, one.value.value, one.qty.value) for one in found.holdings)
    return [_slice(FUTURES, found.futures.value, None), *held]


def _with_text_keys(aum: dict[Any, Any]) -> dict[Any, Any]:
    """Return the block with texts for keys, as JSON has them."""
    held = aum.get("offexchange")
    if not isinstance(held, dict):
        return aum
    return {**aum, "offexchange": {str(key): value for key, value in held.items()}}


def _slice(label: str, value: float | None, qty: float | None) -> dict[str, Any]:
    return {"label": label, "value": max(0.0, value or 0.0), "qty": qty}


def render_kpis_overview(kpis: Any) -> Stack:
    """Return the KPIs of a raw document as a component, with a dash for all that is missing."""
    value = _parsed(kpis)
    status = kpi_status(value, value.drawdown)
    return stack(*status, *risk_metrics(value, NavState()), router_metrics(value))


def _parsed(kpis: Any) -> Kpis:
    try:
        return KPIS.read(kpis)
    except (EmptyFeed, MalformedFeed):
        return Kpis()
