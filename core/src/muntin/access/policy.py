"""The one answer to "may this viewer see this": every channel asks here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from muntin.pages import Page
from muntin.viewers import Viewer

#: A page as somebody sees it: its slug, and the slugs of the panels left to them.
Key = tuple[str, frozenset[str]]


def key_of(page: Page) -> Key:
    """Return what tells one version of a page from another: all who have it share a document."""
    return page.slug, frozenset(panel.slug for panel in page.panels)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may see what. Without access control, everybody sees everything."""

    enabled: bool = False
    #: Roles that may open ``/-/`` and ``/metrics``.
    operators: frozenset[str] = frozenset({"operator"})

    def may_open(self, viewer: Viewer, page: Page) -> bool:
        """Return True if this viewer may see this page, or what of it is left to them."""
        return self.page_for(viewer, page) is not None

    def page_for(self, viewer: Viewer, page: Page) -> Page | None:
        """Return the page with only the panels this viewer may see; None if nothing is left."""
        if not self.enabled:
            return page
        if viewer.anonymous or not viewer.among(page.audience):
            return None
        panels = tuple(panel for panel in page.panels if viewer.among(panel.audience))
        if len(panels) == len(page.panels):
            return page
        return replace(page, panels=panels) if panels else None

    def pages_for(self, viewer: Viewer, pages: Iterable[Page]) -> tuple[Page, ...]:
        """Return the pages this viewer may see, each as `page_for` leaves it."""
        found = (self.page_for(viewer, page) for page in pages)
        return tuple(page for page in found if page is not None)

    def may_operate(self, viewer: Viewer) -> bool:
        """Return True if this viewer may open what is for operators: ``/-/`` and ``/metrics``."""
        return not self.enabled or (not viewer.anonymous and viewer.among(self.operators))
