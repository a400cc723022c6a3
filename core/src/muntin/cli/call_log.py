"""``--trace``: the time of each call of a hook or a view, in the log."""

from __future__ import annotations

import structlog

log = structlog.get_logger("muntin.trace")


def log_call(plugin: str, what: str, seconds: float) -> None:
    """Log that a plugin's code was called, and for how long it ran."""
    ms = round(1000 * seconds, 3)
    if what.startswith("view "):
        log.info("view", plugin=plugin, panel=what.removeprefix("view "), ms=ms)
    else:
        log.info("hook", plugin=plugin, hook=what, ms=ms)


__all__ = ["log_call"]
