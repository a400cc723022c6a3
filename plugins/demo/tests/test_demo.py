"""`muntin demo`: a simulated fund that is served, and cleaned up at the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = """
from muntin import Feed, Page, Panel, hookimpl

OWN = Feed("own_words", dict, example={"ts": 1764188090, "words": "mine"})

@hookimpl
def muntin_pages():
    panel = Panel("Words", lambda state: state[OWN]["words"], (OWN,))
    return [Page("good", "Good", (panel,))]
"""


class Machine:
    """A working folder, a folder for temporary files, and a plugin with one page."""

    def __init__(self, root: Path) -> None:
        self.work, self.temporary, packages = root / "work", root / "tmp", root / "packages"
        for folder in (self.work, self.temporary, packages):
            folder.mkdir()
        (packages / "x_good.py").write_text(PAGE)
        info = packages / "x_good-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: x-good\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[muntin]\ngood = x_good\n")
        self.env = os.environ | {
            "PYTHONPATH": str(packages),
            "TMPDIR": str(self.temporary),
            "MUNTIN_PORT": "0",
        }

    def start(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "muntin", "demo", *options],
            cwd=self.work,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def refused(self, *options: str) -> str:
        """Return what a demo says that does not start."""
        with self.start(*options) as process:
            _, errors = process.communicate(timeout=60)
        assert process.returncode == 2, errors
        assert "Traceback" not in errors
        return errors

    def served(self, *options: str, end: int = signal.SIGTERM) -> tuple[str, int]:
        """Return what a demo prints until it serves, and its exit code after a signal."""
        with self.start(*options) as process:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "http://" in line:
                    break
            process.send_signal(end)
            _, errors = process.communicate(timeout=60)
        return "".join(lines) + errors, process.returncode


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_demo_does_not_overwrite_what_others_wrote(machine: Machine) -> None:
    nav = machine.work / "nav.json"
    nav.write_text('{"nav": 1}')

    assert "would overwrite" in machine.refused("--state", str(machine.work))
    assert json.loads(nav.read_text()) == {"nav": 1}


def test_the_demo_cleans_up_when_it_cannot_serve(machine: Machine) -> None:
    machine.refused("--address", "192.0.2.1")

    assert list(machine.temporary.iterdir()) == []


def test_dev_and_login_do_not_go_together(machine: Machine) -> None:
    assert "--login and --dev do not go together" in machine.refused("--login", "--dev")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_serves_a_simulated_fund_and_cleans_up(
    machine: Machine, number: signal.Signals
) -> None:
    printed, code = machine.served(end=number)

    assert "Atlas Fund (simulated) · run mode DEMO" in printed
    assert code == 0
    assert list(machine.temporary.iterdir()) == []


@pytest.mark.slow
def test_the_directory_may_lie_beside_the_working_directory(machine: Machine) -> None:
    printed, _ = machine.served("--state", "../kept")

    [line] = [line for line in printed.splitlines() if line.startswith("Not simulated, shown")]
    assert "own_words" in line
    assert "own_words lies outside" not in printed
    assert json.loads((machine.work.parent / "kept" / "own_words.json").read_text())["words"]


def test_its_help_is_quick(machine: Machine) -> None:
    """No page's plugin is imported for it, and no library that draws."""
    code = (
        "import sys\n"
        "from muntin.cli import main\n"
        "try: main(['demo', '--help'])\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=machine.env | {"MUNTIN_PORT": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(ran.stderr.split())
    assert "muntin demo --login" in ran.stdout
    assert not {"x_good", "muntin_overview", "panel", "bokeh", "pandas", "pydantic"} & loaded
