"""The one answer to "may this viewer see this", for every channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from muntin.pages import Page, Viewer

#: Identifies a page as a viewer sees it: its slug, and the slugs of its visible panels.
Key = tuple[str, frozenset[str]]


def key_of(page: Page) -> Key:
    """Return the key of a page: viewers with the same key share a document."""
    return page.slug, frozenset(panel.slug for panel in page.panels)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may see what. Without access control everyone sees everything."""

    enabled: bool = False
    #: Roles that may open ``/-/`` and ``/metrics``.
    operators: frozenset[str] = frozenset({"operator"})

    def may_open(self, viewer: Viewer, page: Page) -> bool:
        """Return True if this viewer may see this page or some of its panels."""
        return self.page_for(viewer, page) is not None

    def page_for(self, viewer: Viewer, page: Page) -> Page | None:
        """Return the page with only the panels this viewer may see, None if there are none."""
        if not self.enabled:
            return page
        if viewer.anonymous or not viewer.among(page.audience):
            return None
        panels = tuple(panel for panel in page.panels if viewer.among(panel.audience))
        if len(panels) == len(page.panels):
            return page
        return replace(page, panels=panels) if panels else None

    def pages_for(self, viewer: Viewer, pages: Iterable[Page]) -> tuple[Page, ...]:
        """Return the pages this viewer may see, each as `page_for` returns it."""
        found = (self.page_for(viewer, page) for page in pages)
        return tuple(page for page in found if page is not None)

    def may_operate(self, viewer: Viewer) -> bool:
        """Return True if this viewer may open ``/-/`` and ``/metrics``."""
        return not self.enabled or (not viewer.anonymous and viewer.among(self.operators))
