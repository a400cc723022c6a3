"""Roles from plugins, asked in the background and believed for a few seconds only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from muntin.hookspecs import User
from muntin.plugins import PluginSet

log = structlog.get_logger("muntin.access")

#: Asks all plugins at once for the roles of a user; takes as long as they do.
Hook = Callable[[User], frozenset[str]]

#: Seconds after which an answer is asked again, and after which it counts no more: a role that
#: a plugin takes away is gone by then, even if the plugin hangs.
ASK_AFTER, BELIEVED = 2.0, 5.0

#: Seconds that each plugin may take.
LIMIT = 1.0


def hook_of(plugins: PluginSet) -> Hook | None:
    """Return what asks these plugins for roles, None if none of them gives any."""
    if not plugins.gives_roles:
        return None
    told: dict[str, str] = {}

    def ask(user: User) -> frozenset[str]:
        roles, failures = plugins.roles(user, LIMIT)
        for failure in failures:
            if told.get(failure.plugin) != failure.reason:  # once, not every two seconds
                log.warning("no roles from plugin", plugin=failure.plugin, problem=failure.reason)
            told[failure.plugin] = failure.reason
        return roles

    return ask


@dataclass(frozen=True, slots=True)
class _Answer:
    roles: frozenset[str]
    asked_at: float


class Granted:
    """What plugins grant each user: an answer at once, renewed by `refresh`."""

    def __init__(self, hook: Hook | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._hook, self._clock = hook, clock
        self._answers: dict[tuple[str, str], _Answer] = {}
        self._lock = threading.Lock()

    def to(self, user: User) -> frozenset[str]:
        """Return the roles that plugins granted a user lately, none if they were not asked."""
        answer = self._answers.get(_key(user))
        return answer.roles if answer is not None and self._age(answer) < BELIEVED else frozenset()

    def known(self, user: User) -> bool:
        """Return True if plugins need not be asked before a user's roles are read."""
        answer = self._answers.get(_key(user))
        return self._hook is None or (answer is not None and self._age(answer) < BELIEVED)

    def ask(self, user: User) -> None:
        """Ask now; takes as long as the plugins take."""
        if self._hook is None:
            return
        asked_at = self._clock()  # from before: the answer is as old as the question
        roles = self._hook(user)
        with self._lock:
            self._answers[_key(user)] = _Answer(roles, asked_at)

    def refresh(self, users: Iterable[User]) -> None:
        """Ask for each of these users whose answer is old; forget answers that are too old."""
        if self._hook is None:
            return
        with self._lock:
            old = [key for key, answer in self._answers.items() if self._age(answer) > 60.0]
            for key in old:
                del self._answers[key]
            due = {_key(user): user for user in users if self._due(user)}
        if due:
            with ThreadPoolExecutor(min(4, len(due)), "muntin-roles") as pool:
                list(pool.map(self.ask, due.values()))

    def _due(self, user: User) -> bool:
        answer = self._answers.get(_key(user))
        return answer is None or self._age(answer) >= ASK_AFTER

    def _age(self, answer: _Answer) -> float:
        return self._clock() - answer.asked_at


def _key(user: User) -> tuple[str, str]:
    """Return what tells users apart: a provider may give a name to somebody else one day."""
    return user.name, str(user.claims.get("sub", ""))
