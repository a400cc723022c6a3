"""State in plain Python: a store that follows its sources, without a server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from muntin.opening import Opener, open_sources
from muntin.settings import load_config
from muntin.site import build_site, load_plugins
from muntin.sources.routing import RoutedSource
from muntin.state.feeds import Feed
from muntin.state.store import Store

if TYPE_CHECKING:
    from muntin.sources import Source
    from muntin.sources.supervisor import Supervisor

#: Seconds to wait for a first look at every feed, at most.
WAIT = 5.0


@contextmanager
def open_state(
    state: str | os.PathLike[str] | Source | None = None,
    feeds: Iterable[Feed[Any]] | None = None,
    *,
    config: str | None = None,
    wait: float = WAIT,
    clock: Callable[[], float] = time.time,
    env: Mapping[str, str] = os.environ,
) -> Iterator[Store]:
    """Open a directory, a source URL or a source, and yield a store that follows it.

    ::

        with muntin.open_state("logs/state") as store:
            store.snapshot[NAV]

    `feeds` are those to read; by default all that installed plugins read. Without `state`, the
    settings file `config`, ``./muntin.toml`` or ``STATE_DIR`` names it. The block begins once every
    feed has been looked for, at most `wait` seconds later; a document that is missing by then says
    so. Raises SourceError or ConfigError, saying what to do, if the state cannot be opened.
    """
    store, sources = _opened(state, feeds, config, clock, env)
    supervisor = follow(store, sources, wait)
    try:
        yield store
    finally:
        supervisor.stop()


def follow(store: Store, sources: Sequence[RoutedSource], wait: float = WAIT) -> Supervisor:
    """Have a store follow its sources, and wait until every feed has been looked for."""
    from muntin.sources.supervisor import Supervisor

    supervisor = Supervisor(store, sources)
    supervisor.start()
    store.wait_loaded(wait)
    return supervisor


def _opened(
    state: Any,
    feeds: Iterable[Feed[Any]] | None,
    config: str | None,
    clock: Callable[[], float],
    env: Mapping[str, str],
) -> tuple[Store, Sequence[RoutedSource]]:
    settings = load_config(config, env)
    named = os.fspath(state) if isinstance(state, os.PathLike) else state
    if feeds is None:
        site = build_site(settings, state=named, clock=clock, env=env)
        return site.store, site.sources
    wanted = tuple(feeds)
    opener = Opener(load_plugins(settings, env), clock, env)
    sources = open_sources(settings, wanted, opener, state=named)
    places = {name: place for one in sources for name, place in one.places.items()}
    return Store(wanted, clock, places), sources


__all__ = ["open_state"]
