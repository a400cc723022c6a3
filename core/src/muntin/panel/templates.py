"""Muntin's page as a Panel template, alone and with the pages of the installed plugins."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

import panel as pn
import param
from panel.template.base import BasicTemplate
from panel.theme import Design
from panel.theme.native import Native

from muntin.access.policy import Policy
from muntin.errors import ConfigError
from muntin.following import follow
from muntin.pages import Page, Viewer
from muntin.panel.card import stylesheet
from muntin.panel.live import pane
from muntin.settings import load_config
from muntin.settings.parsing import hint
from muntin.site import Site, build_site
from muntin.sources import Source

#: In a page of Panel's own, what is not a card takes the whole width.
_GRID = """
.mu-grid-panel>div{display:contents!important}
:where(.mu-grid-panel>div>*){grid-column:span 12;min-width:0;max-width:100%}
@media (max-width:1080px){.mu-grid-panel>div>*{grid-column:span 12!important}}
.pn-modal{display:none;position:fixed;z-index:9;inset:0;background:rgb(0 0 0/.35)}
.pn-modal-content{background:var(--mu-surface);margin:10vh auto;padding:16px;width:min(720px,90vw)}
"""


class MuntinTemplate(BasicTemplate):
    """Muntin's page: bar, rail of pages, title, and a grid of twelve columns.

    Used like any template of Panel's: ``MuntinTemplate(title="Risk", main=[...])``. Objects take
    the whole width, and cards of `muntin.panel.pane` the width of their panel.
    """

    mode = param.String(default="", doc="The run mode in the bar: LIVE, DEMO, ...; none if empty.")
    pages = param.List(default=[], doc="Pairs of slug and title, as links in the rail.")
    page = param.String(default="", doc="Slug of the page that is shown.")

    design = param.ClassSelector(
        class_=Design, default=Native, is_instance=False, instantiate=False, doc="Panel's design."
    )

    _template: ClassVar[Path] = Path(__file__).with_name("muntin.html")

    def _update_vars(self, *events: Any) -> None:
        super()._update_vars(*events)
        self._render_variables.update(
            muntin_css=stylesheet(":root") + _GRID,
            muntin_theme="dark" if pn.config.theme == "dark" else "light",
            muntin_mode=self.mode,
            muntin_pages=[{"slug": slug, "title": title} for slug, title in self.pages],
            muntin_page=self.page,
        )


def template(
    state: str | Source | None = None,
    page: str = "",
    *,
    config: str | None = None,
    viewer: Viewer | None = None,
) -> MuntinTemplate:
    """Return a page of the installed plugins in a Panel template, live and with links to the rest.

    ::

        muntin.panel.template("logs/state").servable()

    It works under ``panel serve``, with ``pn.serve`` and in a notebook. `state` and `config` are
    those of `muntin.open_state`. The page is the one named in the address (``?page=risk``), else
    `page`, else the first. With a `viewer`, only the pages and panels of that viewer are shown;
    without one, all are. All sessions of a process share one connection to the state.

    Raises ConfigError for a page that is not there.
    """
    key = f"muntin:{state!r}:{config!r}"
    site = pn.state.as_cached(key, partial(_followed, state, config))
    pages = Policy(enabled=viewer is not None).pages_for(viewer or Viewer(), site.pages)
    shown = _page(pages, page)
    made: Any = MuntinTemplate(  # type: ignore[no-untyped-call]  # Panel's
        title=shown.title,
        site=site.config.site.title,
        mode=site.config.site.mode,
        page=shown.slug,
        pages=[(one.slug, one.title) for one in pages if one.panels],
    )
    made.main.extend(pane(panel, site.store, viewer) for panel in shown.panels)
    return cast("MuntinTemplate", made)


def _followed(state: str | Source | None, config: str | None) -> Site:
    """Return the site of the installed plugins, with its state followed until the process ends."""
    site = build_site(load_config(config), state=state)
    follow(site.store, site.sources)
    return site


def _page(pages: tuple[Page, ...], wanted: str) -> Page:
    """Return the page to show: one with panels, for an app cannot stand in another app."""
    there = {page.slug: page for page in pages if page.panels}
    asked = pn.state.session_args.get("page", []) if pn.state.session_args else []
    named = asked[0].decode("utf-8", "replace") if asked else ""
    slug = named if named in there else wanted
    if slug in there:
        return there[slug]
    if wanted:
        raise ConfigError([f"there is no page {wanted!r}{hint(wanted, there)}"])
    if not there:
        raise ConfigError(["no installed plugin has a page; pip install one, then try again"])
    return next(iter(there.values()))


__all__ = ["MuntinTemplate", "template"]
