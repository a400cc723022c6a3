"""What goes wrong between this app and a provider."""

from __future__ import annotations

from muntin.errors import MuntinError


class ProviderError(MuntinError):
    """The provider does not answer, or not as it should: what happened, in one sentence."""


class RefusedError(MuntinError):
    """A login that must not count; `reason` says why in a word, for the audit."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
