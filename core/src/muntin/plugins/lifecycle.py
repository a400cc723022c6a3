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

import pluggy

from muntin.errors import PluginError
from muntin.plugins.attempt import TIME_LIMIT, Attempt, OnCall, attempt
from muntin.plugins.discovery import Candidate
from muntin.plugins.hooks import check_hooks, collect
from muntin.plugins.records import PluginRecord, State
from muntin.plugins.versions import check_requirement
from muntin.settings.parsing import join, parse_table
from muntin.tracebacks import trace_of


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How plugins are loaded: the operator's choice of them, their settings, and limits."""

    #: The running version of Muntin.
    running: str
    #: If given, no other plugin is loaded.
    only: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    #: The ``[plugin.NAME]`` tables by name.
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Where secrets in settings are looked up; None for the environment of the process.
    env: Mapping[str, str] | None = None
    #: Seconds that an import or a hook may take.
    limit: float = TIME_LIMIT
    #: Called after each call of a plugin's code.
    on_call: OnCall | None = None

    @property
    def attempt(self) -> Attempt:
        """How a plugin's code is called."""
        return partial(attempt, limit=self.limit, on_call=self.on_call)


@dataclass(frozen=True, slots=True)
class Imported:
    """A plugin after its import: its record, and a manager that knows its hooks alone."""

    record: PluginRecord
    #: None if the plugin is not in use; its record says why.
    manager: pluggy.PluginManager | None = None


def bring_up(candidate: Candidate, options: LoadOptions) -> PluginRecord:
    """Return what becomes of a candidate; never raises for anything the plugin does."""
    imported = import_plugin(candidate, options)
    if imported.manager is None:
        return imported.record
    try:
        return _contributions(imported.record, imported.manager, options)
    except PluginError as error:
        return failed(imported.record, error)


def import_plugin(candidate: Candidate, options: LoadOptions) -> Imported:
    """Return a candidate imported, with its hooks checked and none of them called."""
    record = PluginRecord(
        candidate.name, candidate.distribution, candidate.version, candidate.module
    )
    unwanted = _unwanted(candidate, options)
    if unwanted:
        return Imported(replace(record, state=State.DISABLED, reason=unwanted))
    name, run = candidate.name, options.attempt
    try:
        check_requirement(name, candidate.requires, options.running)
        began = time.perf_counter()
        target = run(name, "import", candidate.load)
        record = replace(record, import_seconds=time.perf_counter() - began)
        manager = run(name, "checking the hooks", lambda: check_hooks(name, target))
    except PluginError as error:
        return Imported(failed(record, error))
    return Imported(replace(record, target=target), manager)


def failed(record: PluginRecord, error: PluginError) -> PluginRecord:
    """Return the record of a plugin that ended with an error: it contributes nothing."""
    return replace(
        record,
        state=State(error.state),
        reason=error.reason,
        trace=trace_of(error.__cause__),
        pages=(),
        panels=(),
        sources=(),
        settings=None,
        target=None,
    )


def _unwanted(candidate: Candidate, options: LoadOptions) -> str:
    if options.only is not None and not candidate.named(options.only):
        return "not among plugins.only"
    return "listed in plugins.disable" if candidate.named(options.disable) else ""


def _contributions(
    record: PluginRecord, manager: pluggy.PluginManager, options: LoadOptions
) -> PluginRecord:
    name, run = record.name, options.attempt
    settings = run(name, "settings", lambda: _settings(name, record.target, options))
    return replace(
        record,
        pages=collect(name, manager, "muntin_pages", run, settings=settings),
        panels=collect(name, manager, "muntin_panels", run, settings=settings),
        sources=collect(name, manager, "muntin_sources", run),
        settings=settings,
    )


def _settings(name: str, target: object, options: LoadOptions) -> Any:
    """Return the plugin's own settings object, None if it has no settings."""
    raw = options.settings.get(name, MappingProxyType({}))
    cls = getattr(target, "Settings", None)
    where = join("plugin", name)
    if cls is None:
        if raw:
            raise PluginError(name, f"{where}: this plugin has no settings")
        return None
    _check_settings_class(name, cls)
    if not raw and not _required(cls):
        return cls()
    settings, problems = parse_table(cls, dict(raw), where, options.env)
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
