"""The Risk page of Muntin: limits and their use, symbols, the engine, market regimes."""

from __future__ import annotations

from muntin_risk.engine import ENGINE, PROBE, UNIVERSE, Engine, Probe, Universe
from muntin_risk.page import muntin_pages
from muntin_risk.pressure import PRESSURE, Pressure
from muntin_risk.risk import RISK, Limit, Risk, Symbol

__all__ = [
    "ENGINE",
    "PRESSURE",
    "PROBE",
    "RISK",
    "UNIVERSE",
    "Engine",
    "Limit",
    "Pressure",
    "Probe",
    "Risk",
    "Symbol",
    "Universe",
    "muntin_pages",
]
