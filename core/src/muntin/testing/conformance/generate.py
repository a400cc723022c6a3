"""Making tests out of checks: one for every case of every plugin."""

from __future__ import annotations

from typing import Any

import pytest

from muntin.testing.conformance import suite
from muntin.testing.conformance.subject import BUDGET, NoPlugin, Subject, named_by, subjects

#: The plugins of a session by the module that tests them, so that each is loaded once.
LOADED = pytest.StashKey[dict[str, tuple[Subject, ...]]]()


def generate(metafunc: pytest.Metafunc) -> None:
    """Parametrise one of our test functions with its cases."""
    config = metafunc.config
    loaded = config.stash.setdefault(LOADED, {})
    name = metafunc.module.__name__
    if name not in loaded:
        try:
            loaded[name] = _plugins(config, metafunc.module)
        except NoPlugin as error:
            raise pytest.Collector.CollectError(str(error)) from None
    made: Any = getattr(metafunc.function, "muntin_cases")  # noqa: B009  # set by `checks`
    cases = [case for subject in loaded[name] for case in made(subject)]
    none = pytest.mark.skip(reason="the plugin has nothing that this is asked of")
    metafunc.parametrize(
        "case",
        [pytest.param(case, id=case.id) for case in cases]
        or [pytest.param(None, id="none", marks=none)],
    )


def _plugins(config: pytest.Config, module: Any) -> tuple[Subject, ...]:
    asked = config.getoption("muntin_budget")
    ours = module.__name__ == suite.__name__
    names = config.getoption("muntin_conform") if ours else [named_by(module)]
    settings = getattr(module, "MUNTIN_SETTINGS", {})
    budget = asked or getattr(module, "MUNTIN_BUDGET", BUDGET)
    return tuple(one for name in names for one in subjects(name, settings, budget))
