"""Long trials run only when asked for by name: ``make faults``, or ``pytest -m faults``."""

from __future__ import annotations

import re

import pytest

#: Seconds that a long trial may take; a test of `make test` has 120.
LONGEST = 1800


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the trials marked ``faults`` unless the marker expression names them."""
    long = [item for item in items if item.get_closest_marker("faults")]
    for item in long:
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONGEST))
    if not re.search(r"\bfaults\b", config.option.markexpr):
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]
