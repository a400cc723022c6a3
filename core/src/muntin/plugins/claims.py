"""What plugins claim for themselves: addresses, feeds and schemes, which two cannot share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from muntin.errors import PluginError
from muntin.pages import Page
from muntin.plugins.lifecycle import failed
from muntin.plugins.records import PluginRecord
from muntin.settings.parsing import hint
from muntin.state.feeds import DOCUMENT, Feed

#: How core is named as an owner.
CORE = "muntin itself"

#: The scheme of a directory, which core reads itself.
CORE_SCHEMES = ("file",)


class Claims:
    """Who owns what so far; of two plugins with the same claim the one settled first keeps it."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], str] = {
            ("source", scheme): CORE for scheme in CORE_SCHEMES
        }
        self._feeds: dict[str, tuple[Feed[object], str]] = {}
        self._targets: dict[int, str] = {}

    def settle(self, record: PluginRecord) -> PluginRecord:
        """Return the record as it stands after its claims: unchanged, or broken by a clash."""
        if not record.active:
            return record
        try:
            self._check(record)
        except PluginError as error:
            return failed(record, error)
        self._take(record)
        return record

    def _check(self, record: PluginRecord) -> None:
        taken = self._owners.get(("plugin", record.name)) or self._targets.get(id(record.target))
        if taken:
            raise PluginError(record.name, f"this plugin is already there as {taken}")
        mine: set[tuple[str, str]] = set()
        for claim in _claims(record):
            owner = self._owners.get(claim) or (record.owner if claim in mine else "")
            if owner:
                reason = f"{claim[0]} {claim[1]!r} of {record.owner} is already added by {owner}"
                raise PluginError(record.name, reason + _how(record, owner))
            mine.add(claim)
        self._check_feeds(record)

    def _check_feeds(self, record: PluginRecord) -> None:
        seen = dict(self._feeds)
        for feed in record.feeds:
            known, owner = seen.setdefault(feed.name, (feed, record.owner))
            if not known.same_document(feed):
                differ = ", ".join(differences(known, feed))
                reason = (
                    f"feed {feed.name!r} of {record.owner} differs from that of {owner}: {differ}"
                )
                raise PluginError(record.name, reason + _how(record, owner))

    def _take(self, record: PluginRecord) -> None:
        self._owners[("plugin", record.name)] = record.owner
        self._targets[id(record.target)] = record.owner
        for claim in _claims(record):
            self._owners[claim] = record.owner
        for feed in record.feeds:
            self._feeds.setdefault(feed.name, (feed, record.owner))


def _how(record: PluginRecord, owner: str) -> str:
    """Return how the operator gives a claim to this plugin; "" where that is not possible."""
    if owner in {record.owner, CORE}:
        return ""
    return f'; to let it win, set prefer = ["{record.name}"] under [plugins]'


def _claims(record: PluginRecord) -> list[tuple[str, str]]:
    pages = [("page", page.slug) for page in record.pages]
    return pages + [("source", kind.scheme.lower()) for kind in record.sources]


def differences(one: Feed[object], other: Feed[object]) -> list[str]:
    """Return the names of what two feeds say differently about one document."""
    return [name for name in DOCUMENT if getattr(one, name) != getattr(other, name)]


def place_panels(
    records: Iterable[PluginRecord],
) -> tuple[tuple[PluginRecord, ...], tuple[Page, ...]]:
    """Return the records with notes, and all pages with the panels that other plugins offer them.

    A panel whose page is not there, or has a panel of that title, is left out, and its plugin's
    record says so.
    """
    settled = tuple(records)
    pages = {page.slug: page for record in settled for page in record.pages}
    noted = tuple(_place(record, pages) for record in settled)
    return noted, tuple(sorted(pages.values(), key=lambda page: (page.order, page.slug)))


def _place(record: PluginRecord, pages: dict[str, Page]) -> PluginRecord:
    notes = []
    for panel in record.panels:
        page = pages.get(panel.page)
        if page is None:
            there = (
                f"no page {panel.page!r}{hint(panel.page, pages)}"
                if panel.page
                else "no page named"
            )
            notes.append(f"panel {panel.title!r} is not shown: {there}")
        elif panel.slug in {other.slug for other in page.panels}:
            notes.append(
                f"panel {panel.title!r} is not shown: {panel.page!r} has one of that title"
            )
        elif panel.personal and page.scope == "shared":
            notes.append(
                f"panel {panel.title!r} is not shown: it asks who is looking,"
                f" and {panel.page!r} is the same for all viewers"
            )
        else:
            pages[page.slug] = replace(page, panels=(*page.panels, panel))
    return replace(record, reason="; ".join(notes)) if notes else record
