"""What an app that is shown to everybody cannot do."""

from __future__ import annotations

from muntin.errors import MuntinError


class NotShared(MuntinError):
    """An app that is shown to everybody has read what is one viewer's own."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"pn.state.{name} belongs to one viewer, and this app is run once for all of them;"
            " leave it out, or give each viewer a session of its own: muntin serve APP --private"
        )
