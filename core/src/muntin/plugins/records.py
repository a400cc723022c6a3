"""What became of a plugin: its state, the reason, and what it contributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from muntin.hookspecs import SourceKind
from muntin.pages import Page, Panel
from muntin.state.feeds import Feed


class State(StrEnum):
    """Where a plugin's life ended."""

    ACTIVE = "active"
    DISABLED = "disabled"
    INCOMPATIBLE = "incompatible"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """One installed plugin: who it is, whether it is used, and if not, why."""

    name: str
    #: Name and version of the distribution it came with; "" for one passed by hand.
    distribution: str = ""
    version: str = ""
    #: The module its entry point names.
    module: str = ""
    state: State = State.ACTIVE
    #: One line for a person; for an active plugin a note on what it could not add.
    reason: str = ""
    pages: tuple[Page, ...] = ()
    #: Panels offered to pages of other plugins.
    panels: tuple[Panel, ...] = ()
    sources: tuple[SourceKind[Any], ...] = ()
    settings: Any = field(default=None, repr=False)
    import_seconds: float = 0.0
    #: The whole exception, for logs and operators; never for viewers.
    trace: str = field(default="", repr=False)
    #: The module or object that holds the hooks; None unless active.
    target: Any = field(default=None, repr=False, compare=False)

    @property
    def active(self) -> bool:
        """True if the plugin is in use."""
        return self.state is State.ACTIVE

    @property
    def failed(self) -> bool:
        """True if the plugin should be in use and is not."""
        return self.state in {State.BROKEN, State.INCOMPATIBLE}

    @property
    def owner(self) -> str:
        """The plugin as other plugins' reasons name it."""
        made_by = f" ({self.distribution} {self.version})" if self.distribution else ""
        return f"plugin {self.name!r}{made_by}"

    @property
    def feeds(self) -> tuple[Feed[Any], ...]:
        """Every feed that its pages and panels may read, as often as they name it."""
        of_pages = (feed for page in self.pages for panel in page.panels for feed in panel.feeds)
        return (*of_pages, *(feed for panel in self.panels for feed in panel.feeds))

    def as_json(self) -> dict[str, Any]:
        """Return the record as `muntin plugins --json` prints it."""
        return {
            "name": self.name,
            "distribution": self.distribution,
            "version": self.version,
            "state": str(self.state),
            "status": str(self.state),
            "reason": self.reason,
            "pages": [page.slug for page in self.pages],
        }
