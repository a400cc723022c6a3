"""The hooks of one plugin: are they well formed, and what do they return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import pluggy

from muntin import hookspecs
from muntin.errors import PluginError
from muntin.hookspecs import GROUP, SourceKind
from muntin.pages import Page, Panel
from muntin.plugins.attempt import Attempt
from muntin.settings.parsing import hint

T = TypeVar("T")

#: More results than this are a runaway generator.
MOST = 1000

#: What each contributing hook returns.
RESULTS: Mapping[str, type] = {
    "muntin_pages": Page,
    "muntin_panels": Panel,
    "muntin_sources": SourceKind,
}


def new_manager() -> pluggy.PluginManager:
    """Return a plugin manager that knows the hooks of Muntin and no plugin."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    return manager


def check_hooks(plugin: str, target: object) -> pluggy.PluginManager:
    """Return a manager that knows this plugin alone; raise PluginError naming every wrong hook."""
    manager = new_manager()
    known = specifications(manager)
    problems = [
        problem for name in dir(target) for problem in _problems(manager, target, name, known)
    ]
    if problems:
        raise PluginError(plugin, "; ".join(problems))
    try:
        manager.register(target, plugin)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginError(plugin, " ".join(str(error).split())) from error
    if not manager.get_hookcallers(target):
        raise PluginError(plugin, "has no hooks: mark its functions with @muntin.hookimpl")
    return manager


def specifications(manager: pluggy.PluginManager) -> Mapping[str, tuple[str, ...]]:
    """Return the arguments of every hook by its name."""
    names = [name for name in vars(hookspecs) if name.startswith(f"{GROUP}_")]
    return {name: tuple(getattr(manager.hook, name).spec.argnames) for name in names}


def _problems(
    manager: pluggy.PluginManager, target: object, name: str, known: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    options = manager.parse_hookimpl_opts(target, name)
    function = getattr(target, name, None)
    if options is None:
        if name in known and callable(function) and not hasattr(function, f"{GROUP}_spec"):
            yield f"{name} is not marked with @muntin.hookimpl"
        return
    hook = options.get("specname") or name
    if hook not in known:
        yield f"{hook}: no such hook{hint(hook, known)}"
    elif options.get("wrapper") or options.get("hookwrapper"):
        yield f"{hook}: wrappers are not supported"
    elif inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield f"{hook}: a hook cannot be async"
    else:
        yield from _wrong_arguments(hook, function, known[hook])


def _wrong_arguments(hook: str, function: Any, known: tuple[str, ...]) -> Iterator[str]:
    for name, parameter in inspect.signature(function).parameters.items():
        free = parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
        if name not in known and not free and parameter.default is parameter.empty:
            takes = f"it takes {' and '.join(known)}" if known else "it takes none"
            yield f"{hook}: unknown argument {name!r}{hint(name, known) or f', {takes}'}"


def implementations(
    manager: pluggy.PluginManager, hook: str
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield plugin name and function for every implementation of a hook, by plugin name.

    The function takes the hook's arguments as keywords and drops those it does not ask for.
    """
    found = getattr(manager.hook, hook).get_hookimpls()
    for implementation in sorted(found, key=lambda one: one.plugin_name):
        yield implementation.plugin_name, _caller(implementation)


def _caller(implementation: Any) -> Callable[..., Any]:
    def call(**arguments: Any) -> Any:
        return implementation.function(*(arguments[name] for name in implementation.argnames))

    return call


def collect(
    plugin: str, manager: pluggy.PluginManager, hook: str, attempt: Attempt, **arguments: Any
) -> tuple[Any, ...]:
    """Return one plugin's checked results; a generator that raises halfway gives none at all.

    The manager knows this plugin alone.
    """
    results: list[Any] = []
    for _, call in implementations(manager, hook):
        results += attempt(plugin, hook, partial(_listed, plugin, hook, call, arguments))
    for result in results:
        _check_result(plugin, hook, result)
    return tuple(results)


def _listed(
    plugin: str, hook: str, call: Callable[..., Any], arguments: Mapping[str, Any]
) -> list[Any]:
    """Return what a hook yields as a list; runs inside the attempt, as generators run code."""
    returned = call(**arguments)
    kind = RESULTS[hook].__name__
    if returned is None or not isinstance(returned, Iterable) or isinstance(returned, str):
        what = "None" if returned is None else f"a {type(returned).__name__}"
        reason = f"{hook} returned {what}; yield each {kind}, or return a list of them"
        raise PluginError(plugin, reason)
    results = list(islice(returned, MOST + 1))
    if len(results) > MOST:
        raise PluginError(plugin, f"{hook} returned more than {MOST} results")
    return results


def _check_result(plugin: str, hook: str, result: object) -> None:
    kind = RESULTS[hook]
    if not isinstance(result, kind):
        reason = f"{hook} returned a {type(result).__name__} where a {kind.__name__} is expected"
        raise PluginError(plugin, reason)
