"""Static files: Muntin's own, those of plugins, and those of Panel and Bokeh."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muntin.web.assets import PANEL_FILE, Asset, bokeh_file, panel_file, type_of
from muntin.web.body import Body
from muntin.web.guard.guard import Requirement
from muntin.web.handlers import BaseHandler

if TYPE_CHECKING:
    from muntin.web.app import App


class StaticHandler(BaseHandler):
    """Serves a static file at the address that carries its digest; there is no secret in any."""

    requires = Requirement.PUBLIC

    def get(self, digest: str, name: str) -> None:
        """Send the file, to be kept for good; 404 if name or digest is unknown."""
        address = f"/static/{digest}/{name}"
        asset = self.app.assets.get(name)
        if asset is None or asset.address != address:
            asset = self.app.renderer.modules.get(address)
        self.send(asset)

    def send_own(self, path: Path | None) -> None:
        """Send a file as it is now, whose address stays when it changes; 404 if there is none."""
        if path is None or not type_of(path) or not path.is_file():
            self.send_error(404)
            return
        self.reply(Body(path.read_bytes()), type_of(path))

    def send(self, asset: Asset | None) -> None:
        """Send a file, to be kept for good; 404 if there is none."""
        if asset is None:
            self.send_error(404)
            return
        data, encoding = asset.encoded(self.request.headers.get("Accept-Encoding", ""))
        self.set_header("Content-Type", asset.type)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Vary", "Accept-Encoding")
        if encoding:
            self.set_header("Content-Encoding", encoding)
        self.finish(data)


class LibraryHandler(StaticHandler):
    """Serves files of Panel or Bokeh at the addresses that their own pages name."""

    find: Callable[[str], Asset | None]

    def get(self, name: str) -> None:  # type: ignore[override]  # one part of the address
        """Send the file; 404 if there is none."""
        self.send(self.find(name))


def routes(app: App) -> list[Any]:
    """Return the routes of static files that every page may name."""
    own = {"app": app}
    return [
        (r"/static/([0-9a-f]{16})/([A-Za-z0-9._-]+)", StaticHandler, own),
        (
            rf"/static/extensions/panel/({PANEL_FILE})",
            LibraryHandler,
            {**own, "find": panel_file},
        ),
        (r"/static/js/(bokeh[a-z-]*\.min\.js)", LibraryHandler, {**own, "find": bokeh_file}),
    ]
