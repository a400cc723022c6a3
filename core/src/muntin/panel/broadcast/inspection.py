"""What of an app works for all viewers at once, found by running it for a moment."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from bokeh.document import Document

from muntin.live.panel_apps import PERSONAL, controls_of, names_of
from muntin.pages import Page
from muntin.panel.broadcast.reads import personal_reads
from muntin.panel.broadcast.session import AppSession

#: Seconds for which an app runs on: what waits for the page to open is there then.
RUN_ON = 0.5
#: What is wrong with an app whose page stays empty.
NOTHING = "shows nothing: mark what its page consists of with .servable()"


@dataclass(frozen=True, slots=True)
class AppCheck:
    """How an app did: ``ok`` or ``failed``, why, and the seconds until its page was there."""

    page: str
    status: str
    problem: str
    seconds: float
    #: The controls that need Python, which are not in use on a shared page.
    controls: tuple[str, ...] = ()
    #: Where its code reads what is one viewer's own, one sentence each.
    personal: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if it runs and reads nothing that is one viewer's own."""
        return self.status == "ok" and not self.personal


def check_app(page: Page, limit: float) -> AppCheck:
    """Return how an app does that is run for at most so many seconds."""
    began = time.perf_counter()
    trial = _Trial(page)
    trial.run(limit)
    reads = personal_reads(page.app, PERSONAL)  # type: ignore[arg-type]  # the page has an app
    problem = trial.problem or ("" if trial.seconds else f"has not started within {limit:.0f} s")
    return AppCheck(
        page.slug,
        "failed" if problem else "ok",
        problem,
        round(trial.seconds or time.perf_counter() - began, 4),
        tuple(sorted(set(trial.controls))),
        tuple(map(str, reads)),
    )


class _Trial:
    """One run of an app."""

    def __init__(self, page: Page) -> None:
        self.problem, self.seconds, self.controls = "", 0.0, list[str]()
        self._over = threading.Event()
        self._began = time.perf_counter()
        self._session = AppSession(
            page.app,
            page.slug,
            page.title,
            take=lambda _: None,
            failed=self._failed,
            made=self._made,
            ended=self._over.set,
        )

    def run(self, limit: float) -> None:
        self._session.start()
        self._over.wait(limit)
        self._session.stop(2.0)

    def _failed(self, trace: str) -> None:
        self.problem = self.problem or (trace.strip().splitlines() or ["unknown"])[-1]

    def _made(self, document: Document) -> None:
        self.seconds = time.perf_counter() - self._began

        def look() -> None:
            if not document.roots:
                self.problem = self.problem or NOTHING
            self.controls = names_of(document, controls_of(document))
            self._over.set()

        self._session.call(look, RUN_ON)
