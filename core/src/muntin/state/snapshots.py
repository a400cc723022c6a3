"""Readings and snapshots: the state of every feed at one instant, and how far to trust it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from muntin.errors import EmptyFeed, FeedUnavailable, MalformedFeed, UndeclaredFeed
from muntin.state.feeds import Feed

T = TypeVar("T")
D = TypeVar("D")

#: What a feed's parser, which is a plugin's code, may raise besides MalformedFeed and EmptyFeed.
PARSER_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)

#: A document's time may lie this far in the future before it counts as skewed.
SKEW = timedelta(seconds=5)


class Status(StrEnum):
    """How far a reading can be trusted, from best to worst."""

    LIVE = "live"
    LATE = "late"
    UNDATED = "undated"
    SKEWED = "skewed"
    EMPTY = "empty"
    STALE = "stale"
    MISSING = "missing"
    MALFORMED = "malformed"
    UNREADABLE = "unreadable"

    @property
    def rank(self) -> int:
        """Position from best (0) to worst."""
        return _ORDER[self]


_ORDER = {status: rank for rank, status in enumerate(Status)}

#: What each status means, for a person.
MEANING: Mapping[Status, str] = MappingProxyType(
    {
        Status.LIVE: "within its usual period",
        Status.LATE: "older than usual",
        Status.UNDATED: "its age is unknown because the document holds no usable time",
        Status.SKEWED: "its time lies in the future: clocks disagree",
        Status.EMPTY: "the producer published nothing",
        Status.STALE: "too old to be current",
        Status.MISSING: "never seen",
        Status.MALFORMED: "the document has the wrong shape",
        Status.UNREADABLE: "the document cannot be read",
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One observation of a feed: its parsed value and time, or what is wrong with it.

    If `fault` is set, `value` is the last good one and keeps its own `as_of`.
    """

    feed: Feed[Any]
    value: Any = None
    raw: Any = None
    #: Time of `value`, from the document itself.
    as_of: datetime | None = None
    #: ``empty``, ``malformed``, ``unreadable`` or ``missing``; None for a good document.
    fault: Status | None = None
    #: What is wrong, in words for an operator.
    problem: str = ""
    #: When this reading was made, by the reader's clock.
    seen_at: datetime | None = None
    #: Since when the fault has lasted, by the reader's clock.
    fault_since: datetime | None = None
    #: Size in bytes, file time and seconds taken to parse, where the source knows them.
    size: int | None = None
    modified_at: datetime | None = None
    parse_seconds: float = 0.0
    #: Where the document is, for people: a file's name, a key, an object. "" if no source said.
    place: str = ""

    @property
    def where(self) -> str:
        """Where the document is; the feed's name until its source has said."""
        return self.place or self.feed.name

    @property
    def has_value(self) -> bool:
        """True if there is a good value, from this or an earlier document."""
        return self.value is not None

    def age(self, now: datetime) -> timedelta | None:
        """Return the age of the value by the reader's clock; None if its time is unknown."""
        return None if self.as_of is None else now - self.as_of

    def status(self, now: datetime) -> Status:
        """Return the status at an instant; a fault counts more than age."""
        if self.fault is not None:
            return self.fault
        age = self.age(now)
        if age is None:
            return Status.UNDATED
        if age < -SKEW:
            return Status.SKEWED
        seconds = age.total_seconds()
        if seconds > self.feed.stale_after:
            return Status.STALE
        return Status.LATE if seconds > self.feed.late_after else Status.LIVE

    def turns_at(self, now: datetime) -> datetime | None:
        """Return the next instant at which age alone changes the status; None if it never does."""
        if self.fault is not None or self.as_of is None:
            return None
        limits = (-SKEW.total_seconds(), self.feed.late_after, self.feed.stale_after)
        try:
            turns = [self.as_of + timedelta(seconds=limit) for limit in limits]
        except OverflowError:  # a time at the end of the calendar
            return None
        return min((turn for turn in turns if turn >= now), default=None)

    def after(self, previous: Reading | None) -> Reading:
        """Return this reading as the successor of `previous`: a fault keeps the last good value."""
        if previous is None:
            return self
        if self.fault is None:
            return self._merged(previous)
        fault, problem = self.fault, self.problem
        if fault is Status.MISSING and _was_there(previous):
            fault, problem = Status.UNREADABLE, problem.replace("never seen", "gone", 1)
        same = previous.fault is fault and previous.fault_since is not None
        since = previous.fault_since if same else self.fault_since
        said = replace(self, fault=fault, problem=problem, fault_since=since)
        if self.value is not None:
            return said
        return replace(said, value=previous.value, raw=previous.raw, as_of=previous.as_of)

    def _merged(self, previous: Reading) -> Reading:
        merge = self.feed.merge
        if merge is None or previous.value is None:
            return self
        try:
            return replace(self, value=merge(previous.value, self.value))
        except PARSER_FAULTS as error:
            problem = _parser_failed(self.feed, error)
            now = self.seen_at
            return replace(
                previous, fault=Status.MALFORMED, problem=problem, seen_at=now, fault_since=now
            )


def read(feed: Feed[Any], raw: Any, seen_at: datetime, **extra: Any) -> Reading:
    """Return the reading of a raw document, good or faulty; no content makes it raise.

    `extra` are facts that the source knows: `size`, `modified_at`, `parse_seconds`, `place`.
    """
    try:
        value = feed.read(raw)
    except EmptyFeed as error:
        return failed(feed, Status.EMPTY, str(error), seen_at, **extra)
    except MalformedFeed as error:
        return failed(feed, Status.MALFORMED, str(error), seen_at, **extra)
    except PARSER_FAULTS as error:
        return failed(feed, Status.MALFORMED, _parser_failed(feed, error), seen_at, **extra)
    if value is None:
        return failed(feed, Status.MALFORMED, "its parser returned nothing", seen_at, **extra)
    return Reading(feed, value, raw, feed.observed(raw), seen_at=seen_at, **extra)


def _was_there(reading: Reading) -> bool:
    return reading.has_value or reading.fault not in {Status.MISSING, Status.UNREADABLE}


def _parser_failed(feed: Feed[Any], error: Exception) -> str:
    return f"the parser of {feed.name!r} failed: {type(error).__name__}: {error}"[:300]


def failed(
    feed: Feed[Any], fault: Status, problem: str, seen_at: datetime, **extra: Any
) -> Reading:
    """Return a reading without a value, for a document that is faulty or missing."""
    return Reading(
        feed, fault=fault, problem=problem, seen_at=seen_at, fault_since=seen_at, **extra
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every reading at one version and instant; immutable. ``snapshot[FEED]`` is a feed's value."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    version: int = 0
    #: Feeds that may be asked for; None allows all.
    declared: frozenset[str] | None = None
    _others: dict[Feed[Any], Reading] = field(default_factory=dict, repr=False, compare=False)

    def reading(self, feed: Feed[Any]) -> Reading:
        """Return the reading of a feed, with status ``missing`` if it was never seen."""
        if self.declared is not None and feed.name not in self.declared:
            raise UndeclaredFeed(feed.name)
        found = self.readings.get(feed.name)
        if found is None:
            return failed(feed, Status.MISSING, "never seen", self.now)
        return found if found.feed.parse is feed.parse else self._parsed_by(feed, found)

    def _parsed_by(self, feed: Feed[Any], found: Reading) -> Reading:
        """Return a reading as another plugin's feed of the same name parses it; cached."""
        if feed not in self._others:
            made = found if found.raw is None else read(feed, found.raw, found.seen_at or self.now)
            fault, problem = found.fault or made.fault, found.problem or made.problem
            self._others[feed] = replace(
                found, feed=feed, value=made.value, fault=fault, problem=problem
            )
        return self._others[feed]

    def __getitem__(self, feed: Feed[T]) -> T:
        """Return the feed's last good value; raise FeedUnavailable without one."""
        reading = self.reading(feed)
        if reading.value is None:
            raise FeedUnavailable(feed.name, reading.problem or str(self.status(feed)))
        value: T = reading.value
        return value

    def get(self, feed: Feed[T], default: D) -> T | D:
        """Return the feed's last good value, or `default` without one."""
        value = self.reading(feed).value
        return default if value is None else value

    def status(self, feed: Feed[Any]) -> Status:
        """Return the feed's status at the snapshot's instant."""
        return self.reading(feed).status(self.now)

    def age(self, feed: Feed[Any]) -> timedelta | None:
        """Return the age of the feed's value at the snapshot's instant; None if unknown."""
        return self.reading(feed).age(self.now)

    def limited(self, feeds: Iterable[Feed[Any]]) -> Snapshot:
        """Return the same snapshot, restricted to `feeds`; reading another raises."""
        return replace(self, declared=frozenset(feed.name for feed in feeds))

    def only(self, names: Container[str]) -> Snapshot:
        """Return the same snapshot with the readings of these feeds only."""
        kept = {name: reading for name, reading in self.readings.items() if name in names}
        return replace(self, readings=kept)

    def statuses(self) -> dict[str, Status]:
        """Return the status of every reading by feed name."""
        return {name: reading.status(self.now) for name, reading in self.readings.items()}
