"""The operator's settings: ``muntin.toml``, with a few environment variables above it.

::

    state = "logs/state"  # a directory, relative to this file, or a source URL
    address = "127.0.0.1"
    port = 5006
    workers = 0  # processes that send to viewers, beside the server's own; from 2 on

    [site]
    title = "Fund overview"
    mode = "LIVE"  # LIVE, TESTNET, DRY-RUN, DEMO, REPLAY, or a word of your own
    refresh = 0.1  # seconds between two updates of a page, at least
    nav = ["overview", "*"]  # pages by slug; "*" stands for all others
    disclaimer = "Not an offer."

    [source]  # of a source URL; which names there are is the source's own affair
    interval = 5
    user = "reader"
    password = { env = "STATE_PASSWORD" }

    [sources.quant]  # another source, with feeds of its own; then its kind's own settings
    url = "redis://127.0.0.1/0"
    feeds = ["quant_*", "signals"]  # by name or pattern; all others are read from `state`

    [plugins]
    disable = ["intel"]  # or: only = [...]
    prefer = ["overview"]  # keeps its addresses and feeds if another plugin claims them too
    strict = true  # refuse to start unless every plugin is fine

    [plugin.overview]  # the plugin's own settings
    [apps]  # whole Panel apps, each a page: scripts and notebooks, relative to this file
    market = "market.py"

    [page.intel]  # overrides the plugin author: order, title, hidden, audience
    order = 5
    audience = ["operator"]  # roles that may open it; ["*"] for everybody

    [page.overview.panels.fees]  # the same for one panel: order, width, hidden, audience
    width = 6

    [words]  # grades of status words: good, ok, degraded, broken or unknown
    elevated = "ok"

    [access]  # who may come in; see `muntin.settings.access`
    mode = "users"

The whole is checked before anything starts, and every mistake is told at once. ``MUNTIN_STATE``,
``MUNTIN_PORT``, ``MUNTIN_SITE__TITLE`` and their like win over the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from muntin.errors import ConfigError
from muntin.settings.access import USERS, AccessConfig, OidcConfig, ProxyConfig, beside
from muntin.settings.parsing import Limits, field_types, hint, parse_table, parse_text
from muntin.settings.secrets import Secret
from muntin.vocabulary import Grade

#: The file that is read where none is named.
DEFAULT_NAME = "muntin.toml"

Title = Annotated[str, Limits(min_length=1, max_length=80)]
#: A host as a policy names it: ``cdn.example.org``, ``*.example.org``, with a port or not.
Host = Annotated[str, Limits(pattern=r"^(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?$", max_length=200)]


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """The ``[site]`` table: what the whole app is called and how it behaves."""

    title: Title = "Muntin"
    #: Run mode, shown on every page.
    mode: Annotated[str, Limits(min_length=1, max_length=16)] = "UNKNOWN"
    #: Seconds between two updates of a page, at least.
    refresh: Annotated[float, Limits(ge=0.02, le=60.0)] = 0.1
    #: Slugs in the order of the navigation; ``*`` stands for all not named, else they come last.
    nav: tuple[str, ...] = ()
    disclaimer: Annotated[str, Limits(max_length=2000)] = ""
    #: ``eval`` lets plugins' own scripts be made from text in the browser (CustomJS, ReactiveHTML).
    scripts: Literal["strict", "eval"] = "strict"


@dataclass(frozen=True, slots=True)
class PluginsConfig:
    """The ``[plugins]`` table: which plugins are used; a distribution's name will do as well."""

    only: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    #: Plugins that keep an address, a feed or a scheme that another claims too. The first one wins;
    #: after them the order of `only` counts, then the time of installation.
    prefer: tuple[str, ...] = ()
    #: Refuse to start unless every plugin that is not disabled is active.
    strict: bool = False


@dataclass(frozen=True, slots=True)
class PanelConfig:
    """A ``[page.SLUG.panels.PANEL]`` table: the operator's word over one panel, by its slug."""

    #: Position on the page; panels without one stand at 100, in their plugins' order.
    order: int | None = None
    width: Annotated[int, Limits(ge=1, le=12)] | None = None
    hidden: bool = False
    #: Roles that may see it; ``*`` stands for everybody who may open the page.
    audience: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PageConfig:
    """A ``[page.SLUG]`` table: the operator's word over the plugin author's."""

    order: int | None = None
    #: Leaves the page out altogether; its address is not found.
    hidden: bool = False
    title: Title | None = None
    #: Roles that may open it; ``*`` stands for everybody who may sign in.
    audience: tuple[str, ...] | None = None
    panels: Mapping[str, PanelConfig] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an operator can set, checked."""

    #: A directory, absolute once read from a file, or a source URL; "" where none is named.
    state: str = ""
    address: Annotated[str, Limits(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Limits(ge=0, le=65535)] = 5006
    #: Processes that send to viewers; 0 or 1 for the server's own alone.
    workers: Annotated[int, Limits(ge=0, le=64)] = 0
    site: SiteConfig = field(default_factory=SiteConfig)
    plugins: PluginsConfig = field(default_factory=PluginsConfig)
    #: The source's own table, as written; the kind of source that is opened reads it.
    source: Mapping[str, Any] = field(default_factory=dict)
    #: More sources by name, as written: `url`, `feeds`, and what their kind reads itself.
    sources: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    #: The plugins' own tables by name, as written; each plugin's `Settings` class reads its own.
    plugin: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    page: Mapping[str, PageConfig] = field(default_factory=dict)
    #: Panel apps by the slug of their page: paths of scripts and notebooks.
    apps: Mapping[str, str] = field(default_factory=dict)
    #: ``shared``: each is run once for all viewers; ``private``: once for each of them.
    app_scope: Literal["shared", "private"] = "shared"
    #: Other hosts that apps' pages may load scripts, styles, fonts and images from.
    app_hosts: tuple[Host, ...] = ()
    #: Grades of status words by word; they win over those of plugins.
    words: Mapping[str, Grade] = field(default_factory=dict)
    access: AccessConfig = field(default_factory=AccessConfig)


def find_config(path: Path | str | None = None, env: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file that settings are read from: `path`, ``MUNTIN_CONFIG``, or ./muntin.toml."""
    named = path or env.get("MUNTIN_CONFIG")
    if named:
        return Path(named)
    return Path(DEFAULT_NAME) if Path(DEFAULT_NAME).is_file() else None


def load_config(path: Path | str | None = None, env: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of a file and the environment; raise ConfigError naming every mistake.

    Without a file, and without ``MUNTIN_*`` variables, these are the defaults, and cheap.
    """
    file = find_config(path, env)
    config, problems = _of_file(file, env) if file is not None else (Config(), [])
    overrides, more = _of_environment(env)
    if config is None or problems or more:
        raise ConfigError([*problems, *more])
    return _overridden(config, overrides)


def find_users(path: Path | str | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """Return where the users file is, or will be; the secrets of the settings are not needed."""
    file = find_config(path, env)
    access = _read(file).get("access", {}) if file is not None else {}
    named = access.get("users", USERS) if isinstance(access, dict) else USERS
    if not isinstance(named, str):
        raise ConfigError([f"{file}: access.users: should be a valid string"])
    return Path(_absolute(named or USERS, file) if file is not None else named)


def _of_file(file: Path, env: Mapping[str, str]) -> tuple[Config | None, list[str]]:
    config, problems = parse_table(Config, _read(file), env=env)
    if config is None:
        return None, [f"{file}: {problem}" for problem in problems]
    access = beside(config.access, file)
    apps = {slug: _absolute(path, file) for slug, path in config.apps.items()}
    sources = {name: _located(table, file) for name, table in config.sources.items()}
    state = _absolute(config.state, file)
    return replace(config, state=state, sources=sources, apps=apps, access=access), []


def _located(table: dict[str, Any], file: Path) -> dict[str, Any]:
    url = table.get("url")
    return {**table, "url": _absolute(url, file)} if isinstance(url, str) else table


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{file}: not valid TOML: {error}"]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{file}: not UTF-8 text (at line {line})"]) from None
    except RecursionError:
        raise ConfigError([f"{file}: nested too deeply"]) from None
    except OSError as error:
        raise ConfigError([f"{file}: cannot be read: {error.strerror or error}"]) from None


def _absolute(state: str, file: Path) -> str:
    """Return a directory named in a file as it is from there, wherever the program was started."""
    if not state or "://" in state:
        return state
    return str(file.absolute().parent / Path(state).expanduser())


#: Tables whose scalars the environment may override, by the name's part before ``__``.
_TABLES: Mapping[str, type] = {"": Config, "SITE": SiteConfig, "PLUGINS": PluginsConfig}
_SCALARS = {
    "MUNTIN_STATE": ("", "state"),
    "MUNTIN_ADDRESS": ("", "address"),
    "MUNTIN_PORT": ("", "port"),
    "MUNTIN_WORKERS": ("", "workers"),
    "MUNTIN_SITE__TITLE": ("SITE", "title"),
    "MUNTIN_SITE__MODE": ("SITE", "mode"),
    "MUNTIN_SITE__REFRESH": ("SITE", "refresh"),
    "MUNTIN_SITE__DISCLAIMER": ("SITE", "disclaimer"),
    "MUNTIN_PLUGINS__STRICT": ("PLUGINS", "strict"),
}

#: Values from the environment by table and name.
Overrides = dict[tuple[str, str], Any]


def _of_environment(env: Mapping[str, str]) -> tuple[Overrides, list[str]]:
    """Return what the environment sets, and its problems; an empty variable sets nothing.

    Other ``MUNTIN_*`` names are none of ours: an orchestrator makes such for a service's name.
    """
    values: Overrides = {}
    problems = list(_unknown_variables(env))
    for variable, (table, name) in _SCALARS.items():
        text = env.get(variable)
        if text:
            value, problem = parse_text(field_types(_TABLES[table])[name], text)
            values[table, name] = value
            problems += [f"environment: {variable}: {problem}"] if problem else []
    return values, problems


def _unknown_variables(env: Mapping[str, str]) -> Iterator[str]:
    for variable in sorted(env):
        if variable.startswith(("MUNTIN_SITE__", "MUNTIN_PLUGINS__")) and variable not in _SCALARS:
            yield f"environment: {variable}: unknown{hint(variable, _SCALARS)}"


def _overridden(config: Config, overrides: Overrides) -> Config:
    def values(table: str) -> dict[str, Any]:
        return {name: value for (where, name), value in overrides.items() if where == table}

    return replace(
        config,
        site=replace(config.site, **values("SITE")),
        plugins=replace(config.plugins, **values("PLUGINS")),
        **values(""),
    )


__all__ = [
    "DEFAULT_NAME",
    "AccessConfig",
    "Config",
    "OidcConfig",
    "PageConfig",
    "PanelConfig",
    "PluginsConfig",
    "ProxyConfig",
    "Secret",
    "SiteConfig",
    "find_config",
    "find_users",
    "load_config",
]
