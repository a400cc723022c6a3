"""The page of a Panel app: by the app's own template, or within Muntin's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from muntin.pages import Page
from muntin.web.body import Body
from muntin.web.handlers import PageHandler
from muntin.web.headers import app_policy, new_nonce
from muntin.web.private_handler import PrivateHandler
from muntin.web.private_socket import PrivateSocket
from muntin.web.socket import PageSocket

if TYPE_CHECKING:
    from muntin.panel.broadcast.stage import AppStage, Face
    from muntin.web.app import App
    from muntin.web.guard.guard import Permissions

#: What would be fetched from another host: the page does without, unless the host is allowed.
_ELSEWHERE = re.compile(
    r"<link\b[^>]*\bhref=[\"'](?:https?:)?//(?P<link>[^/?#\"'>]*)[^>]*>"
    r"|<script\b[^>]*\bsrc=[\"'](?:https?:)?//(?P<script>[^/?#\"'>]*)[^>]*>\s*</script>",
    re.IGNORECASE,
)
#: A script's tag that carries no nonce yet.
_TAG = re.compile(r"<script\b(?![^>]*\bnonce=)", re.IGNORECASE)
#: Stands in an app's own page where this script and data belong.
SCRIPT = "<!--muntin-->"
#: Panel's own icon, which its templates name where the app has none.
PANEL_ICON = 'href="./favicon.ico"'
_ICON = re.compile(r"<link\b[^>]*\brel=[\"'](?:shortcut )?icon\b", re.IGNORECASE)
_END = re.compile(r"</body>\s*</html>\s*\Z", re.IGNORECASE)


class AppHandler(PageHandler):
    """Serves the page of a shared app: the same bytes for all who may see the same."""

    def policy(self, nonce: str = "") -> str:
        """Return the policy of an app's page, whose own scripts may be made from text."""
        if not hasattr(self, "app"):  # refused before it was set up
            return app_policy(nonce)
        config = self.app.site.config
        return app_policy(nonce, config.access.frame_ancestors, config.app_hosts)

    pages: AppPages

    async def get(self) -> None:
        """Send the page; 503 while the app starts, or where it could not be started."""
        page = self.admitted.page
        assert page is not None  # noqa: S101  # the guard has looked
        variant = self.app.variants.of(page, self.admitted)
        if variant is None:
            self.send_error(503)
            return
        stage: Any = variant.stage
        await variant.current()
        if stage.face is None:
            self.say_why(page, stage)
            return
        self.saw(page)
        body = self.pages.body(page, stage, self.theme, self.admitted.permissions)
        self.reply(body, ending=self.ending(self.token(variant.key)))

    def say_why(self, page: Page, stage: AppStage) -> None:
        """Say that an app has failed to start, or is still about it."""
        if stage.health.fault is None:
            self.wait_for(page, 2)
        else:
            self.failed(page, stage.health.fault)


class OwnAppHandler(PrivateHandler, AppHandler):
    """Serves an app's page with a new session for each request."""

    def body_of(self, page: Page, shown: Any, own: dict[str, Any]) -> Body:
        """Return the app's own page."""
        return self.pages.own(page, shown, own, self.theme, self.admitted.permissions)


class AppPages:
    """Makes the pages of apps, each the same for all viewers within a second."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._cached = lru_cache(maxsize=128)(self._body)

    def body(self, page: Page, stage: AppStage, theme: str, permissions: Permissions) -> Body:
        """Return the page of an app that has started."""
        assert stage.face is not None  # noqa: S101  # it has started
        second = int(self._app.site.store.clock())
        return self._cached(page, stage.face, stage.health.words, theme, permissions, second)

    def own(
        self, page: Page, face: Face, more: Mapping[str, Any], theme: str, permissions: Permissions
    ) -> Body:
        """Return the page of one viewer's own session, which `more` opens."""
        return self._made(page, face, self._island(page, "", **more), theme, permissions)

    def _body(
        self, page: Page, face: Face, said: str, theme: str, permissions: Permissions, second: int
    ) -> Body:
        del second  # a nonce is good for no longer
        return self._made(page, face, self._island(page, said), theme, permissions)

    def _made(
        self, page: Page, face: Face, island: str, theme: str, permissions: Permissions
    ) -> Body:
        nonce = new_nonce()
        if face.html:
            end = "" if permissions.limited else "</body></html>"
            icon = self._app.assets["icon.svg"].address
            html = _END.sub("", face.html.replace(SCRIPT, island)) + end
            html = html.replace(PANEL_ICON, f'href="{icon}"')
            if not _ICON.search(html):  # the browser would ask for one
                html = html.replace("</head>", f'<link rel="icon" href="{icon}"></head>', 1)
        else:
            content = f"{face.styles}{face.scripts}{island}"
            html = self._app.renderer.app(page, face.title, content, theme, permissions)
        html = _TAG.sub(f'<script nonce="{nonce}"', _ELSEWHERE.sub(self._kept, html))
        return Body(html.encode("utf-8", "replace"), nonce)

    def _kept(self, tag: re.Match[str]) -> str:
        """Return a tag that names another host if that host is allowed, else nothing."""
        host = (tag["link"] or tag["script"] or "").lower()
        allowed = (one.lower() for one in self._app.site.config.app_hosts)
        return tag[0] if any(fnmatchcase(host, one) for one in allowed) else ""

    def _island(self, page: Page, said: str, **more: Any) -> str:
        data = {
            "ws": f"/{page.slug}/ws",
            "server": self._app.renderer.born,
            "token": self._app.renderer.token,
            "said": said,
            **more,
        }
        text = json.dumps(data).replace("<", "\\u003c").replace("&", "\\u0026")
        return (
            f'<script type="application/json" id="mu-app-data">{text}</script>'
            f'<script defer src="{self._app.assets["app.js"].address}"></script>'
        )


_HANDLERS = {"shared": AppHandler, "private": OwnAppHandler}


def _socket(app: App, page: Page) -> Any:
    own = {"app": app, "slug": page.slug}
    if page.scope == "shared":
        return (rf"/{page.slug}/ws", PageSocket, own)
    return (rf"/{page.slug}/ws", PrivateSocket, {**own, "pages": app.private})


def routes(app: App) -> list[Any]:
    """Return the routes of every app."""
    apps = [page for page in app.site.pages if page.app is not None]
    pages = AppPages(app)
    return [
        route
        for page in apps
        for route in (
            (
                rf"/{page.slug}",
                _HANDLERS[page.scope],
                {"app": app, "slug": page.slug, "pages": pages},
            ),
            _socket(app, page),
        )
    ]
