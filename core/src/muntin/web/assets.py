"""Static files: addressed by their content, compressed once, cached by browsers for good."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import brotli

from muntin.pages import Panel
from muntin.scripts import joined

TYPES = MappingProxyType(
    {
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
        ".woff": "font/woff",
        ".ttf": "font/ttf",
        ".wasm": "application/wasm",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".webp": "image/webp",
        ".gif": "image/gif",
        ".ico": "image/x-icon",
    }
)

#: A package's own address at npm's CDNs, ``vega@6.1.2``: its script.
_PACKAGE = re.compile(r"[a-z0-9-]+@[0-9][0-9.]*")


def type_of(path: Path) -> str:
    """Return the content type of a file by its name; "" for one that is not served."""
    return TYPES.get(path.suffix, TYPES[".js"] if _PACKAGE.fullmatch(path.name) else "")


@dataclass(frozen=True)
class Asset:
    """A static file: its bytes, its type, and the address that changes with its content."""

    name: str
    path: Path

    @cached_property
    def data(self) -> bytes:
        """The bytes as they are."""
        return self.path.read_bytes()

    @cached_property
    def text(self) -> str:
        """The bytes as text, to be put into a page."""
        return self.data.decode()

    @cached_property
    def address(self) -> str:
        """Where it is served: ``/static/<hash>/<name>``."""
        digest = hashlib.blake2s(self.data, digest_size=8).hexdigest()
        return f"/static/{digest}/{self.name}"

    @property
    def type(self) -> str:
        """Content type by the file's name."""
        return type_of(self.path) or "application/octet-stream"

    @cached_property
    def brotli(self) -> bytes:
        """The bytes compressed with brotli, once."""
        return bytes(brotli.compress(self.data, quality=9, lgwin=22))

    @cached_property
    def gzip(self) -> bytes:
        """The bytes compressed with gzip, once."""
        return gzip.compress(self.data, 9, mtime=0)

    def encoded(self, accepted: str) -> tuple[bytes, str]:
        """Return the bytes and the ``Content-Encoding`` for an ``Accept-Encoding``."""
        return compressed(accepted, lambda: self.brotli, lambda: self.gzip, lambda: self.data)


@dataclass(frozen=True)
class PageScript(Asset):
    """The script of every page: a module with all that it imports."""

    @cached_property
    def data(self) -> bytes:
        """The modules as one script."""
        return joined(self.path).encode()

    @property
    def type(self) -> str:
        """That of a script."""
        return TYPES[".js"]


def compressed(
    accepted: str,
    br: Callable[[], bytes],
    gz: Callable[[], bytes],
    plain: Callable[[], bytes],
) -> tuple[bytes, str]:
    """Return the bytes in the best encoding a client accepts, and that encoding's name.

    A name with ``q=0`` is refused by the client (RFC 9110, section 12.5.3).
    """
    parts = (part.replace(" ", "").partition(";q=") for part in accepted.lower().split(","))
    names = {name for name, _, quality in parts if quality.strip("0.") or not quality}
    if "br" in names:
        return br(), "br"
    return (gz(), "gzip") if "gzip" in names else (plain(), "")


#: Script bundles by the name `muntin.live` knows them, with package and path within it.
BUNDLES = MappingProxyType(
    {
        "bokeh": ("bokeh", "server/static/js/bokeh.min.js"),
        "bokeh-widgets": ("bokeh", "server/static/js/bokeh-widgets.min.js"),
        "bokeh-tables": ("bokeh", "server/static/js/bokeh-tables.min.js"),
        "panel": ("panel", "dist/panel.min.js"),
    }
)


def _package(name: str) -> Path:
    """Return where a package is installed, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


#: Files of Panel that its own style sheets and components ask for; versions stand in some names.
_PART = r"[A-Za-z0-9_@-](?:[A-Za-z0-9._@-]|%5E)*"
PANEL_FILE = rf"(?:{_PART}/)*{_PART}"


def panel_address(name: str) -> str:
    """Return where a file of Panel's own distribution is served."""
    return f"/static/extensions/panel/{quote(name, safe='/@')}"


@lru_cache(maxsize=256)
def panel_file(name: str) -> Asset | None:
    """Return a file of Panel's own distribution by its path there, None if there is none.

    `name` must match `PANEL_FILE`, which has no way upwards.
    """
    return file_below(_package("panel") / "dist", name)


@lru_cache(maxsize=256)
def file_below(folder: Path, name: str) -> Asset | None:
    """Return a file by its path below a folder, None if there is none that browsers ask for.

    `name` must match `PANEL_FILE`, which has no way upwards.
    """
    path = folder / name
    return Asset(name, path) if type_of(path) and path.is_file() else None


@lru_cache(maxsize=16)
def bokeh_file(name: str) -> Asset | None:
    """Return one of Bokeh's own scripts, None if there is none of that name."""
    path = _package("bokeh") / "server/static/js" / name
    return Asset(name, path) if path.is_file() else None


def of_panels(panels: Iterable[Panel]) -> Mapping[str, Asset]:
    """Return the modules of panels' components by their addresses; none is read twice."""
    paths = {path for panel in panels for path in panel.scripts}
    return MappingProxyType({one.address: one for one in (Asset(p.name, p) for p in paths)})


def load() -> Mapping[str, Asset]:
    """Return every static file by its name; nothing is read or compressed yet."""
    own = Path(str(files("muntin.web") / "static"))
    paths = {path.name: path for path in own.iterdir() if path.suffix in TYPES}
    paths |= {f"{name}.min.js": _package(of) / path for name, (of, path) in BUNDLES.items()}
    assets = {name: Asset(name, path) for name, path in paths.items()}
    return MappingProxyType(
        assets | {"muntin.js": PageScript("muntin.js", own / "page" / "start.js")}
    )
