"""The Overview page of Muntin: the fund's value, what it is made of, and how it is doing."""

from __future__ import annotations

from muntin_overview.kpis import KPIS, Kpis
from muntin_overview.named import (
    build_aum_slices,
    load_kpis,
    load_nav_with_aum,
    render_kpis_overview,
)
from muntin_overview.nav import NAV, Nav
from muntin_overview.nav_state import NAV_STATE, NavState
from muntin_overview.page import Settings, muntin_pages
from muntin_overview.positions import POSITIONS, POSITIONS_STATE, Positions

__all__ = [
    "KPIS",
    "NAV",
    "NAV_STATE",
    "POSITIONS",
    "POSITIONS_STATE",
    "Kpis",
    "Nav",
    "NavState",
    "Positions",
    "Settings",
    "build_aum_slices",
    "load_kpis",
    "load_nav_with_aum",
    "muntin_pages",
    "render_kpis_overview",
]
