"""The files that the pages of Panel apps name: the app's own, and those of packages it uses."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muntin.web.assets import PANEL_FILE, file_below
from muntin.web.guard.guard import Requirement
from muntin.web.static_files import StaticHandler

if TYPE_CHECKING:
    from muntin.web.app import App


class AppFileHandler(StaticHandler):
    """Serves the files in the ``static`` directory of an app that is a directory."""

    requires = Requirement.PAGE

    def get(self, name: str) -> None:  # type: ignore[override]  # one part of the address
        """Send the file; 404 if there is none."""
        page = self.admitted.page
        assert page is not None  # noqa: S101  # the guard has looked
        here = isinstance(page.app, str | PathLike) and Path(page.app).is_dir()
        self.send_own(Path(page.app, "static", name) if here else None)  # type: ignore[arg-type]  # a path


class ExtensionHandler(StaticHandler):
    """Serves the files of the packages that extend Bokeh, once an app has loaded them."""

    def get(self, package: str, name: str) -> None:
        """Send the file; 404 if there is none."""
        from muntin.live.panel_apps import extension_root

        root = extension_root(package)
        self.send(None if root is None else file_below(root, name))


class ComponentHandler(StaticHandler):
    """Serves the style sheets and scripts that a component of an app names as its own."""

    requires = Requirement.SIGNED_IN

    def get(self, address: str) -> None:  # type: ignore[override]  # one part of the address
        """Send the file; 404 if there is none."""
        from muntin.live.panel_apps import component_file

        self.send_own(component_file(address))


def routes(app: App) -> list[Any]:
    """Return the routes of what the pages of apps name; none where there is no app."""
    own = {"app": app}
    apps = [page for page in app.site.pages if page.app is not None]
    if not apps:
        return []
    return [
        *(
            (rf"/{page.slug}/static/({PANEL_FILE})", AppFileHandler, {**own, "slug": page.slug})
            for page in apps
        ),
        (rf"/static/extensions/([A-Za-z0-9_-]+)/({PANEL_FILE})", ExtensionHandler, own),
        (rf"/components/({PANEL_FILE})", ComponentHandler, own),
    ]
