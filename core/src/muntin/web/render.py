"""A page's HTML: rendered from what its stage shows, compressed once for all who ask."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from muntin.access import Session
from muntin.live.stage.markup import feed_row, panel_html
from muntin.live.stage.stage import PageState
from muntin.pages import Page, Panel
from muntin.plugins import PluginRecord
from muntin.site import Site
from muntin.state.logs import Log
from muntin.state.snapshots import Snapshot, Status
from muntin.ui.format import duration, moment
from muntin.version import __version__
from muntin.web.assets import BUNDLES, Asset, of_panels, panel_address
from muntin.web.body import Body
from muntin.web.guard.guard import Permissions
from muntin.web.headers import new_nonce

#: Token that the Bokeh protocol asks for; it names no session, for nothing is kept per viewer.
TOKEN = base64.urlsafe_b64encode(b'{"session_id":"shared","session_expiry":4102444800}').decode()

THEMES = frozenset({"light", "dark"})

_END = "</body></html>"


class Renderer:
    """Turns what stages show into pages."""

    def __init__(self, site: Site, assets: Mapping[str, Asset], *, guarded: bool = False) -> None:
        self.site = site
        self._guarded = guarded
        self.assets = assets
        #: Of the Bokeh protocol, on pages that are the same for all.
        self.token = TOKEN
        #: Tells this server from the one before it, to pages that come back.
        self.born = secrets.token_hex(4)
        #: Where each script bundle is served; the page fetches those that its charts need.
        self._scripts = {name: assets[f"{name}.min.js"].address for name in BUNDLES}
        #: The modules of plugins' components by address, and their addresses by path.
        self.modules = of_panels(panel for page in site.pages for panel in page.panels)
        self._addresses = {asset.path: address for address, asset in self.modules.items()}
        #: Which plugin draws each panel, by the slugs of page and panel.
        self._plugins = {
            (page.slug, panel.slug): self._drawn_by(page, panel)
            for page in site.pages
            for panel in page.panels
        }
        #: Style sheet of what stands in shadow roots: all that Bokeh and Panel draw.
        self._within = assets["within.css"].address
        self._templates = Environment(
            loader=PackageLoader("muntin.web"), autoescape=select_autoescape(), trim_blocks=True
        )
        self._page = lru_cache(maxsize=128)(self._render)
        self._everything = Permissions(site.pages, operates=True, limited=False)

    def _drawn(self, page: Page) -> dict[str, str]:
        """Return who draws the panels that a viewer may see."""
        found = {one.slug: self._plugins.get((page.slug, one.slug), "") for one in page.panels}
        return {slug: plugin for slug, plugin in found.items() if plugin}

    def _modules_of(self, page: Page) -> dict[str, dict[str, str]]:
        """Return the addresses of the modules of each panel, by their files' names."""
        return {
            panel.slug: {path.name: self._addresses[path] for path in panel.scripts}
            for panel in page.panels
            if panel.scripts
        }

    def _drawn_by(self, page: Page, panel: Panel) -> str:
        """Return name and version of the distribution that a panel comes from."""
        owner = self.site.plugins.owner_of_panel(page.slug, panel.slug)
        return f"{owner.distribution or owner.name} {owner.version}".strip() if owner else ""

    def page(
        self, page: Page, shown: PageState, theme: str, permissions: Permissions | None = None
    ) -> Body:
        """Return a page as its stage shows it, judged at this second.

        It is the same for all who may see the same; under access control it lacks its end, which
        `ending` makes for each viewer.
        """
        return self._page(page, shown, theme, int(self.site.store.clock()), permissions)

    def operations(
        self, panels: list[str], theme: str, permissions: Permissions | None = None
    ) -> Body:
        """Return the operators' page around its cards."""
        snapshot = self.site.store.snapshot
        data = {
            "page": "-", "scope": "operations", "revision": 0, "charts": False,
            "feeds": [feed_row(reading, snapshot.now) for reading in snapshot.readings.values()],
        }  # fmt: skip
        nonce = new_nonce()
        html = self._templates.get_template("page.html").render(
            **self._chrome({"slug": "operations", "title": "Operations"}, theme, permissions),
            panels=panels, lamp=lamp(snapshot), asof="",
            script=self.assets["muntin.js"].address, preloads=[], data=_json(data), nonce=nonce,
        )  # fmt: skip
        return Body(html.encode("utf-8", "replace"), nonce)

    def private(
        self,
        page: Page,
        shown: PageState,
        theme: str,
        permissions: Permissions | None,
        more: dict[str, Any],
    ) -> Body:
        """Return a private page with the token and the roots of its own session."""
        return self._render(page, shown, theme, int(self.site.store.clock()), permissions, more)

    def app(
        self, page: Page, title: str, content: str, theme: str, permissions: Permissions
    ) -> str:
        """Return the page of a Panel app without a template of its own; its scripts lack nonces."""
        data = {
            "page": page.slug, "scope": "app", "revision": 0, "charts": False, "feeds": [],
            "within": self._within,
        }  # fmt: skip
        return self._templates.get_template("page.html").render(
            **self._chrome(replace(page, title=title), theme, permissions), nonce="", app=content,
            panels=[], lamp={"status": "live", "text": "connecting"}, asof="",
            script=self.assets["muntin.js"].address, preloads=[], data=_json(data),
        )  # fmt: skip

    def ending(self, session: Session, token: str) -> bytes:
        """Return the end of a page: the few bytes that are a viewer's own."""
        viewer = session.viewer
        data = {
            "name": viewer.name, "roles": sorted(viewer.roles),
            "token": token, "csrf": session.csrf,
        }  # fmt: skip
        island = f'<script type="application/json" id="mu-viewer">{_json(data)}</script>'
        return f"{island}\n{_END}".encode("utf-8", "replace")

    def _render(
        self,
        page: Page,
        shown: PageState,
        theme: str,
        second: int,
        permissions: Permissions | None = None,
        more: dict[str, Any] | None = None,
    ) -> Body:
        now = datetime.fromtimestamp(second, UTC)
        snapshot = replace(shown.snapshot, now=max(now, shown.snapshot.now))
        charts = shown.charts or page.scope == "private"
        bundles = list(shown.bundles) if charts else []
        nonce = new_nonce()
        data = self._data(page, shown, snapshot) | self._shared_token(permissions) | (more or {})
        data |= {"bundles": bundles, "scripts": self._scripts, "plugins": self._drawn(page)}
        data |= {"modules": self._modules_of(page)}
        html = self._templates.get_template("page.html").render(
            **self._chrome(page, theme, permissions), nonce=nonce,
            panels=[panel_html(state, snapshot) for state in shown.panels.values()],
            lamp=lamp(snapshot), asof=as_of(snapshot, dated(page)),
            script=self.assets["muntin.js"].address,
            preloads=[self._script(name) for name in bundles],
            data=_json(data),
        )  # fmt: skip
        return Body(html.encode("utf-8", "replace"), nonce)

    def _script(self, bundle: str) -> str:
        return panel_address(bundle) if "/" in bundle else self._scripts[bundle]

    def _shared_token(self, permissions: Permissions | None) -> dict[str, str]:
        """Return the token that all share; under access control each has one of their own."""
        return {} if permissions is not None and permissions.limited else {"token": TOKEN}

    def _chrome(
        self, page: Page | dict[str, str], theme: str, permissions: Permissions | None
    ) -> dict[str, Any]:
        config, permissions = self.site.config.site, permissions or self._everything
        return {
            "permissions": permissions, "end": "" if permissions.limited else _END,
            "page": page, "title": config.title, "mode": self.site.mode, "theme": theme,
            "disclaimer": config.disclaimer,
            "location": self.site.location, "version": __version__,
            "css": self.assets["muntin.css"].text, "icon": self.assets["icon.svg"].address,
            "broken": self._broken(permissions),
        }  # fmt: skip

    def _broken(self, permissions: Permissions | None) -> tuple[PluginRecord, ...]:
        """Return the plugins of which pages tell their author; none but in development."""
        told = not self._guarded if permissions is None else permissions.operates
        return self.site.plugins.failed if self.site.dev and told else ()

    def _data(self, page: Page, shown: PageState, snapshot: Snapshot) -> dict[str, Any]:
        return {
            "page": page.slug, "dated": dated(page),
            "scope": "private" if page.scope == "private" else "shared",
            "revision": shown.revision, "charts": shown.charts,
            "ws": f"/{page.slug}/ws", "server": self.born, "within": self._within,
            "dev": self.born if self.site.dev else "",
            "feeds": [feed_row(reading, snapshot.now) for reading in snapshot.readings.values()],
        }  # fmt: skip

    def message(self, heading: str, text: str, theme: str = "", retry: int = 0) -> Body:
        """Return a plain page with one sentence: not found, not ready."""
        broken = self._broken(None)
        if broken:  # to its author, that is why the page is not there
            heading, text = f"Plugin {broken[0].name} is {broken[0].state}", broken[0].reason
        words = {"heading": heading, "text": text, "broken": broken}
        return self.plain("message.html", theme, retry=retry or int(self.site.dev), **words)

    def plain(self, template: str, theme: str, **words: Any) -> Body:
        """Return a page without navigation and figures: a message, or the way in or out."""
        html = self._templates.get_template(template).render(
            **words, theme=theme, title=self.site.config.site.title,
            css=self.assets["muntin.css"].address, icon=self.assets["icon.svg"].address,
        )  # fmt: skip
        return Body(html.encode("utf-8", "replace"))


def lamp(snapshot: Snapshot) -> dict[str, str]:
    """Return the worst status of the feeds that matter, and the lamp's words."""
    now = snapshot.now
    readings = [
        reading for reading in snapshot.readings.values()
        if not (reading.feed.optional and reading.status(now) is Status.MISSING)
    ]  # fmt: skip
    if not readings:
        return {"status": "missing", "text": "no feeds"}
    worst = max(readings, key=lambda reading: reading.status(now).rank)
    bad = sum(reading.status(now) is not Status.LIVE for reading in readings)
    if bad:
        text = f"{bad} of {len(readings)} not live · {worst.feed.name} {worst.status(now)}"
        return {"status": str(worst.status(now)), "text": text}
    newest = min(reading.age(now) for reading in readings if reading.as_of)  # type: ignore[type-var]  # live ones have an age
    plural = "s" if len(readings) > 1 else ""
    return {
        "status": "live",
        "text": f"{len(readings)} feed{plural} live · newest {duration(newest)} ago",  # type: ignore[arg-type]  # as above
    }


def dated(page: Page) -> list[str]:
    """Return the names of the page's documents; a log's newest row says nothing of its age."""
    return [feed.name for feed in page.feeds if not isinstance(feed, Log)]


def as_of(snapshot: Snapshot, names: Iterable[str]) -> str:
    """Return the oldest time among the feeds named: everything shown is at least as new."""
    readings = (snapshot.readings[name] for name in names if name in snapshot.readings)
    times = [reading.as_of for reading in readings if reading.as_of]
    return f"as of {moment(min(times))}" if times else ""


def _json(data: dict[str, Any]) -> str:
    """Return JSON that is safe within a script element."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
