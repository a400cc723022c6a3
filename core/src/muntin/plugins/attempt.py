"""Calling a plugin's code while it is loaded: whatever it does ends here, as a PluginError."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from muntin.errors import PluginError
from muntin.tracebacks import place_of, summary_of

T = TypeVar("T")

_HERE = os.path.dirname(__file__)  # noqa: PTH120 - compared with the names of frames
#: Frames that only pass on a mistake of the line that called them.
_PASSING = ("importlib", "<string>", _HERE, *(f"muntin{os.sep}{one}" for one in ("pages", "state")))

#: Called after each call of a plugin's code: plugin, what was called, seconds.
OnCall = Callable[[str, str, float], None]

#: `attempt` with its limit and observer given already.
Attempt = Callable[[str, str, Callable[[], Any]], Any]

#: Seconds that a plugin's import, settings or hook may take, unless the caller says otherwise.
TIME_LIMIT = 10.0


class PluginHangs(PluginError):
    """A plugin did not answer in time; the thread that called it is abandoned."""


def attempt(
    plugin: str,
    what: str,
    call: Callable[[], T],
    limit: float = TIME_LIMIT,
    on_call: OnCall | None = None,
) -> T:
    """Return what `call` returns; raise PluginError if it raises, exits or takes too long.

    It runs on a daemon thread, so that one that hangs can be abandoned. Ctrl-C reaches the main
    thread only, so even a KeyboardInterrupt here was raised by the plugin. `on_call` gets the
    seconds that it took.
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
    if on_call is not None:
        on_call(plugin, what, time.perf_counter() - began)
    if results:
        return results[0]
    if not errors:
        raise PluginHangs(plugin, f"{what} took longer than {limit:g} s")
    error = errors[0]
    if isinstance(error, PluginError):
        raise error
    raise _plugin_error(plugin, what, error) from error


def _plugin_error(plugin: str, what: str, error: BaseException) -> PluginError:
    if isinstance(error, SystemExit):
        return PluginError(plugin, f"{what} tried to end the program (SystemExit: {error.code})")
    return PluginError(plugin, f"{what} failed: {describe(error)}")


def describe(error: BaseException) -> str:
    """Return an exception in one line: its type, its text, and the line that raised it."""
    place = place_of(error, passing=_PASSING)
    return summary_of(error) + (f" ({place})" if place else "")
