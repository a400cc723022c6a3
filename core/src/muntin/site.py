"""The site: settings, plugins, pages, feeds and their source, resolved before anything starts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from types import MappingProxyType
from typing import Any

from muntin.apps import NoState, app_pages
from muntin.errors import ConfigError
from muntin.grading import disagreements, graded
from muntin.navigation import arrange
from muntin.opening import Opener, open_sources, source_notes
from muntin.pages import Page, Panel
from muntin.plugins import OnCall, PluginRecord, PluginSet, load
from muntin.settings import Config, PageConfig, SiteConfig
from muntin.settings.parsing import hint
from muntin.sources.routing import MAIN, RoutedSource
from muntin.state.feeds import Feed
from muntin.state.source import Source
from muntin.state.store import Store


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a server needs; the source is built, and not yet running."""

    config: Config
    plugins: PluginSet
    #: In the order of the navigation, with the operator's overrides.
    pages: tuple[Page, ...]
    #: Every feed that a page may read, one of each name.
    feeds: tuple[Feed[Any], ...]
    store: Store
    #: Each with its feeds; the main one, which takes what no other claims, stands first.
    sources: tuple[RoutedSource, ...]
    #: What an operator should know, though it stops nothing: one sentence each.
    notes: tuple[str, ...] = ()
    #: True in development: pages show the traces of faults, to whoever looks.
    dev: bool = False

    @property
    def records(self) -> tuple[PluginRecord, ...]:
        """Every plugin with what became of it."""
        return self.plugins.records

    @property
    def location(self) -> str:
        """Where the state is read from, for people: ``/srv/state, quant: redis://host/0``."""
        return ", ".join(
            one.source.location if one.name == MAIN else f"{one.name}: {one.source.location}"
            for one in self.sources
        )

    @property
    def mode(self) -> str:
        """The run mode; "" where none is set and there is no state that it could be about."""
        unset = self.config.site.mode == SiteConfig().mode
        stateless = all(isinstance(one.source, NoState) for one in self.sources)
        return "" if unset and stateless else self.config.site.mode

    def page(self, slug: str) -> Page | None:
        """Return the page at an address, None if there is none."""
        return next((page for page in self.pages if page.slug == slug), None)


def build_site(
    config: Config,
    *,
    state: str | Source | None = None,
    sources: Mapping[str, str] = MappingProxyType({}),
    plugins: PluginSet | Mapping[str, object] | None = None,
    clock: Callable[[], float] = time.time,
    env: Mapping[str, str] = os.environ,
    on_call: OnCall | None = None,
) -> Site:
    """Return the site that `config` describes; raise ConfigError or SourceError with what to do.

    `state` is a directory, a source URL or a source, and goes before the one in `config`, then
    ``STATE_DIR`` in `env`. `sources` are more URLs by name, which go before those in `config`.
    `plugins` are those to use, or modules by name in place of the installed ones. `on_call` is
    called after each call of their hooks and views.
    """
    found = plugins if isinstance(plugins, PluginSet) else _load(config, plugins, env, on_call)
    notes = tuple(_notes(config, found))
    if config.plugins.strict:
        found.require_all()
        if notes:
            raise ConfigError(notes)
    apps = app_pages(config.apps, config.app_scope, (page.slug for page in found.pages))
    pages = graded(arrange((*found.pages, *apps), config.page, config.site.nav), config.words)
    if on_call is not None:
        pages = tuple(timed(page, found, on_call) for page in pages)
    feeds = unique_feeds(pages)
    opener = Opener(found, clock, env)
    stateless = (
        NoState() if config.apps and not (found.pages or config.sources or sources) else None
    )
    opened = open_sources(config, feeds, opener, state=state, named=sources, otherwise=stateless)
    places = {name: place for one in opened for name, place in one.places.items()}
    store = Store(feeds, clock, places)
    return Site(config, found, pages, feeds, store, opened, (*notes, *source_notes(opened)))


def load_plugins(config: Config, env: Mapping[str, str] = os.environ) -> PluginSet:
    """Return the installed plugins as `config` wants them."""
    return _load(config, None, env)


def _load(
    config: Config,
    given: Mapping[str, object] | None,
    env: Mapping[str, str],
    on_call: OnCall | None = None,
) -> PluginSet:
    return load(
        plugins=given,
        discover=given is None,
        only=config.plugins.only,
        disable=config.plugins.disable,
        prefer=(*config.plugins.prefer, *(config.plugins.only or ())),
        settings=config.plugin,
        env=env,
        on_call=on_call,
    )


def timed(page: Page, plugins: PluginSet, on_call: OnCall) -> Page:
    """Return a page whose views report each call: plugin, ``view page/panel``, seconds."""
    panels = (_timed(panel, page, plugins, on_call) for panel in page.panels)
    return replace(page, panels=tuple(panels))


def _timed(panel: Panel, page: Page, plugins: PluginSet, on_call: OnCall) -> Panel:
    owner = plugins.owner_of_panel(page.slug, panel.slug)
    plugin, what = owner.name if owner else "", f"view {page.slug}/{panel.slug}"

    @wraps(panel.view)  # whose signature says whether it is rendered for each viewer
    def view(*arguments: Any) -> object:
        began = time.perf_counter()
        try:
            return panel.view(*arguments)
        finally:
            on_call(plugin, what, time.perf_counter() - began)

    return replace(panel, view=view)


def unique_feeds(pages: Iterable[Page]) -> tuple[Feed[Any], ...]:
    """Return every feed of the pages, the first of each name, by name."""
    feeds: dict[str, Feed[Any]] = {}
    for page in pages:
        for feed in page.feeds:
            feeds.setdefault(feed.name, feed)
    return tuple(feeds[name] for name in sorted(feeds))


def _notes(config: Config, plugins: PluginSet) -> Iterator[str]:
    """Yield a sentence for every name in the settings that nothing installed answers to."""
    slugs = {page.slug for page in plugins.pages} | set(config.apps)
    names = {record.name for record in plugins.records}
    either = names | {record.distribution for record in plugins.records} - {""}
    for slug in config.site.nav:
        if slug != "*" and slug not in slugs:
            yield f"site.nav: there is no page {slug!r}{hint(slug, slugs)}"
    for slug in config.page:
        if slug not in slugs:
            yield f"page.{slug}: there is no such page{hint(slug, slugs)}"
    yield from _panel_notes(config, plugins.pages)
    yield from disagreements(_owned_panels(plugins), config.words)
    for name in config.plugin:
        if name not in names:
            yield f"plugin.{name}: there is no such plugin{hint(name, names)}"
    for key in ("only", "disable", "prefer"):
        for name in getattr(config.plugins, key) or ():
            if name.lower().replace("_", "-") not in {
                one.lower().replace("_", "-") for one in either
            }:
                yield f"plugins.{key}: there is no plugin {name!r}{hint(name, either)}"


def _owned_panels(plugins: PluginSet) -> Iterator[tuple[str, Panel]]:
    for record in plugins.records:
        for panel in (*(panel for page in record.pages for panel in page.panels), *record.panels):
            yield record.name, panel


def _panel_notes(config: Config, pages: Iterable[Page]) -> Iterator[str]:
    for page in pages:
        known = {panel.slug for panel in page.panels}
        for slug in config.page.get(page.slug, PageConfig()).panels:
            if slug not in known:
                yield f"page.{page.slug}.panels.{slug}: no such panel{hint(slug, known)}"
