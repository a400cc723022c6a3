"""An environment in which no plugin is installed but those of the test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from core.tests.kit import install
from core.tests.plugins.kit import Install


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs a distribution with one plugin; no other is installed."""
    before = set(sys.modules)
    hidden = [folder for folder in sys.path if not list(Path(folder).glob("muntin*.dist-info"))]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *hidden])

    yield partial(install, tmp_path, version="1.2")
    for name in set(sys.modules) - before:
        del sys.modules[name]
