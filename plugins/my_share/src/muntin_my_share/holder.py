"""Whom a viewer stands for in the register."""

from __future__ import annotations

from muntin import Viewer

_CLAIM = "holder"


def claimed_holder(viewer: Viewer) -> str:
    """Return the holder that a viewer's claim names; "" for a claim that is no text, or none."""
    claim = viewer.claims.get(_CLAIM)
    return claim.strip() if isinstance(claim, str) else ""


def holder_of(viewer: Viewer) -> str:
    """Return the holder a viewer stands for: the claim ``holder``, else the viewer's own name.

    A claim that names nobody stands for nobody: the viewer's name must not take its place.
    """
    if viewer.anonymous:
        return ""
    return claimed_holder(viewer) if _CLAIM in viewer.claims else viewer.name
