"""Opening sources: from what the operator names to sources that are built and not yet running."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from muntin.errors import ConfigError, PluginError, SourceError
from muntin.hookspecs import SourceKind
from muntin.plugins import PluginSet, attempt, quiet
from muntin.settings import Config
from muntin.settings.parsing import hint, parse_table
from muntin.settings.secrets import read_secret
from muntin.sources.redaction import redacted
from muntin.sources.routing import MAIN, RoutedSource, named_like, route
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status, failed
from muntin.state.source import Source, Target

_NO_STATE = (
    "no state is named: give a directory of state documents (muntin serve logs/state),"
    " set state in muntin.toml or STATE_DIR, or try muntin demo"
)
_UNROUTED = (
    "never seen: no source is named for this feed; add it to the feeds of one in [sources],"
    " or set state"
)

#: Packages that bring the kinds of source that Muntin's authors keep.
_KEPT = {
    "duckdb": "muntin-sql[duckdb]",
    "gs": "muntin-objectstore",
    "http": "muntin-http",
    "https": "muntin-http",
    "memory": "muntin-objectstore",
    "postgresql": "muntin-sql[postgresql]",
    "redis": "muntin-redis",
    "rediss": "muntin-redis",
    "s3": "muntin-objectstore[s3]",
    "sqlite": "muntin-sql",
}


@dataclass(frozen=True, slots=True)
class Opener:
    """Builds sources by their URLs, from the kinds that plugins bring."""

    plugins: PluginSet
    clock: Callable[[], float] = time.time
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def source(
        self,
        url: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        where: str = "source",
    ) -> Source:
        """Return the source that a URL or directory names; raise SourceError with what to do.

        `options` is the table of the source, which stands at `where` in muntin.toml. A directory
        needs none and uses none, so that one may be named on the command line for a moment.
        """
        path = _local(url)
        if path is not None:
            return _directory(path, self.clock)
        kind, settings = self._kind(url, options, where)
        built: Source = self._attempt(kind, url, lambda: kind.build(url, settings))
        if not callable(getattr(built, "run", None)):
            raise SourceError(f"{kind.scheme}:// built a {type(built).__name__}, no source")
        return built

    def target(
        self,
        url: str,
        options: Mapping[str, Any] = MappingProxyType({}),
        where: str = "source",
    ) -> Target:
        """Return what a URL or directory names as a place to write to."""
        path = _local(url)
        if path is not None:
            from muntin.sources.files.target import DirectoryTarget

            return DirectoryTarget(Path(path).expanduser().absolute())
        kind, settings = self._kind(url, options, where)
        make = kind.target
        if make is None:
            raise SourceError(f"{kind.scheme}:// can be read and not written to")
        made: Target = self._attempt(kind, url, lambda: make(url, settings))
        return made

    def located(self, name: str, table: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return the URL and the settings of a table of ``[sources]``; raise ConfigError."""
        problems: list[str] = []
        found = _table(name, table, self.env, problems)
        if problems:
            raise ConfigError(problems)
        return found.url, found.options

    def _kind(
        self, url: str, options: Mapping[str, Any], where: str
    ) -> tuple[SourceKind[Any], Any]:
        scheme = url.partition("://")[0].lower()
        kind = self.plugins.sources.get(scheme) or self.plugins.sources.get(scheme.split("+")[0])
        if kind is None:
            raise SourceError(_unknown(scheme, self.plugins.sources))
        settings, problems = _settings(kind, options, where, self.env)
        if problems:
            raise ConfigError(problems)
        return kind, settings

    @staticmethod
    def _attempt(kind: SourceKind[Any], url: str, build: Callable[[], Any]) -> Any:
        def built() -> Any:
            try:
                return build()
            except SourceError as error:
                raise PluginError(kind.scheme, str(error)) from error

        try:
            with quiet():
                return attempt(kind.scheme, f"opening {redacted(url)}", built)
        except PluginError as error:
            raise SourceError(error.reason) from error


def _unknown(scheme: str, kinds: Iterable[str]) -> str:
    known = sorted({"file", *kinds})
    kept = _KEPT.get(scheme.split("+", maxsplit=1)[0])
    more = f"; pip install {kept!r}" if kept else hint(scheme, known)
    return f"no installed plugin reads {scheme}:// sources{more}; known are {', '.join(known)}"


def _local(url: str) -> str | None:
    """Return the directory that a URL or a plain path names, None for any other kind."""
    scheme, found, _ = url.partition("://")
    if not found:
        return url
    return unquote(urlsplit(url).path) if scheme.lower() == "file" else None


def _directory(name: str, clock: Callable[[], float]) -> Source:
    if not name:
        raise SourceError(_NO_STATE)
    # Resolved once: a relative path must mean the same for as long as the program runs.
    root = Path(name).expanduser().absolute()
    problem = _unusable(root)
    if problem:
        raise SourceError(f"{problem}: {root}; name the directory that holds the state documents")
    from muntin.sources.files.directory import DirectorySource

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


def _settings(
    kind: SourceKind[Any], options: Mapping[str, Any], where: str, env: Mapping[str, str]
) -> tuple[Any, list[str]]:
    """Return what `kind` is built with, and a sentence for every mistake in the table."""
    if kind.settings is not None:
        return parse_table(kind.settings, dict(options), where, env)
    problems = [f"{where}: {kind.scheme}:// takes no settings"] if options else []
    return MappingProxyType({}), problems


# ------------------------------------------------------------------ several sources


def open_sources(
    config: Config,
    feeds: Sequence[Feed[Any]],
    opener: Opener,
    *,
    state: str | Source | None = None,
    named: Mapping[str, str] = MappingProxyType({}),
    otherwise: Source | None = None,
) -> tuple[RoutedSource, ...]:
    """Return the sources that the settings name, each with its feeds.

    `state` takes every feed that none of ``[sources]`` claims; without it, `otherwise` does.
    `named` are URLs by name that go before those in the settings, as ``--source NAME=URL`` gives
    them.
    """
    tables = _tables(config, named, opener.env)
    main = state or config.state or opener.env.get("STATE_DIR", "") or otherwise or ""
    if not main and not tables:
        raise SourceError(_NO_STATE)
    rest = "" if main else next((name for name, one in tables.items() if one.feeds is None), "")
    patterns = {
        name: one.feeds if one.feeds is not None else _patterns(name, opener.plugins)
        for name, one in tables.items()
        if name != rest
    }
    routed = route(feeds, patterns)
    if rest:
        routed[rest] = routed.pop(MAIN)
    sources = [
        RoutedSource(name, opener.source(one.url, one.options, f"sources.{name}"), routed[name])
        for name, one in tables.items()
    ]
    return (*_main(main, config, routed.get(MAIN, ()), opener), *sources)


def _main(
    main: str | Source, config: Config, feeds: tuple[Feed[Any], ...], opener: Opener
) -> tuple[RoutedSource, ...]:
    if not isinstance(main, str):
        return (RoutedSource(MAIN, main, feeds),)
    if main:
        return (RoutedSource(MAIN, opener.source(main, config.source), feeds),)
    return (RoutedSource(MAIN, _Unrouted(opener.clock), feeds),) if feeds else ()


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of ``[sources]``: where, which feeds, and what its kind reads itself."""

    url: str
    feeds: tuple[str, ...] | None
    options: Mapping[str, Any]


def _tables(config: Config, named: Mapping[str, str], env: Mapping[str, str]) -> dict[str, _Table]:
    tables: dict[str, Mapping[str, Any]] = {**config.sources}
    for name, url in named.items():
        tables[name] = {**tables.get(name, {}), "url": url}
    problems: list[str] = []
    found = {name: _table(name, table, env, problems) for name, table in tables.items()}
    if problems:
        raise ConfigError(problems)
    return found


def _table(
    name: str, table: Mapping[str, Any], env: Mapping[str, str], problems: list[str]
) -> _Table:
    where = f"sources.{name}"
    url, feeds = table.get("url", ""), table.get("feeds")
    if isinstance(url, Mapping):
        try:
            url = read_secret(url, env).reveal()
        except ValueError as error:
            problems.append(f"{where}.url: {error}")
    if not isinstance(url, str) or not url:
        problems.append(f"{where}.url: give a directory or a URL, such as redis://127.0.0.1/0")
    listed = isinstance(feeds, list | tuple) and all(isinstance(one, str) for one in feeds)
    if feeds is not None and not listed:
        problems.append(f'{where}.feeds: give a list of names and patterns, such as ["quant_*"]')
    if name == MAIN:
        problems.append(f"{where}: {MAIN!r} is the name of the main source; set state instead")
    options = {key: value for key, value in table.items() if key not in {"url", "feeds"}}
    return _Table(str(url), tuple(feeds) if listed and feeds is not None else None, options)


def _patterns(name: str, plugins: PluginSet) -> tuple[str, ...]:
    """Return the feeds of a source that lists none: those called like it, or its plugin's."""
    mine = next((one for one in plugins.active if one.name == name), None)
    own = tuple(feed.name for feed in mine.feeds) if mine is not None else ()
    return (*named_like(name), *own)


def source_notes(sources: Sequence[RoutedSource]) -> tuple[str, ...]:
    """Return a sentence for every source that no feed is read from."""
    return tuple(
        f"sources.{one.name}: no feed is read from it; name them: feeds = [...]"
        for one in sources
        if not one.feeds and one.name != MAIN
    )


@dataclass(frozen=True, slots=True)
class _Unrouted:
    """Stands for the source of feeds that none is named for: they are missing, and say why."""

    clock: Callable[[], float]
    location: str = "no source"

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., object], stop: threading.Event
    ) -> None:
        """Publish every feed as missing."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        publish(*(failed(feed, Status.MISSING, _UNROUTED, now) for feed in feeds))
        stop.wait()
