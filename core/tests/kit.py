"""What the tests of core share: a feed, and plugins installed as pip would."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from muntin import Feed

NAV: Feed[dict[str, Any]] = Feed("nav", dict)


def install(
    folder: Path,
    name: str,
    code: str = "",
    *,
    distribution: str = "",
    version: str = "1.0",
    requires: str = "",
) -> Path:
    """Return the metadata's folder of a distribution with one plugin, put there as pip would."""
    distribution = distribution or f"muntin-{name}"
    (folder / f"x_{name}.py").write_text(textwrap.dedent(code))
    info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    headers = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    (info / "METADATA").write_text(headers + needs + "\nRequires-Dist: nonsense in the text")
    (info / "entry_points.txt").write_text(
        f"[console_scripts]\nx = y:z\n\n[muntin]\n{name} = x_{name}\n"
    )
    return info
