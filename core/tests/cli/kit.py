"""What the tests of the command line share: a machine of its own, and plugins for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from core.tests.kit import install

GOOD = """
    import sys
    from muntin import Feed, Page, Panel, hookimpl

    NAV = Feed("nav", dict)

    def view(state):
        return str(state[NAV]["nav"])

    @hookimpl
    def muntin_pages():
        return [Page("good", "Good", (Panel("Value", view, (NAV,)),))]
"""

OFFERS = """
    from muntin import Panel, hookimpl

    @hookimpl
    def muntin_panels():
        return [Panel("More", str, page="good")]
"""


class Machine:
    """A folder in which only our own core and the plugins put there are installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.packages = root / "packages"
        self.packages.mkdir()
        self.work = root / "work"
        self.work.mkdir()

    def install(self, name: str, code: str, *, requires: str = "muntin>=0.1") -> None:
        """Put a distribution with one plugin there, as pip would."""
        install(self.packages, name, code, requires=requires)

    def settings(self, text: str) -> None:
        """Write the settings file that is found from the working directory."""
        (self.work / "muntin.toml").write_text(text)

    def state(self, **documents: object) -> Path:
        """Write state documents and return their directory."""
        folder = self.work / "state"
        folder.mkdir(exist_ok=True)
        for name, document in documents.items():
            (folder / f"{name}.json").write_text(json.dumps(document))
        return folder

    def environment(self, **more: str) -> dict[str, str]:
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**keep, "PYTHONPATH": str(self.packages), "PYTHONUTF8": "1", **more}

    def command(self, *words: str) -> list[str]:
        # The distributions of this very environment are hidden, save what they are made of.
        code = (
            "import sys; import muntin.plugins.discovery as d; real = d.installed;"
            f"d.installed = lambda group, path: real(group, [{str(self.packages)!r}]);"
            f"from muntin.cli import main; main({list(words)!r})"
        )
        return [sys.executable, "-c", code]

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), cwd=self.work, env=self.environment(**env),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def hear(
        self, *words: str, until: str, errors: bool = False, end: int = signal.SIGTERM, **env: str
    ) -> tuple[list[str], int]:
        """Return what a command says until a line has `until`, and its code once sent a signal."""
        out, err = (None, subprocess.PIPE) if errors else (subprocess.PIPE, None)
        with subprocess.Popen(
            self.command(*words), cwd=self.work, env=self.environment(**env), text=True,
            stdout=out, stderr=err,
        ) as process:  # fmt: skip
            lines = []
            for line in (process.stderr if errors else process.stdout) or ():
                lines.append(line)
                if until in line:
                    break
            process.send_signal(end)
            return lines, process.wait(30)


def told(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a user's mistake is answered with, having seen that it is no traceback."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    return result.stderr
