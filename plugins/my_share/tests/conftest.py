"""The page as somebody gets it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# These tests are no package, and share a module.
sys.path.insert(0, str(Path(__file__).parent))

from share_kit import PAGE, state  # type: ignore[import-not-found]  # beside this file

from muntin import Snapshot, Viewer
from muntin.testing import Rendered, render


@pytest.fixture
def see() -> Callable[..., Rendered]:
    """Return what draws the page for somebody, from a register or a whole snapshot."""

    def seen(who: str, document: Any, nav: Any = 10_500.0, **claims: Any) -> Rendered:
        made = document if isinstance(document, Snapshot) else state(document, nav)
        shown = render(PAGE, made, Viewer(who, frozenset({"investor"}), claims))
        assert shown.faults == {}
        return shown

    return seen
