"""A whole app in a test: exactly these plugins, asked without a socket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from muntin.errors import ConfigError
from muntin.pages import Viewer
from muntin.plugins import load
from muntin.settings import Config
from muntin.settings.parsing import parse_table
from muntin.site import build_site
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, read
from muntin.state.store import Store
from muntin.testing.clock import FakeClock
from muntin.testing.running import ByHand, Running
from muntin.testing.snapshots import changed
from muntin.testing.wire import Response

#: A module or an object with hooks; with a name, or under that of its module.
Plugin: TypeAlias = Any

State: TypeAlias = "str | Path | Mapping[Feed[Any], Any] | None"


class SiteClient:
    """A running app, asked by one viewer; use it in a ``with`` statement, or `close` it."""

    def __init__(self, running: Running, clock: FakeClock | None, viewer: Viewer) -> None:
        self._running = running
        self._clock = clock
        self.viewer = viewer

    def as_user(
        self, name: str = "", roles: Iterable[str] = (), claims: Mapping[str, Any] | None = None
    ) -> SiteClient:
        """Return the same app, asked by somebody else."""
        viewer = Viewer(name, frozenset(roles), claims or {})
        return SiteClient(self._running, self._clock, viewer)

    def get(self, path: str, **headers: str) -> Response:
        """Return what the app answers; a page shows all that was published before."""
        return self.request("GET", path, headers)

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Return the answer to a request of any method; ``_`` in a header's name is a hyphen."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        return self._running.ask(method, path, sent, body, self.viewer)

    @property
    def store(self) -> Store:
        """The app's own store."""
        return self._running.site.store

    def publish(self, *what: Any, **raw: Any) -> frozenset[str]:
        """Publish ``(FEED, raw)``, ``(FEED, nav=1.0)`` or readings; return the feeds that changed.

        ``publish(FEED)`` publishes the feed's example.
        """
        if what and isinstance(what[0], Feed):
            feed, *rest = what
            now = self.store.snapshot.now
            what = (read(feed, rest[0] if rest else changed(feed, raw), now),)
        return self.store.publish(*what)

    def advance(self, seconds: float) -> frozenset[str]:
        """Move the app's clock and return the feeds whose status changed by that alone."""
        if self._clock is None:
            raise TypeError("a site on a directory runs by the real clock")
        self._clock.advance(seconds)
        return self.store.judge()

    def serve(self) -> str:
        """Serve on a free port of 127.0.0.1 until the end as well; return the address."""
        return self._running.serve()

    def close(self) -> None:
        """End the app, its threads and its sockets."""
        self._running.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def site(
    plugins: Iterable[Plugin | tuple[str, Plugin]] = (),
    config: Mapping[str, Any] | None = None,
    state: State = None,
    *,
    clock: FakeClock | None = None,
    patience: float = 10.0,
) -> SiteClient:
    """Return a running app with exactly these plugins, modules or pairs of name and module.

    `config` is what ``muntin.toml`` would hold, strict unless it says otherwise: raises ConfigError
    if it is wrong or a plugin is not active. `state` is a directory, or raw documents by feed; by
    default every feed's example. It runs by `clock`, or for a directory by the real one. Nothing
    is discovered, no socket is opened, and nothing is waited for longer than `patience` seconds.
    """
    settings = _config(config or {})
    named = _named(plugins)
    found = load(plugins=named, discover=False, settings=settings.plugin)
    if isinstance(state, (str, Path)):
        made = build_site(settings, state=str(state), plugins=found, env={})
        return SiteClient(Running(made, patience), None, Viewer())
    clock = clock or FakeClock()
    source = ByHand(lambda feeds: _readings(feeds, state, clock))
    made = build_site(settings, state=source, plugins=found, clock=clock, env={})
    return SiteClient(Running(made, patience), clock, Viewer())


@contextmanager
def served(client: SiteClient) -> Iterator[str]:
    """The address of a real server for a site, on a free port of 127.0.0.1; ends with the block."""
    try:
        yield client.serve()
    finally:
        client.close()


def _config(raw: Mapping[str, Any]) -> Config:
    # Pages are drawn as soon as something is published, and a typing mistake is told at once.
    usual: dict[str, dict[str, Any]] = {"site": {"refresh": 0.02}, "plugins": {"strict": True}}
    tables = {name: {**table, **raw.get(name, {})} for name, table in usual.items()}
    config, problems = parse_table(Config, {**raw, **tables})
    if config is None:
        raise ConfigError(problems)
    return config


def _named(plugins: Iterable[Plugin | tuple[str, Plugin]]) -> dict[str, Plugin]:
    pairs = (one if isinstance(one, tuple) else (_name(one), one) for one in plugins)
    named: dict[str, Plugin] = {}
    for name, plugin in pairs:
        if name in named:
            raise ConfigError([f"two plugins are called {name!r}; pass (name, plugin)"])
        named[name] = plugin
    return named


def _name(plugin: Plugin) -> str:
    name = getattr(plugin, "__name__", type(plugin).__name__)
    return str(name).rpartition(".")[2].removeprefix("muntin_").lower()


def _readings(
    feeds: Iterable[Feed[Any]], state: Mapping[Feed[Any], Any] | None, clock: FakeClock
) -> list[Reading]:
    given = state if state is not None else {feed: feed.example for feed in feeds if feed.example}
    return [
        raw if isinstance(raw, Reading) else read(feed, raw, clock.now)
        for feed, raw in given.items()
    ]
