"""All plugins together: their records, their pages, and their hooks still to be called."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import pluggy

from muntin.errors import ConfigError, PluginError
from muntin.hookspecs import Event, SourceKind
from muntin.pages import Page, Viewer
from muntin.plugins.attempt import OnCall, attempt
from muntin.plugins.claims import place_panels
from muntin.plugins.hooks import implementations, new_manager
from muntin.plugins.records import PluginRecord


@dataclass(frozen=True, slots=True)
class PluginSet:
    """Every plugin with what became of it, and what the active ones contribute together."""

    records: tuple[PluginRecord, ...]
    #: The pages of all active plugins with the panels offered to them, by order and slug.
    pages: tuple[Page, ...]
    #: Kinds of source by scheme.
    sources: Mapping[str, SourceKind[Any]]
    #: Knows the active plugins; owned by this set, and by nothing else.
    manager: pluggy.PluginManager
    #: Called after each call of a plugin's code.
    on_call: OnCall | None = None

    @property
    def active(self) -> tuple[PluginRecord, ...]:
        """The plugins in use."""
        return tuple(record for record in self.records if record.active)

    @property
    def failed(self) -> tuple[PluginRecord, ...]:
        """The plugins that are broken or incompatible."""
        return tuple(record for record in self.records if record.failed)

    def owner_of(self, slug: str) -> PluginRecord | None:
        """Return the plugin that adds a page, None if there is no such page."""
        owners = (one for one in self.records if slug in {page.slug for page in one.pages})
        return next(owners, None)

    def owner_of_panel(self, page: str, panel: str) -> PluginRecord | None:
        """Return the plugin whose panel stands on a page: the page's own, or one that offers it."""
        for one in self.active:
            if any(panel in {p.slug for p in own.panels} for own in one.pages if own.slug == page):
                return one
        offers = (
            one for one in self.active for p in one.panels if (p.page, p.slug) == (page, panel)
        )
        return next(offers, None)

    def require_all(self) -> None:
        """Raise ConfigError listing every plugin that failed; disabled ones are no failure."""
        if self.failed:
            raise ConfigError(f"{one.owner} is {one.state}: {one.reason}" for one in self.failed)

    @property
    def gives_roles(self) -> bool:
        """True if a plugin has something to say about users' roles."""
        return any(implementations(self.manager, "muntin_roles"))

    def roles(
        self, user: Viewer, limit: float = 2.0, skip: Container[str] = ()
    ) -> tuple[frozenset[str], tuple[PluginError, ...]]:
        """Return the roles that all plugins together give a user, and who failed to say.

        A plugin that fails, or is one to `skip`, gives none: access is only granted by an answer.
        """
        roles: set[str] = set()
        settings = self._settings()
        failures = []
        for plugin, call in implementations(self.manager, "muntin_roles"):
            if plugin in skip:
                continue
            try:
                work = partial(_roles, plugin, partial(call, user=user, settings=settings[plugin]))
                roles |= attempt(plugin, "muntin_roles", work, limit, self.on_call)
            except PluginError as error:
                failures.append(error)
        return frozenset(roles), tuple(failures)

    def tell(self, event: Event, limit: float = 10.0) -> tuple[PluginError, ...]:
        """Tell every plugin of an event and return who failed; call it off the event loop."""
        failures = []
        settings = self._settings()
        for plugin, call in implementations(self.manager, "muntin_event"):
            work = partial(call, event=event, settings=settings[plugin])
            try:
                attempt(plugin, "muntin_event", work, limit, self.on_call)
            except PluginError as error:
                failures.append(error)
        return tuple(failures)

    def _settings(self) -> dict[str, Any]:
        return {record.name: record.settings for record in self.active}


def _roles(plugin: str, call: Any) -> frozenset[str]:
    returned = call()
    roles = frozenset(returned) if returned is not None and not isinstance(returned, str) else None
    if roles is None or not all(isinstance(role, str) for role in roles):
        raise PluginError(plugin, "muntin_roles must return role names, as a list or by yield")
    return roles


def assemble(records: Iterable[PluginRecord], on_call: OnCall | None = None) -> PluginSet:
    """Return the set of these plugins; their claims are settled already."""
    placed, pages = place_panels(records)
    manager = new_manager()
    for record in placed:
        if record.active:
            manager.register(record.target, record.name)
    kinds = {kind.scheme.lower(): kind for record in placed for kind in record.sources}
    by_name = tuple(sorted(placed, key=lambda record: (record.name, record.distribution)))
    return PluginSet(by_name, pages, MappingProxyType(kinds), manager, on_call)
