"""What each check is asked of: a plugin, a feed, a panel, a panel with a feed in some state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import pytest

from muntin.pages import Panel
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, Snapshot, Status
from muntin.testing.conformance.documents import HOSTILE
from muntin.testing.conformance.subject import Subject
from muntin.testing.snapshots import reading, snapshot

F = TypeVar("F", bound=Callable[..., Any])

#: The states that a feed may be in besides live; the last keeps its last good value.
CONDITIONS = (
    "missing", "late", "stale", "undated", "skewed", "empty", "malformed", "unreadable",
    "unreadable-kept",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to check; what does not apply is empty."""

    id: str
    subject: Subject
    panel: Panel | None = None
    feed: Feed[Any] | None = None
    #: A condition of the feed, or the name of a hostile text.
    what: str = ""

    @property
    def drawn(self) -> Panel:
        """The panel, of a case that has one."""
        assert self.panel is not None
        return self.panel

    @property
    def read(self) -> Feed[Any]:
        """The feed, of a case that has one."""
        assert self.feed is not None
        return self.feed


Cases = Callable[[Subject], Iterable[Case]]


def checks(cases: Cases) -> Callable[[F], F]:
    """Mark a test function as asked of every one of these cases."""

    def mark(function: F) -> F:
        function.muntin_cases = cases  # type: ignore[attr-defined]  # read when tests are made
        return function

    return mark


def each_plugin(subject: Subject) -> Iterator[Case]:
    """Yield the plugin, whatever became of it."""
    yield Case(subject.name, subject)


def each_active(subject: Subject) -> Iterator[Case]:
    """Yield the plugin if it could be loaded."""
    if subject.record.active:
        yield Case(subject.name, subject)


def each_with_settings(subject: Subject) -> Iterator[Case]:
    """Yield the plugin if it has settings."""
    if getattr(subject.record.target, "Settings", None) is not None:
        yield Case(subject.name, subject)


def each_feed(subject: Subject) -> Iterator[Case]:
    """Yield every feed."""
    for feed in subject.feeds:
        yield Case(f"{subject.name}-{feed.name}", subject, feed=feed)


def each_panel(subject: Subject) -> Iterator[Case]:
    """Yield every panel."""
    for page, panel in subject.panels:
        yield Case(f"{page}/{panel.slug}", subject, panel)


def each_panel_and_feed(subject: Subject) -> Iterator[Case]:
    """Yield every panel with each feed it reads."""
    for case in each_panel(subject):
        for feed in case.drawn.feeds:
            yield Case(f"{case.id}-{feed.name}", subject, case.panel, feed)


def each_condition(subject: Subject) -> Iterator[Case]:
    """Yield every panel with each feed it reads, and all of them, in every possible state."""
    for case in each_panel(subject):
        feeds = case.drawn.feeds
        for what in CONDITIONS:
            able = [feed for feed in feeds if _possible(feed, what)]
            for feed in able:
                yield Case(f"{case.id}-{feed.name}-{what}", subject, case.panel, feed, what)
            if len(able) > 1:
                yield Case(f"{case.id}-all-{what}", subject, case.panel, None, what)


def each_hostile(subject: Subject) -> Iterator[Case]:
    """Yield every panel that reads something, with each kind of hostile text."""
    for case in each_panel(subject):
        if case.drawn.feeds:
            for what in HOSTILE:
                yield Case(f"{case.id}-{what}", subject, case.panel, None, what)


def _possible(feed: Feed[Any], what: str) -> bool:
    try:
        in_condition(feed, what)
    except ValueError:
        return False
    return True


def all_in(panel: Panel, what: str) -> dict[Feed[Any], Reading]:
    """Return readings of all of a panel's feeds that can be in a condition."""
    return {feed: in_condition(feed, what) for feed in panel.feeds if _possible(feed, what)}


def in_condition(feed: Feed[Any], what: str) -> Reading:
    """Return a reading of the feed in one of `CONDITIONS`."""
    status, _, kept = what.partition("-")
    return reading(feed, Status(status), kept=bool(kept))


def examples(panel: Panel, later: float = 0.0) -> Snapshot:
    """Return a snapshot of the examples of all that a panel reads, each a copy and live."""
    return filled(panel, {}, later)


def filled(panel: Panel, raw: Mapping[Feed[Any], Any], later: float = 0.0) -> Snapshot:
    """Return the examples with other documents, or readings, for some of the feeds."""
    live = {feed: reading(feed, Status.LIVE, deepcopy(feed.example))
            for feed in panel.feeds if feed not in raw and usable(feed)}  # fmt: skip
    now = snapshot().now.timestamp() + later
    return snapshot({**live, **raw}, now=now)


def usable(feed: Feed[Any]) -> bool:
    """Return True if the feed's example parses; that it does is a check of its own."""
    try:
        return reading(feed).has_value
    except ValueError:
        return False


def refuse(*problems: str) -> NoReturn:
    """Fail the test with what is wrong and what to do; no trace of the check itself."""
    pytest.fail("\n".join(problems), pytrace=False)
