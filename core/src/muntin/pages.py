"""Panels, pages and viewers: what a plugin shows and who looks at it, as plain data."""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from muntin.state.feeds import Feed
from muntin.vocabulary import GENERAL, Vocabulary

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

#: First parts of addresses that core keeps for itself.
RESERVED = frozenset(
    {"operations", "static", "healthz", "readyz", "metrics", "login", "logout", "ws"}
)

#: Who shares a page's document; see `Page.scope`.
SCOPES = ("shared", "personal", "private")


def slug_of(title: str) -> str:
    """Return a title as lower-case words joined by hyphens: ``AUM (USD)`` is ``aum-usd``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "panel"


_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: the name they signed in with, their roles, and what is said of them."""

    #: "" for someone who did not sign in.
    name: str = ""
    roles: frozenset[str] = frozenset()
    #: What the identity provider says, such as ``email``.
    claims: Mapping[str, Any] = field(default_factory=lambda: _NONE, hash=False)

    @property
    def anonymous(self) -> bool:
        """True for someone who did not sign in."""
        return not self.name

    def among(self, audience: frozenset[str] | None) -> bool:
        """Return True if the viewer has one of these roles; None stands for everyone."""
        return audience is None or not audience.isdisjoint(self.roles)


def takes_viewer(view: Callable[..., object]) -> bool:
    """Return True if a view asks for ``(snapshot, viewer)``, False for ``(snapshot)``."""
    try:
        parameters = inspect.signature(view).parameters.values()
    except (TypeError, ValueError):  # a builtin may not tell
        return False
    kinds = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    needed = [one for one in parameters if one.default is one.empty and one.kind in kinds]
    return len(needed) == 2


def _check_tuple(where: str, name: str, value: object, kind: type, example: str) -> None:
    """Raise TypeError saying what to write unless `value` is a tuple of `kind`."""
    if isinstance(value, kind):
        raise TypeError(f"{where}: {name} is one {kind.__name__}; write {name}=({example},)")
    if not isinstance(value, tuple):
        was = type(value).__name__
        raise TypeError(f"{where}: {name} is a {was}; write a tuple: {name}=({example},)")
    for one in value:
        if not isinstance(one, kind):
            raise TypeError(f"{where}: {name} holds {one!r}, which is no {kind.__name__}")


def _check_audience(where: str, audience: object) -> None:
    if audience is None or isinstance(audience, frozenset):
        return
    roles = [audience] if isinstance(audience, str) else audience
    named = sorted(map(str, roles)) if isinstance(roles, (list, tuple, set)) else ["operator"]
    names = ", ".join(f'"{name}"' for name in named)
    raise TypeError(
        f"{where}: audience is a {type(audience).__name__}; write audience=frozenset({{{names}}})"
    )


def _check_scripts(where: str, scripts: object) -> None:
    example = 'Path(__file__).with_name("ladder.js")'
    _check_tuple(where, "scripts", scripts, Path, example)
    for path in scripts if isinstance(scripts, tuple) else ():
        if path.suffix not in {".js", ".mjs"}:
            raise ValueError(f"{where}: script {path.name!r} is no ES module: write .js or .mjs")
        if not path.is_file():
            raise ValueError(f"{where}: there is no script {path}; is it part of the wheel?")


def _check_title(where: str, title: object) -> None:
    if not isinstance(title, str):
        raise TypeError(f"{where}: the title is a {type(title).__name__}, not text")
    if not title.strip() or len(title) > 80:
        raise ValueError(f"{where}: the title has 1 to 80 characters")


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled picture of state: `view` takes a snapshot and returns what to show.

    The view is pure: no files, no clock (use ``snapshot.now``), no session. It may return a
    `muntin.ui` component, text, a number, a DataFrame, a HoloViews element, or anything that
    ``panel.panel()`` accepts. It is called only when every feed in `needs` has a value; feeds in
    `wants` may be absent. On a personal or private page a view may take ``(snapshot, viewer)`` and
    is then drawn for each viewer; the second is a `Viewer`.
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
    #: Roles that may see it; None for everyone who may see the page.
    audience: frozenset[str] | None = None
    #: Collapses into one line while it has nothing to show.
    optional: bool = False
    #: ES modules of its components, by whose file names elements ask for them (``data-script``).
    scripts: tuple[Path, ...] = ()
    #: Grades of its status words, which colour chips; general words need not be listed.
    words: Vocabulary = GENERAL
    #: True if the view asks who is looking; found out from the view.
    personal: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        where = f"panel {self.title!r}"
        _check_title(where, self.title)
        if not callable(self.view):
            raise TypeError(f"{where}: view must be callable")
        if type(self.width) is not int:
            raise TypeError(f"{where}: width is a {type(self.width).__name__}; write width=6")
        if not 1 <= self.width <= 12:
            raise ValueError(f"{where}: width must lie between 1 and 12")
        _check_tuple(where, "needs", self.needs, Feed, "FEED")
        _check_tuple(where, "wants", self.wants, Feed, "FEED")
        _check_audience(where, self.audience)
        _check_scripts(where, self.scripts)
        object.__setattr__(self, "personal", takes_viewer(self.view))
        object.__setattr__(self, "words", GENERAL | self.words)

    @property
    def feeds(self) -> tuple[Feed[Any], ...]:
        """Every feed the view may read."""
        return (*self.needs, *self.wants)

    @property
    def slug(self) -> str:
        """The title as it stands in addresses and attributes."""
        return slug_of(self.title)

    def _repr_mimebundle_(self, **_asked: Any) -> Any:
        """Return what a notebook displays."""
        from muntin.panel.notebook import mimebundle

        return mimebundle(self)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the app: address, title, panels, and who may see it."""

    slug: str
    title: str
    panels: tuple[Panel, ...] = ()
    #: Position in the navigation; smaller is earlier.
    order: int = 100
    audience: frozenset[str] | None = None
    #: ``shared``: one read-only document for all viewers; ``personal``: one for each viewer,
    #: read-only as well; ``private``: a Panel session for each visit, whose widgets run Python.
    scope: str = "shared"
    #: In place of panels a whole Panel app: the path of a script or a notebook, or a function that
    #: returns a Panel object or template. It is run once for all viewers, or once for each.
    app: Callable[[], object] | PathLike[str] | str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.slug, str) or not _SLUG.fullmatch(self.slug) or len(self.slug) > 64:
            raise ValueError(
                f"page slug {self.slug!r}: use lower-case letters, digits and single hyphens"
            )
        if self.slug in RESERVED:
            raise ValueError(f"page slug {self.slug!r} is reserved")
        where = f"page {self.slug!r}"
        _check_title(where, self.title)
        _check_tuple(where, "panels", self.panels, Panel, "PANEL")
        _check_audience(where, self.audience)
        if self.app is not None and self.panels:
            raise ValueError(f"page {self.slug!r}: has an app or panels, not both")
        if self.scope not in SCOPES:
            raise ValueError(f"page {self.slug!r}: scope is 'shared', 'personal' or 'private'")
        if self.app is not None and self.scope == "personal":
            raise ValueError(
                f"page {self.slug!r}: an app is shared or private; write scope='private'"
            )
        personal = next((panel.title for panel in self.panels if panel.personal), None)
        if personal is not None and self.scope == "shared":
            raise ValueError(
                f"page {self.slug!r}: panel {personal!r} asks who is looking,"
                " so the page needs scope='personal', or scope='private' if it has widgets"
            )
        slugs = [panel.slug for panel in self.panels]
        twice = {slug for slug in slugs if slugs.count(slug) > 1}
        if twice:
            raise ValueError(f"page {self.slug!r}: two panels are called {min(twice)!r}")

    @property
    def feeds(self) -> tuple[Feed[Any], ...]:
        """Every feed that a panel of the page may read, once each."""
        return tuple({feed.name: feed for panel in self.panels for feed in panel.feeds}.values())

    def _repr_mimebundle_(self, **_asked: Any) -> Any:
        """Return what a notebook displays."""
        from muntin.panel.notebook import mimebundle

        return mimebundle(self)
