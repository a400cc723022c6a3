"""Errors between this app and an identity provider."""

from __future__ import annotations

from muntin.errors import MuntinError


class ProviderError(MuntinError):
    """The provider does not answer, or its answer is unusable; the message is one sentence."""


class RefusedError(MuntinError):
    """A sign-in that is refused; `reason` is a word for the audit."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
