"""Plugins: found by their metadata, brought up one by one, and none can stop the others.

`discover` reads which are installed, `load` takes each through its life, and the `PluginSet` it
returns holds a record of every one, with its state and the reason.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from muntin.plugins import _discovery
from muntin.plugins._attempt import TIME_LIMIT, PluginHangs, Seen, attempt
from muntin.plugins._claims import Claims
from muntin.plugins._discovery import Candidate, discover
from muntin.plugins._lifecycle import Terms, bring_up
from muntin.plugins._records import PluginRecord, State
from muntin.plugins._set import PluginSet, assemble


def load(
    *,
    plugins: Mapping[str, object] | None = None,
    discover: bool = True,
    only: Iterable[str] | None = None,
    disable: Iterable[str] = (),
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    env: Mapping[str, str] | None = None,
    limit: float = TIME_LIMIT,
    seen: Seen | None = None,
) -> PluginSet:
    """Return every plugin, installed or passed by hand in `plugins`, with what became of it.

    `only` and `disable` name plugins or their distributions, `settings` holds their tables by
    name, and no import or hook may take longer than `limit` seconds. What plugins print
    meanwhile goes to standard error. `seen` is told of each call of their code, and its time.
    """
    import muntin

    candidates = (*_discovery.given(plugins or {}), *(_discovery.discover() if discover else ()))
    terms = Terms(
        muntin.__version__, None if only is None else tuple(only), tuple(disable),
        settings or {}, env, limit, seen,
    )  # fmt: skip
    with quiet():
        records = [bring_up(candidate, terms) for candidate in candidates]
    claims = Claims()
    return assemble((claims.settle(record) for record in records), seen)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what other people's code prints to standard error, so that it spoils no output."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


__all__ = [
    "TIME_LIMIT",
    "Candidate",
    "PluginHangs",
    "PluginRecord",
    "PluginSet",
    "Seen",
    "State",
    "attempt",
    "discover",
    "load",
    "quiet",
]
