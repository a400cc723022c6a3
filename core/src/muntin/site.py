"""The site: settings, plugins, pages, feeds and their source, resolved before anything starts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any

from muntin.errors import ConfigError, PluginError, SourceError
from muntin.feeds import Feed
from muntin.hookspecs import SourceKind
from muntin.pages import Page, Panel
from muntin.plugins import PluginRecord, PluginSet, Seen, attempt, load, quiet
from muntin.settings import Config, PageConfig, PanelConfig
from muntin.sources import Source
from muntin.store import Store
from muntin.tables import hint, parse_table


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
    source: Source
    #: What an operator should know, though it stops nothing: one sentence each.
    notes: tuple[str, ...] = ()
    #: True in development: pages show the traces of faults, to whoever looks.
    dev: bool = False

    @property
    def records(self) -> tuple[PluginRecord, ...]:
        """Every plugin with what became of it."""
        return self.plugins.records

    def page(self, slug: str) -> Page | None:
        """Return the page at an address, None if there is none."""
        return next((page for page in self.pages if page.slug == slug), None)


def build_site(
    config: Config,
    *,
    state: str | Source | None = None,
    plugins: PluginSet | Mapping[str, object] | None = None,
    clock: Callable[[], float] = time.time,
    env: Mapping[str, str] = os.environ,
    seen: Seen | None = None,
) -> Site:
    """Return the site that `config` describes; raise ConfigError or SourceError with what to do.

    `state` is a directory, a source URL or a source, and goes before the one in `config`, then
    ``STATE_DIR`` in `env`. `plugins` are those to use, or modules by name in place of the
    installed ones. `seen` is told of each call of their hooks and views, and its time.
    """
    found = plugins if isinstance(plugins, PluginSet) else _load(config, plugins, env, seen)
    notes = tuple(_notes(config, found))
    if config.plugins.strict:
        found.require_all()
        if notes:
            raise ConfigError(notes)
    pages = arrange(found.pages, config.page, config.site.nav)
    if seen is not None:
        pages = tuple(timed(page, found, seen) for page in pages)
    feeds = unique_feeds(pages)
    named = state or config.state or env.get("STATE_DIR", "")
    source = (
        open_source(named, found, clock, config.source, env) if isinstance(named, str) else named
    )
    return Site(config, found, pages, feeds, Store(feeds, clock), source, notes)


def load_plugins(config: Config, env: Mapping[str, str] = os.environ) -> PluginSet:
    """Return the installed plugins as `config` wants them."""
    return _load(config, None, env)


def _load(
    config: Config,
    given: Mapping[str, object] | None,
    env: Mapping[str, str],
    seen: Seen | None = None,
) -> PluginSet:
    return load(
        plugins=given,
        discover=given is None,
        only=config.plugins.only,
        disable=config.plugins.disable,
        settings=config.plugin,
        env=env,
        seen=seen,
    )


def arrange(
    pages: Iterable[Page], overrides: Mapping[str, PageConfig], nav: Iterable[str] = ()
) -> tuple[Page, ...]:
    """Return the pages in the order of the navigation.

    First `nav` decides, in which ``*`` stands for all not named (else they come last), then the
    order, which the operator may override, then the slug. Hidden pages are left out.
    """
    kept = [_overridden(page, overrides.get(page.slug, PageConfig())) for page in pages]
    ranks = {slug: rank for rank, slug in reversed(list(enumerate(nav)))}
    rest = ranks.get("*", len(ranks))
    return tuple(
        sorted(
            (page for page in kept if page is not None),
            key=lambda page: (ranks.get(page.slug, rest), page.order, page.slug),
        )
    )


def _overridden(page: Page, own: PageConfig) -> Page | None:
    if own.hidden:
        return None
    return replace(
        page,
        order=page.order if own.order is None else own.order,
        title=own.title or page.title,
        audience=_audience(page.audience, own.audience),
        panels=tuple(_panels(page.panels, own.panels)),
    )


def _panels(panels: Iterable[Panel], own: Mapping[str, PanelConfig]) -> Iterator[Panel]:
    """Yield the panels that the operator does not hide, in the operator's order."""
    both = [(panel, own.get(panel.slug, PanelConfig())) for panel in panels]
    for panel, word in sorted(both, key=lambda one: 100 if one[1].order is None else one[1].order):
        if not word.hidden:
            audience = _audience(panel.audience, word.audience)
            yield replace(panel, width=word.width or panel.width, audience=audience)


def _audience(
    author: frozenset[str] | None, operator: tuple[str, ...] | None
) -> frozenset[str] | None:
    if operator is None:
        return author
    return None if "*" in operator else frozenset(operator)


def timed(page: Page, plugins: PluginSet, seen: Seen) -> Page:
    """Return a page whose views tell `seen` of each call: plugin, ``view page/panel``, seconds."""
    return replace(page, panels=tuple(_timed(panel, page, plugins, seen) for panel in page.panels))


def _timed(panel: Panel, page: Page, plugins: PluginSet, seen: Seen) -> Panel:
    owner = plugins.owner_of_panel(page.slug, panel.slug)
    plugin, what = owner.name if owner else "", f"view {page.slug}/{panel.slug}"

    @wraps(panel.view)  # whose arguments say whether it is drawn for each viewer
    def view(*seen_by: Any) -> object:
        began = time.perf_counter()
        try:
            return panel.view(*seen_by)
        finally:
            seen(plugin, what, time.perf_counter() - began)

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
    slugs = {page.slug for page in plugins.pages}
    names = {record.name for record in plugins.records}
    either = names | {record.distribution for record in plugins.records} - {""}
    for slug in config.site.nav:
        if slug != "*" and slug not in slugs:
            yield f"site.nav: there is no page {slug!r}{hint(slug, slugs)}"
    for slug in config.page:
        if slug not in slugs:
            yield f"page.{slug}: there is no such page{hint(slug, slugs)}"
    yield from _panel_notes(config, plugins.pages)
    for name in config.plugin:
        if name not in names:
            yield f"plugin.{name}: there is no such plugin{hint(name, names)}"
    for key in ("only", "disable"):
        for name in getattr(config.plugins, key) or ():
            if name.lower().replace("_", "-") not in {
                one.lower().replace("_", "-") for one in either
            }:
                yield f"plugins.{key}: there is no plugin {name!r}{hint(name, either)}"


def _panel_notes(config: Config, pages: Iterable[Page]) -> Iterator[str]:
    for page in pages:
        known = {panel.slug for panel in page.panels}
        for slug in config.page.get(page.slug, PageConfig()).panels:
            if slug not in known:
                yield f"page.{page.slug}.panels.{slug}: no such panel{hint(slug, known)}"


def open_source(
    state: str,
    plugins: PluginSet,
    clock: Callable[[], float],
    options: Mapping[str, Any] = MappingProxyType({}),
    env: Mapping[str, str] = os.environ,
) -> Source:
    """Return the source that `state` names, not yet running; raise SourceError with what to do.

    `options` is the table ``[source]``. A directory needs none and uses none, so that one may be
    named on the command line for a moment.
    """
    scheme, found, _ = state.partition("://")
    if not found:
        return _directory(state, clock)
    if scheme.lower() != "file":
        return _of_kind(state, scheme.lower(), plugins, options, env)
    from urllib.parse import unquote, urlsplit

    return _directory(unquote(urlsplit(state).path), clock)


def _directory(name: str, clock: Callable[[], float]) -> Source:
    if not name:
        raise SourceError(
            "no state is named: give a directory of state documents (muntin serve logs/state),"
            " set state in muntin.toml or STATE_DIR, or try muntin demo"
        )
    # Resolved once: a relative path must mean the same for as long as the program runs.
    root = Path(name).expanduser().absolute()
    problem = _unusable(root)
    if problem:
        raise SourceError(f"{problem}: {root}; name the directory that holds the state documents")
    from muntin.sources.directory import DirectorySource

    return DirectorySource(root, clock=clock)


def _unusable(root: Path) -> str:
    try:
        if not root.exists():
            return "there is no such directory"
        if not root.is_dir():
            return "this is no directory"
        os.scandir(root).close()
    except OSError as error:
        return f"this directory cannot be read ({error.strerror})"
    return ""


def source_kinds(plugins: PluginSet) -> Mapping[str, SourceKind]:
    """Return every kind of source that there is besides a directory, by scheme; core's own win."""
    from muntin.sources.http import KINDS

    return {**plugins.sources, **{kind.scheme: kind for kind in KINDS}}


def _of_kind(
    url: str, scheme: str, plugins: PluginSet, options: Mapping[str, Any], env: Mapping[str, str]
) -> Source:
    kinds = source_kinds(plugins)
    kind = kinds.get(scheme)
    if kind is None:
        known = sorted({"file", *kinds})
        raise SourceError(
            f"no installed plugin reads {scheme}:// sources{hint(scheme, known)};"
            f" known are {', '.join(known)}"
        )
    what = f"opening {shown(url)}"
    try:
        with quiet():
            settings, problems = attempt(scheme, what, lambda: _source_settings(kind, options, env))
            if problems:
                raise ConfigError(problems)
            source: Source = attempt(scheme, what, lambda: _build(kind, url, settings))
    except PluginError as error:
        raise SourceError(error.reason) from error
    return source


def _source_settings(
    kind: SourceKind, options: Mapping[str, Any], env: Mapping[str, str]
) -> tuple[Any, list[str]]:
    """Return what `kind` is built with, and a sentence for every mistake in the table."""
    if kind.settings is not None:
        return parse_table(kind.settings, dict(options), "source", env)
    problems = [f"source: {kind.scheme}:// takes no settings"] if options else []
    return MappingProxyType({}), problems


def _build(kind: SourceKind, url: str, settings: Any) -> Source:
    try:
        built: Source = kind.build(url, settings)
    except SourceError as error:
        raise PluginError(kind.scheme, str(error)) from error
    if not callable(getattr(built, "run", None)):
        raise PluginError(
            kind.scheme, f"{kind.scheme}:// built a {type(built).__name__}, no source"
        )
    return built


def shown(url: str) -> str:
    """Return a URL as it may be printed: without user, password and query."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("?")[0]
    return f"{scheme}://{place.rpartition('@')[2]}"
