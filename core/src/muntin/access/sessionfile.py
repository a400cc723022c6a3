"""Sessions that outlive a restart: a file of what is kept of them, signed and private."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog

from muntin.access.private import read_regular, write_private
from muntin.access.sessions import Sessions, Stay
from muntin.access.signing import Signer
from muntin.settings.access import AccessConfig

log = structlog.get_logger("muntin.access")

#: Bytes of the file at most, and seconds between two writes.
MAX_BYTES, APART = 32 * 1024 * 1024, 5.0


class SessionFile:
    """Reads and keeps the stays of all sessions; without a path it does neither."""

    def __init__(
        self, config: AccessConfig, signer: Signer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path, self._signer, self._clock = config.sessions, signer, clock
        # Whoever was let in by another mode or provider signs in again.
        self._purpose = f"sessions {config.mode} {config.oidc.issuer}"
        self._kept, self._kept_at = 0, float("-inf")
        self._broken = False

    def read(self) -> list[Stay]:
        """Return the stays of an earlier run, none if the file is not as we left it."""
        if not self._path:
            return []
        try:
            raw, _ = read_regular(Path(self._path), MAX_BYTES)
        except FileNotFoundError:
            return []
        except OSError as error:
            log.warning("sessions cannot be read", path=self._path, problem=error.strerror)
            return []
        try:
            text = self._signer.open(self._purpose, raw.decode("utf-8", "replace")) or ""
            return [_stay(one) for one in json.loads(text)]
        except (ValueError, TypeError, LookupError):  # another secret or version, or altered
            log.warning("kept sessions do not count; people sign in again", path=self._path)
            return []

    def keep(self, sessions: Sessions, *, at_once: bool = False) -> None:
        """Write what is kept of the sessions if there is something new."""
        rested = at_once or self._clock() - self._kept_at >= APART
        due = rested and sessions.changes != self._kept
        if not self._path or not due:
            return
        self._kept, self._kept_at = sessions.changes, self._clock()
        text = json.dumps([_object(one) for one in sessions.stays()])
        try:
            write_private(Path(self._path), self._signer.seal(self._purpose, text))
            self._broken = False
        except OSError as error:
            if not self._broken:
                log.warning("sessions cannot be kept", path=self._path, problem=error.strerror)
            self._broken = True


def _object(stay: Stay) -> dict[str, Any]:
    found = {one.name: getattr(stay, one.name) for one in fields(stay)}
    return {**found, "roles": sorted(stay.roles), "claims": dict(stay.claims)}


def _stay(raw: dict[str, Any]) -> Stay:
    claims = MappingProxyType(dict(raw["claims"]))
    return Stay(**{**raw, "roles": frozenset(raw["roles"]), "claims": claims})
