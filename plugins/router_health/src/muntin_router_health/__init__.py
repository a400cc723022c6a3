"""The Router health page of Muntin: how well orders get filled, and what could be better."""

from __future__ import annotations

from muntin_router_health.health import ROUTER_HEALTH, Health, SymbolHealth
from muntin_router_health.orders import ORDER_METRICS, Order
from muntin_router_health.page import muntin_pages
from muntin_router_health.suggestions import SUGGESTIONS, Policy, Suggestion, Suggestions

__all__ = [
    "ORDER_METRICS",
    "ROUTER_HEALTH",
    "SUGGESTIONS",
    "Health",
    "Order",
    "Policy",
    "Suggestion",
    "Suggestions",
    "SymbolHealth",
    "muntin_pages",
]
