"""Roles from plugins, asked for in the background and believed for a few seconds only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from muntin.errors import PluginError
from muntin.pages import Viewer
from muntin.plugins import PluginHangs, PluginSet

log = structlog.get_logger("muntin.access")

#: Asks all plugins for the roles of a user; takes as long as they do.
Hook = Callable[[Viewer], frozenset[str]]

#: Seconds after which an answer is asked for again, and after which it no longer counts: a role
#: that a plugin takes away is gone by then, even if the plugin hangs.
ASK_AFTER, BELIEVED = 2.0, 5.0

#: Seconds that each plugin may take, and for which one that took longer is not asked.
LIMIT, REST, LONGEST_REST = 1.0, 30.0, 3600.0

#: Seconds after which an answer is forgotten.
FORGOTTEN = 60.0


def hook_of(plugins: PluginSet, clock: Callable[[], float] = time.monotonic) -> Hook | None:
    """Return what asks these plugins for roles, None if none of them gives any."""
    return _PluginRoles(plugins, clock) if plugins.gives_roles else None


class _PluginRoles:
    """Asks all plugins; one that hangs is left out for a while, longer each time.

    Otherwise it would delay the answers of the others, and leave a thread behind at each turn.
    """

    def __init__(self, plugins: PluginSet, clock: Callable[[], float]) -> None:
        self._plugins, self._clock = plugins, clock
        self._logged: dict[str, str] = {}
        #: By plugin: until when it is left out, and for how long.
        self._resting: dict[str, tuple[float, float]] = {}

    def __call__(self, user: Viewer) -> frozenset[str]:
        now = self._clock()
        resting = {name for name, (until, _) in self._resting.copy().items() if now < until}
        roles, failures = self._plugins.roles(user, LIMIT, resting)
        failed = {failure.plugin for failure in failures}
        for name in [one for one in self._resting.copy() if one not in resting | failed]:
            self._resting.pop(name, None)  # it answers again
        for failure in failures:
            self._note(failure)
        return roles

    def _note(self, failure: PluginError) -> None:
        name = failure.plugin
        if isinstance(failure, PluginHangs):
            until, pause = self._resting.get(name, (0.0, REST / 2))
            if self._clock() >= until:
                pause = min(2 * pause, LONGEST_REST)
                self._resting[name] = (self._clock() + pause, pause)
        if self._logged.get(name) != failure.reason:  # once, not every two seconds
            log.warning("no roles from plugin", plugin=name, problem=failure.reason)
        self._logged[name] = failure.reason


@dataclass(frozen=True, slots=True)
class _Answer:
    roles: frozenset[str]
    asked_at: float


class RoleCache:
    """The roles that plugins give each user, at once; `refresh` renews them. Safe for threads."""

    def __init__(self, hook: Hook | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._hook, self._clock = hook, clock
        self._answers: dict[tuple[str, str], _Answer] = {}
        self._lock = threading.Lock()

    @property
    def active(self) -> bool:
        """True if there are plugins to ask."""
        return self._hook is not None

    def of(self, user: Viewer) -> frozenset[str]:
        """Return the roles that plugins gave a user lately, none if they were not asked."""
        answer = self._answers.get(_key(user))
        return answer.roles if answer is not None and self._age(answer) < BELIEVED else frozenset()

    def is_fresh(self, user: Viewer) -> bool:
        """Return True if plugins need not be asked before a user's roles are read."""
        answer = self._answers.get(_key(user))
        return self._hook is None or (answer is not None and self._age(answer) < BELIEVED)

    def ask(self, user: Viewer) -> None:
        """Ask the plugins now; takes as long as they take."""
        if self._hook is None:
            return
        asked_at = self._clock()  # from before: the answer is as old as the question
        roles = self._hook(user)
        with self._lock:
            self._answers[_key(user)] = _Answer(roles, asked_at)

    def refresh(self, users: Iterable[Viewer]) -> None:
        """Ask for each of these users whose answer is old; forget answers that are too old."""
        if self._hook is None:
            return
        with self._lock:
            old = [key for key, answer in self._answers.items() if self._age(answer) > FORGOTTEN]
            for key in old:
                del self._answers[key]
            due = {_key(user): user for user in users if self._is_due(user)}
        if due:
            with ThreadPoolExecutor(min(4, len(due)), "muntin-roles") as pool:
                list(pool.map(self.ask, due.values()))

    def _is_due(self, user: Viewer) -> bool:
        answer = self._answers.get(_key(user))
        return answer is None or self._age(answer) >= ASK_AFTER

    def _age(self, answer: _Answer) -> float:
        return self._clock() - answer.asked_at


def _key(user: Viewer) -> tuple[str, str]:
    """Return what identifies a user: a provider may give a name to another person one day."""
    return user.name, str(user.claims.get("sub", ""))
