"""The check: is every feed there and fresh, can every panel be drawn, is every plugin fine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muntin.errors import PluginError
from muntin.pages import Page, Panel
from muntin.plugins import TIME_LIMIT, PluginRecord, attempt, quiet
from muntin.site import Site
from muntin.state.snapshots import MEANING, Reading, Snapshot, Status
from muntin.ui.components import Chart
from muntin.ui.rendering.fragments import Fragment

if TYPE_CHECKING:
    from muntin.live.stage.views import Picture
    from muntin.panel.broadcast.inspection import AppCheck

#: Seconds that an app may take to start.
APP_LIMIT = 20.0
#: A required feed with one of these is fine.
FINE = frozenset({Status.LIVE, Status.LATE})


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """One feed: its status, the age of its content in seconds, and what is wrong."""

    name: str
    status: str
    age: float | None
    problem: str
    as_of: str | None
    path: str
    #: Where its document is: a file's name, a key, an object.
    place: str
    optional: bool
    ok: bool


@dataclass(frozen=True, slots=True)
class PanelCheck:
    """One panel: ``ok``, ``waiting`` for a feed, or ``failed``, and the seconds its view took."""

    page: str
    panel: str
    status: str
    problem: str
    seconds: float
    #: What its view does that is not a view's business: the files it reads, the network it asks.
    side_effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check."""

    location: str
    feeds: tuple[FeedCheck, ...]
    panels: tuple[PanelCheck, ...]
    plugins: tuple[PluginRecord, ...]
    notes: tuple[str, ...] = ()
    apps: tuple[AppCheck, ...] = ()

    @property
    def ok(self) -> bool:
        """True if required feeds are live or late, panels are drawn, and apps and plugins fine."""
        return (
            all(feed.ok for feed in self.feeds)
            and all(panel.status != "failed" for panel in self.panels)
            and not any(plugin.failed for plugin in self.plugins)
            and all(app.ok for app in self.apps)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as `muntin check --json` prints it."""
        return {
            "ok": self.ok,
            "state": self.location,
            "feeds": [asdict(feed) for feed in self.feeds],
            "panels": [asdict(panel) for panel in self.panels],
            "apps": [asdict(app) | {"ok": app.ok} for app in self.apps],
            "plugins": [plugin.as_json() for plugin in self.plugins],
            "notes": list(self.notes),
        }


def check_site(site: Site, timeout: float = 5.0, limit: float = TIME_LIMIT) -> Report:
    """Read every feed once, draw every panel once, and return how that went.

    Waits at most `timeout` seconds for the source and `limit` seconds for a panel.
    """
    with quiet():
        snapshot = read_once(site, timeout)
        panels = tuple(_panels(site, snapshot, limit))
        apps = tuple(_apps(site, limit))
    feeds = tuple(_feed(snapshot, snapshot.reading(feed)) for feed in site.feeds)
    notes = (*site.notes, *(_advice(panel) for panel in panels if panel.side_effects))
    return Report(site.location, feeds, panels, site.records, notes, apps)


def _advice(panel: PanelCheck) -> str:
    """Return what the author of a view with side effects should write instead."""
    first, *others = panel.side_effects
    more = f" and does {len(others)} more such things" if others else ""
    return (
        f"panel {panel.panel!r} of /{panel.page} {first}{more} while it is drawn. It would not"
        " notice a change: declare a Feed for it, in needs= or wants=."
    )


def read_once(site: Site, timeout: float) -> Snapshot:
    """Return the first whole snapshot of the site's source, or what there is after `timeout`."""
    from muntin.sources.supervisor import Supervisor

    supervisor = Supervisor(site.store, site.sources)
    supervisor.start()
    try:
        site.store.wait_loaded(timeout)
        return site.store.snapshot
    finally:
        supervisor.stop()


def _feed(snapshot: Snapshot, reading: Reading) -> FeedCheck:
    feed = reading.feed
    status, age = snapshot.status(feed), snapshot.age(feed)
    return FeedCheck(
        name=feed.name,
        status=str(status),
        age=None if age is None else round(age.total_seconds(), 3),
        problem=reading.problem or ("" if status is Status.LIVE else MEANING[status]),
        as_of=None if reading.as_of is None else _iso(reading.as_of),
        path=feed.path,
        place=reading.where,
        optional=feed.optional,
        ok=feed.optional or status in FINE,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _panels(site: Site, snapshot: Snapshot, limit: float) -> Iterator[PanelCheck]:
    for page in site.pages:
        for panel in page.panels:
            yield _panel(site, page, panel, snapshot, limit)


def _folder(site: Site, page: Page, panel: Panel) -> list[Path]:
    """Return the package that a panel comes from, whose own files its view may read."""
    owner = site.plugins.owner_of_panel(page.slug, panel.slug)
    module = sys.modules.get(owner.module) if owner is not None else None
    origin = getattr(module, "__file__", None)
    return [Path(origin).parent] if origin else []


def _apps(site: Site, limit: float) -> Iterator[AppCheck]:
    """Yield how each app does that is run once for all viewers."""
    for page in site.pages:
        if page.app is not None and page.scope == "shared":
            from muntin.panel.broadcast.inspection import check_app

            yield check_app(page, max(limit, APP_LIMIT))


def _panel(site: Site, page: Page, panel: Panel, snapshot: Snapshot, limit: float) -> PanelCheck:
    from muntin.live.stage.side_effects import watched
    from muntin.live.stage.views import picture

    done: list[str] = []

    def drawn() -> Picture:
        with watched(_folder(site, page, panel)) as found:
            made = picture(panel, snapshot, "", where)
        done.extend(dict.fromkeys(found))
        return made

    where = f"{page.slug}/{panel.slug}"
    began = time.perf_counter()
    try:
        made = attempt(page.slug, "the view", drawn, limit)
        problem = "" if made.fault is None else made.fault.summary
        if made.fragment.slots:
            problem = _charts(page, made.fragment, snapshot, limit)
    except PluginError as error:
        problem = error.reason
    absent = [feed.name for feed in panel.needs if not snapshot.reading(feed).has_value]
    status = "failed" if problem else "waiting" if absent else "ok"
    if status == "waiting":
        problem = f"no value for {', '.join(absent)}"
    seconds = round(time.perf_counter() - began, 4)
    return PanelCheck(page.slug, panel.title, status, problem, seconds, tuple(done))


def _charts(page: Page, fragment: Fragment, snapshot: Snapshot, limit: float) -> str:
    """Return why a picture's charts cannot be drawn; an empty text if they can."""
    from bokeh.document import Document

    from muntin.live.stage.scene import draw_checked

    contents = [slot.content for slot in fragment.slots.values()]
    if not all(isinstance(content, Chart) for content in contents):
        import panel as pn  # noqa: F401  # to load it takes longer than a view may

    def drawn() -> None:
        for content in contents:
            draw_checked(content, Document(), snapshot)

    try:
        attempt(page.slug, "the charts", drawn, limit)
    except PluginError as error:
        return error.reason
    return ""
