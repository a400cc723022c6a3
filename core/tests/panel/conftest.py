"""Apps at work; each ends with its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from core.tests.panel.kit import RunningApp

#: The fixture `run`: puts an app on a stage and starts it.
Run = Callable[..., RunningApp]


@pytest.fixture
def run() -> Iterator[Run]:
    started: list[RunningApp] = []

    def make(app: Any, **options: Any) -> RunningApp:
        started.append(running := RunningApp(app, **options))
        return running.start()

    yield make
    for running in started:
        running.stage.stop()
