"""The demo's other documents: examples of the feeds that the simulated fund does not write.

So a plugin that has just been written is shown with values that it brings itself.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from muntin import Feed, Log, Node
from muntin.testing import redate
from muntin_demo.simulator import log_dir, paths

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
        """Write the document, or the log's next row, as if observed now."""
        self.due = now + self.every
        turn = next(self._turns)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(self.feed, Log) or turn == 0:
            _publish(self.path, self._whole(now))
        elif rows := json.loads(self.text):
            raw = rows[turn % len(rows)]
            redate(raw, self.feed.at, now)
            with self.path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(raw) + "\n")

    def _whole(self, now: float) -> str:
        raw = json.loads(self.text)
        if isinstance(self.feed, Log):
            return "".join(json.dumps(row) + "\n" for row in _moved(raw, self.feed.at, now))
        for time_paths in (self.feed.as_of, self.feed.written):
            redate(raw, time_paths, now)
        return json.dumps(raw) + "\n"


def examples(feeds: Iterable[Feed[Any]], folder: Path) -> tuple[list[Example], list[str]]:
    """Return the examples to be written below a state directory, and why others are not."""
    simulated = paths(folder)
    found: list[Example] = []
    problems: list[str] = []
    for feed in feeds:
        path = Path(os.path.normpath(folder / feed.path))
        if path in simulated:
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
        return f"lies outside the demo's directory ({feed.path}{_elsewhere(path, folder)})"
    try:
        json.dumps(feed.example)
    except (TypeError, ValueError):
        return "has an example that is no JSON"
    return ""


def _elsewhere(path: Path, folder: Path) -> str:
    """Return which directory has the logs where the feed looks for them, "" if none would."""
    state = folder / "state"
    beside = Path(os.path.normpath(state / os.path.relpath(path, folder)))
    return f"; use --state {state}" if beside in paths(state) else ""


@contextmanager
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
            # The demo goes on with a full disk; the page then shows that the document is old.
            with suppress(OSError):
                example.write(now)


def _moved(rows: list[Any], where: tuple[str, ...], now: float) -> list[Any]:
    """Return a log's rows, moved in time together so that the newest is from `now`."""
    times = [_row_seconds(row, where) for row in rows]
    newest = max((was for was in times if was is not None), default=now)
    for row, was in zip(rows, times, strict=True):
        if was is not None:
            redate(row, where, now - (newest - was))
    return rows


def _row_seconds(row: Any, where: Iterable[str]) -> float | None:
    times = (Node(row, "").time(path).value for path in where)
    return next((time.timestamp() for time in times if time is not None), None)


def _publish(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def summary(found: Iterable[Example], problems: Iterable[str]) -> str:
    """Return which feeds show examples and which cannot, for the terminal; "" if there are none."""
    names = ", ".join(example.feed.name for example in found)
    line = f"Not simulated, shown with the plugins' own examples: {names}"
    return "\n".join([*([line] if names else []), *(f"Note: feed {one}" for one in problems)])


__all__ = ["Example", "examples", "summary", "writing"]
