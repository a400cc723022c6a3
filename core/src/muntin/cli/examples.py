"""The demo's other documents: examples of the feeds that the simulated fund does not write.

So a plugin that somebody has just written is shown with values, by nothing but its own words.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from muntin.feeds import Feed
from muntin.fields import parse_time
from muntin.logs import Log
from muntin.nodes import lookup, put
from muntin.simulator import log_dir, paths

#: Seconds between two writes of an example, at least and at most.
QUICKEST, SLOWEST = 0.5, 10.0


@dataclass(slots=True)
class Example:
    """One feed's example on its way to disk."""

    feed: Feed[Any]
    path: Path
    #: The example as JSON.
    text: str
    #: When it is next written.
    due: float = 0.0
    _turns: Iterator[int] = field(default_factory=count)

    @property
    def every(self) -> float:
        """Seconds between two writes: often enough to stay live."""
        return min(SLOWEST, max(QUICKEST, self.feed.late_after / 3))

    def write(self, now: float) -> None:
        """Write the document anew, or the log's next row, as if observed now."""
        self.due = now + self.every
        turn = next(self._turns)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(self.feed, Log) or turn == 0:
            _publish(self.path, self._whole(now))
        elif rows := json.loads(self.text):
            raw = rows[turn % len(rows)]
            stamp(raw, self.feed.at, now)
            with self.path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(raw) + "\n")

    def _whole(self, now: float) -> str:
        raw = json.loads(self.text)
        if isinstance(self.feed, Log):
            return "".join(json.dumps(row) + "\n" for row in _moved(raw, self.feed.at, now))
        for paths_of_time in (self.feed.as_of, self.feed.written):
            stamp(raw, paths_of_time, now)
        return json.dumps(raw) + "\n"


def examples(feeds: Iterable[Feed[Any]], folder: Path) -> tuple[list[Example], list[str]]:
    """Return the examples to be written below a state directory, and why others are not."""
    known = paths(folder)
    found: list[Example] = []
    problems: list[str] = []
    for feed in feeds:
        path = Path(os.path.normpath(folder / feed.path))
        if path in known:
            continue
        problem = _problem(feed, path, folder)
        if problem:
            problems.append(f"{feed.name} {problem}, so the demo does not write it")
        else:
            found.append(Example(feed, path, json.dumps(feed.example)))
    return found, problems


def _problem(feed: Feed[Any], path: Path, folder: Path) -> str:
    if feed.example is None:
        return "has no example"
    if isinstance(feed, Log) and not isinstance(feed.example, list):
        return "is a log whose example is no list of rows"
    if not any(path.is_relative_to(place) for place in (folder, log_dir(folder))):
        return f"lies outside the demo's directory ({feed.path})"
    try:
        json.dumps(feed.example)
    except (TypeError, ValueError):
        return "has an example that is no JSON"
    return ""


@contextlib.contextmanager
def writing(found: Iterable[Example], clock: Callable[[], float] = time.time) -> Iterator[None]:
    """Write the examples, and keep them fresh on a thread of its own."""
    every, ended = list(found), threading.Event()

    def run() -> None:
        while every and not ended.wait(max(0.0, min(e.due for e in every) - clock())):
            _write_due(every, clock())

    _write_due(every, clock())
    thread = threading.Thread(target=run, name="examples", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(5)


def _write_due(found: Iterable[Example], now: float) -> None:
    for example in found:
        if example.due <= now:
            # A full disk ends no demo; the page then says that the document grows old.
            with contextlib.suppress(OSError):
                example.write(now)


def stamp(raw: Any, where: Iterable[str], now: float) -> None:
    """Set the time of a raw document, at the first of its paths that holds one, in its own form.

    A document without a time stays without: that is what its producer would write.
    """
    for path in where:
        old = lookup(raw, path)
        if (seconds := _seconds(old)) is not None:
            put(raw, path, _like(old, seconds, now))
            return


def _moved(rows: list[Any], where: tuple[str, ...], now: float) -> list[Any]:
    """Return a log's rows, moved in time as a whole so that the newest is of now."""
    times = [_row_seconds(row, where) for row in rows]
    newest = max((was for was in times if was is not None), default=now)
    for row, was in zip(rows, times, strict=True):
        if was is not None:
            stamp(row, where, now - (newest - was))
    return rows


def _row_seconds(row: Any, where: Iterable[str]) -> float | None:
    found = (_seconds(lookup(row, path)) for path in where)
    return next((seconds for seconds in found if seconds is not None), None)


def _seconds(raw: Any) -> float | None:
    try:
        return None if raw is None else parse_time(raw).timestamp()
    except ValueError:
        return None


def _like(old: Any, was: float, now: float) -> Any:
    """Return an instant in the form of another one: ISO text, or seconds or milliseconds."""
    if isinstance(old, str) and "-" in old:
        return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
    moved = now * (1000 if float(old) > 2 * was else 1)
    number = int(moved) if isinstance(old, int) else round(moved, 3)
    return str(number) if isinstance(old, str) else number


def _publish(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def told(found: Iterable[Example], problems: Iterable[str]) -> str:
    """Return which feeds show examples and which cannot, for the terminal; "" if there are none."""
    names = ", ".join(example.feed.name for example in found)
    said = f"Not simulated, shown with the plugins' own examples: {names}"
    return "\n".join([*([said] if names else []), *(f"Note: feed {one}" for one in problems)])
