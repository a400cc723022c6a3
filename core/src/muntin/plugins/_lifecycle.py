"""The life of one plugin, step by step; every step can end it, with a reason.

metadata -> filter -> requirement -> import -> hooks checked -> settings -> hooks called.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from muntin.errors import PluginError
from muntin.plugins._attempt import TIME_LIMIT, Attempt, Seen, attempt
from muntin.plugins._discovery import Candidate
from muntin.plugins._hooks import check_hooks, collect
from muntin.plugins._records import PluginRecord, State
from muntin.plugins._versions import check_requirement
from muntin.raised import trace_of
from muntin.tables import join, parse_table


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms plugins are loaded: the operator's choice, settings and limits."""

    #: The running version of Muntin.
    running: str
    #: If given, no other plugin is loaded.
    only: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    #: The ``[plugin.NAME]`` tables by name.
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Where secrets in settings are looked up; None for the process's own environment.
    env: Mapping[str, str] | None = None
    limit: float = TIME_LIMIT
    #: Told of each call of a plugin's code.
    seen: Seen | None = None

    @property
    def attempt(self) -> Attempt:
        """How a plugin's code is run."""
        return partial(attempt, limit=self.limit, seen=self.seen)


def bring_up(candidate: Candidate, terms: Terms) -> PluginRecord:
    """Return what becomes of a candidate; never raises for anything the plugin does."""
    record = PluginRecord(
        candidate.name, candidate.distribution, candidate.version, candidate.module
    )
    unwanted = _unwanted(candidate, terms)
    if unwanted:
        return replace(record, state=State.DISABLED, reason=unwanted)
    try:
        check_requirement(candidate.name, candidate.requires, terms.running)
        began = time.perf_counter()
        target = terms.attempt(candidate.name, "import", candidate.load)
        record = replace(record, import_seconds=time.perf_counter() - began)
        return _contributions(record, target, terms)
    except PluginError as error:
        return failed(record, error)


def failed(record: PluginRecord, error: PluginError) -> PluginRecord:
    """Return the record of a plugin that ended with an error: it contributes nothing."""
    return replace(
        record, state=State(error.state), reason=error.reason, trace=trace_of(error.__cause__),
        pages=(), panels=(), sources=(), settings=None, target=None,
    )  # fmt: skip


def _unwanted(candidate: Candidate, terms: Terms) -> str:
    if terms.only is not None and not candidate.named(terms.only):
        return "not among plugins.only"
    return "listed in plugins.disable" if candidate.named(terms.disable) else ""


def _contributions(record: PluginRecord, target: object, terms: Terms) -> PluginRecord:
    name, run = record.name, terms.attempt
    manager = run(name, "checking the hooks", lambda: check_hooks(name, target))
    settings = run(name, "settings", lambda: _settings(name, target, terms))
    return replace(
        record,
        pages=collect(name, manager, "muntin_pages", run, settings=settings),
        panels=collect(name, manager, "muntin_panels", run, settings=settings),
        sources=collect(name, manager, "muntin_sources", run),
        settings=settings,
        target=target,
    )


def _settings(name: str, target: object, terms: Terms) -> Any:
    """Return the plugin's own settings object, None if it has no settings."""
    raw = terms.settings.get(name, MappingProxyType({}))
    cls = getattr(target, "Settings", None)
    where = join("plugin", name)
    if cls is None:
        if raw:
            raise PluginError(name, f"{where}: this plugin has no settings")
        return None
    _check_settings_class(name, cls)
    if not raw and not _required(cls):
        return cls()
    settings, problems = parse_table(cls, dict(raw), where, terms.env)
    if problems:
        raise PluginError(name, "; ".join(problems))
    return settings


def _check_settings_class(name: str, cls: Any) -> None:
    if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
        raise PluginError(name, "Settings must be a frozen dataclass")
    if not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]  # every dataclass has it
        raise PluginError(name, "Settings must be frozen: @dataclass(frozen=True)")


def _required(cls: Any) -> bool:
    missing = dataclasses.MISSING
    return any(
        one.init and one.default is missing and one.default_factory is missing
        for one in dataclasses.fields(cls)
    )
