"""Running other people's code: the one place where whatever a plugin does while loading ends."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from muntin.errors import PluginError
from muntin.raised import place_of, summary_of

T = TypeVar("T")

_HERE = os.path.dirname(__file__)  # noqa: PTH120 - compared with the names of frames

#: Told of each call of a plugin's code: plugin, what was called, seconds.
Seen = Callable[[str, str, float], None]

#: `attempt` itself, with its last arguments given already.
Attempt = Callable[[str, str, Callable[[], Any]], Any]

#: Seconds that a plugin's import, settings or hook may take, unless the caller says otherwise.
TIME_LIMIT = 10.0


class PluginHangs(PluginError):
    """A plugin did not answer in time; the thread that asked it is left behind."""


def attempt(
    plugin: str,
    what: str,
    call: Callable[[], T],
    limit: float = TIME_LIMIT,
    seen: Seen | None = None,
) -> T:
    """Return what `call` returns; raise PluginError if it raises, exits or takes too long.

    It runs on a daemon thread, so that one that hangs is left behind. A person's Ctrl-C reaches
    the main thread only: what is raised here is the plugin's own, be it a KeyboardInterrupt.
    `seen` is told how long it took.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - boundary: loading a plugin
            errors.append(error)

    thread = threading.Thread(target=run, name=f"muntin-plugin-{plugin}", daemon=True)
    began = time.perf_counter()
    thread.start()
    thread.join(limit)
    if seen is not None:
        seen(plugin, what, time.perf_counter() - began)
    if results:
        return results[0]
    if not errors:
        raise PluginHangs(plugin, f"{what} took longer than {limit:g} s")
    error = errors[0]
    if isinstance(error, PluginError):
        raise error
    raise _refusal(plugin, what, error) from error


def _refusal(plugin: str, what: str, error: BaseException) -> PluginError:
    """Return the PluginError that says what went wrong."""
    if isinstance(error, SystemExit):
        return PluginError(plugin, f"{what} tried to end the program (SystemExit: {error.code})")
    return PluginError(plugin, f"{what} failed: {describe(error)}")


def describe(error: BaseException) -> str:
    """Return an exception in one line: its type, its words, and the line that raised it."""
    place = place_of(error, passing=("importlib", _HERE))
    return summary_of(error) + (f" ({place})" if place else "")
