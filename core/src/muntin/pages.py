"""Panels and pages: what a plugin shows, as plain data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from muntin.feeds import Feed
from muntin.viewers import takes_viewer

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

#: First parts of addresses that core keeps for itself.
RESERVED = frozenset(
    {"operations", "static", "healthz", "readyz", "metrics", "login", "logout", "ws"}
)


def slug_of(title: str) -> str:
    """Return a title as lower-case words joined by hyphens: ``AUM (USD)`` is ``aum-usd``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "panel"


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled picture of state: `view` takes a snapshot and returns what to show.

    The view is pure: no files, no clock (use ``snapshot.now``), no session. It may return a
    `muntin.ui` component, text, a number, a DataFrame, a HoloViews element, or anything that
    ``panel.panel()`` accepts. It is called only when every feed in `needs` has a value; feeds in
    `wants` may be absent. On a private page a view may take ``(snapshot, viewer)`` and is then
    drawn for each viewer; the second is a `Viewer`.
    """

    title: str
    view: Callable[..., object]
    needs: tuple[Feed[Any], ...] = ()
    #: Feeds that the view also reads, and can do without.
    wants: tuple[Feed[Any], ...] = ()
    #: Slug of another plugin's page to which this panel is offered.
    page: str = ""
    #: Of 12 columns.
    width: int = 12
    #: Roles that may see it; None for everybody who may see the page.
    audience: frozenset[str] | None = None
    #: Collapses into one line while it has nothing to show.
    optional: bool = False
    #: True if the view asks who is looking; found out from the view.
    personal: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > 80:
            raise ValueError("a panel's title has 1 to 80 characters")
        if not callable(self.view):
            raise TypeError(f"panel {self.title!r}: view must be callable")
        if not 1 <= self.width <= 12:
            raise ValueError(f"panel {self.title!r}: width must lie between 1 and 12")
        for feed in (*self.needs, *self.wants):
            if not isinstance(feed, Feed):
                raise TypeError(f"panel {self.title!r}: needs and wants hold feeds, not {feed!r}")
        object.__setattr__(self, "personal", takes_viewer(self.view))

    @property
    def feeds(self) -> tuple[Feed[Any], ...]:
        """Every feed the view may read."""
        return (*self.needs, *self.wants)

    @property
    def slug(self) -> str:
        """The title as it stands in addresses and attributes."""
        return slug_of(self.title)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the app: address, title, panels, and who may see it."""

    slug: str
    title: str
    panels: tuple[Panel, ...] = ()
    #: Position in the navigation; smaller is earlier.
    order: int = 100
    audience: frozenset[str] | None = None
    #: ``shared``: one read-only document for all viewers; ``private``: a Panel session each.
    scope: str = "shared"

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > 64:
            raise ValueError(
                f"page slug {self.slug!r}: use lower-case letters, digits and single hyphens"
            )
        if self.slug in RESERVED:
            raise ValueError(f"page slug {self.slug!r} is reserved")
        if not self.title.strip() or len(self.title) > 80:
            raise ValueError(f"page {self.slug!r}: the title has 1 to 80 characters")
        if self.scope not in {"shared", "private"}:
            raise ValueError(f"page {self.slug!r}: scope is 'shared' or 'private'")
        personal = next(
            (panel.title for panel in self.panels if getattr(panel, "personal", 0)), None
        )
        if personal is not None and self.scope == "shared":
            raise ValueError(
                f"page {self.slug!r}: panel {personal!r} asks who is looking,"
                " so the page needs scope='private'"
            )
        slugs = [panel.slug for panel in self.panels]
        twice = {slug for slug in slugs if slugs.count(slug) > 1}
        if twice:
            raise ValueError(f"page {self.slug!r}: two panels are called {min(twice)!r}")

    @property
    def feeds(self) -> tuple[Feed[Any], ...]:
        """Every feed that a panel of the page may read, once each."""
        return tuple({feed.name: feed for panel in self.panels for feed in panel.feeds}.values())
