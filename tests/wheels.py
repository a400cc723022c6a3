"""Wheels of made-up plugins, made by hand and installed by uv, as pip would."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

UV = Path(sys.executable).with_name("uv")


@dataclass(frozen=True, slots=True)
class Made:
    """A plugin to be packed: its name, its source, and what its metadata states."""

    name: str
    source: str
    requires: str = "muntin>=0.1,<0.2"
    version: str = "1.2.3"

    @property
    def package(self) -> str:
        """Its import name."""
        return f"muntin_{self.name}"


def wheel(plugin: Made, folder: Path) -> Path:
    """Return the wheel of a plugin: its package, its types and its metadata."""
    info = f"{plugin.package}-{plugin.version}.dist-info"
    files = {
        f"{plugin.package}/__init__.py": plugin.source,
        f"{plugin.package}/py.typed": "",
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: muntin-{plugin.name.replace('_', '-')}\n"
            f"Version: {plugin.version}\nRequires-Dist: {plugin.requires}\n"
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[muntin]\n{plugin.name} = {plugin.package}\n",
    }
    record = "".join(f"{name},{_digest(text)},{len(text)}\n" for name, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    path = folder / f"{plugin.package}-{plugin.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"


def install(plugins: Iterable[Made], site: Path) -> None:
    """Install the wheels of plugins into a folder of their own, without their requirements."""
    site.mkdir(parents=True, exist_ok=True)
    wheels = [wheel(plugin, site.parent) for plugin in plugins]
    command = [UV, "pip", "install", "--offline", "--no-deps", "--no-index", "-q", "--target", site]
    subprocess.run([*map(str, command), *map(str, wheels)], check=True, timeout=90)
