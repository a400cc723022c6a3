"""What serves a page that viewers share: panels on a stage, or a Panel app."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from muntin.live.relay.protocols import Audience, RelayedStage
from muntin.live.stage.stage import PageState, StageMetrics
from muntin.pages import Page


class SharedStage(RelayedStage, Protocol):
    """A stage as the server sees it."""

    page: Page
    figures: StageMetrics
    #: Set once the first render is done, or has failed.
    ready: threading.Event

    @property
    def shown(self) -> PageState | None:
        """The current state; None before the first render."""
        ...

    @property
    def behind(self) -> bool:
        """True if the page is out of date because it has no viewers."""
        ...

    @property
    def running(self) -> tuple[str, float]:
        """Slug of the panel whose view is running, and for how many seconds."""
        ...

    def start(self, audience: Audience) -> None:
        """Render the page, then follow the store."""
        ...

    def stop(self, timeout: float = 2.0) -> None:
        """End the stage; a view that hangs is left behind."""
        ...

    def then(self, done: Callable[[], None]) -> None:
        """Call `done` once the page is up to date."""
        ...
