"""The page: which panels it has, how wide they are, and which documents they read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from muntin import Page, Panel, hookimpl
from muntin_pipeline.compare import COMPARE
from muntin_pipeline.head import HEAD
from muntin_pipeline.head_card import head_card
from muntin_pipeline.hours_card import hours_card
from muntin_pipeline.parity import Limits
from muntin_pipeline.parity_card import parity_card
from muntin_pipeline.shadow_log import SHADOW
from muntin_pipeline.veto_card import veto_card
from muntin_pipeline.vetoes import VETOES


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in this plugin's section of muntin.toml."""

    #: Parts of the verdicts that may differ before parity is amber, and before it is red.
    mismatch_amber: float = 0.15
    mismatch_red: float = 0.30

    def __post_init__(self) -> None:
        if not 0 < self.mismatch_amber <= self.mismatch_red <= 1:
            raise ValueError("0 < mismatch_amber <= mismatch_red <= 1 must hold")


#: Roles that may open the page: it shows how the fund is run.
OPERATORS = frozenset({"operator"})


@hookimpl
def muntin_pages(settings: Settings) -> tuple[Page, ...]:
    """Return the Pipeline page."""
    return (Page("pipeline", "Pipeline", panels(settings), order=20, audience=OPERATORS),)


def panels(settings: Settings) -> tuple[Panel, ...]:
    """Return the panels row by row; each becomes one sentence while it has nothing to show."""
    limits = Limits(settings.mismatch_amber, settings.mismatch_red)
    return (
        Panel(
            "Parity with live",
            partial(parity_card, limits=limits),
            wants=(COMPARE,),
            width=6,
            optional=True,
        ),
        Panel("Shadow pipeline", head_card, wants=(HEAD,), width=6, optional=True),
        Panel("Decisions over time", hours_card, wants=(SHADOW,), width=12, optional=True),
        Panel("Veto reasons", veto_card, wants=(VETOES,), width=12, optional=True),
    )
