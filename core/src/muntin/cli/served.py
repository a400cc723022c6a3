"""What `muntin serve` and `muntin check` are given: a state, apps, or both."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

import click

from muntin.apps import is_app, named_apps
from muntin.settings import Config


def with_apps(
    settings: Config,
    words: Iterable[str],
    *,
    private: bool = False,
    env: Mapping[str, str] = os.environ,
) -> tuple[Config, str | None]:
    """Return the settings with the apps that `words` name, and the state among them.

    Where apps are named and no state is, the installed plugins have nothing to show.
    """
    words = tuple(words)
    apps = named_apps(word for word in words if is_app(word))
    states = [word for word in words if not is_app(word)]
    if len(states) > 1:
        raise click.UsageError(
            f"one state at a time, not {' and '.join(states)}; apps end in .py or .ipynb"
        )
    settings = replace(settings, apps={**settings.apps, **apps})
    if private:
        settings = replace(settings, app_scope="private")
    if apps and not (states or settings.state or env.get("STATE_DIR")):
        settings = replace(settings, plugins=replace(settings.plugins, only=()))
    return settings, states[0] if states else None
