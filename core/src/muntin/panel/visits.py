"""What a session of one viewer is opened with, and why it may not open; cheap to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tornado.httputil import HTTPServerRequest

from muntin.errors import MuntinError
from muntin.live.stage.faults import Fault
from muntin.pages import Page, Viewer
from muntin.site import Site


@dataclass(frozen=True, slots=True)
class VisitRequest:
    """A viewer's request for a session of their own.

    `page` has only the panels that are this viewer's. If `limited`, the viewer learns of the feeds
    of these panels and of no others. `happened` is told of events: kind, subject, detail.
    """

    site: Site
    page: Page
    viewer: Viewer
    request: HTTPServerRequest
    token: str
    limited: bool = False
    happened: Callable[[str, str, str], None] = lambda *_: None


class NotStarted(MuntinError):
    """An app has failed to start for a viewer; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.summary)
        self.fault = fault
