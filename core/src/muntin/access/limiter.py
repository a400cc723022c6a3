"""Limits failed sign-ins: a few in a few minutes, for each user and each address."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

#: Failures allowed within so many seconds.
FAILURES, WINDOW = 5, 300.0

#: Users and addresses remembered. Filling this takes as many password comparisons, which is not
#: possible within the window; so an entry under attack is never the one forgotten first.
LIMIT = 20_000


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None or found.version == 4:
        return str(mapped or found)
    return str(ipaddress.ip_network((found, 64), strict=False))


class Limiter:
    """Counts failures. An attempt counts from its start, so simultaneous ones count as well."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._failures)

    def attempt(self, name: str, address: str) -> float:
        """Count an attempt and return 0, or return the seconds to wait and count nothing."""
        keys = self._keys(name, address)
        with self._lock:
            wait = max(self._wait(key) for key in keys)
            if not wait:
                for key in keys:
                    self._count(key)
            return wait

    def succeeded(self, name: str, address: str) -> None:
        """Forget the user's failures, and this attempt of the address.

        An address keeps its other failures: a login of one's own must not allow more guesses at
        others' passwords.
        """
        user, place = self._keys(name, address)
        with self._lock:
            self._failures.pop(user, None)
            times = self._failures.get(place)
            if times:
                times.pop()

    def refund(self, name: str, address: str) -> None:
        """Uncount an attempt that neither succeeded nor failed."""
        with self._lock:
            for key in self._keys(name, address):
                times = self._failures.get(key)
                if times:
                    times.pop()

    def _keys(self, name: str, address: str) -> tuple[str, str]:
        return f"user {name}", f"from {network_of(address)}"

    def _wait(self, key: str) -> float:
        times = self._failures.get(key)
        now = self._clock()
        while times and now - times[0] >= WINDOW:
            times.popleft()
        return WINDOW - (now - times[0]) if times and len(times) >= FAILURES else 0.0

    def _count(self, key: str) -> None:
        times = self._failures.pop(key, None) or deque(maxlen=FAILURES)
        times.append(self._clock())
        self._failures[key] = times  # at the end: the dict is ordered by the last failure
        self._forget(self._failures)

    def _forget(self, keys: Iterable[str]) -> None:
        now = self._clock()
        for key in [one for one, _ in zip(keys, range(2), strict=False)]:
            times = self._failures[key]
            if not times or now - times[-1] >= WINDOW or len(self._failures) > LIMIT:
                del self._failures[key]
