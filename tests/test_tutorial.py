"""The tutorial, done by a newcomer who types what it says: every command, every file, in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from tests.kit import until

from muntin.cli.app import app

ROOT = Path(__file__).parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
LIBRARIES = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif("new" not in app.commands, reason="this Muntin has no `muntin new` yet"),
]

_FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_DONE = "--- the block is done ---"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the tutorial: commands, a file to be written, or what a page shows."""

    language: str
    title: str
    text: str


def blocks() -> tuple[Block, ...]:
    """Return the tutorial's blocks in order."""
    return tuple(Block(*match) for match in _FENCE.findall(TUTORIAL.read_text(encoding="utf-8")))


class Terminal:
    """A shell that stays where it was, and servers started in it that go on running."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self._out = (folder / ".terminal.log").open("w+", encoding="utf-8")
        self._shell = subprocess.Popen(
            ["bash", "-e"], cwd=folder, env=dict(env), text=True,
            stdin=subprocess.PIPE, stdout=self._out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._server = folder / ".server.log"

    @property
    def said(self) -> str:
        return (self.folder / ".terminal.log").read_text(encoding="utf-8")

    def type(self, commands: str) -> None:
        """Run a block; a server goes to the background once it says where it serves."""
        serves = commands.strip().splitlines()[-1].startswith("muntin serve")
        if serves:
            commands = f"{commands.rstrip()} > .server.log 2>&1 & echo $! > .server.pid\n"
        before = self.said.count(_DONE)
        self._write(f"{commands}echo '{_DONE}'\n")
        until(lambda: self._ended() or self.said.count(_DONE) > before, commands, 120)
        assert not self._ended(), self.said[-3000:]
        if serves:
            until(self._address, "the server says where it serves", 60)

    def _write(self, text: str) -> None:
        stdin: IO[str] | None = self._shell.stdin
        assert stdin is not None
        stdin.write(text)
        stdin.flush()

    def _ended(self) -> bool:
        return self._shell.poll() is not None

    def _address(self) -> str:
        said = self._server.read_text(encoding="utf-8") if self._server.exists() else ""
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        return found[0] if found else ""

    def shows(self, url: str, lines: list[str]) -> None:
        """Wait until a page shows every one of these lines."""
        path = re.sub(r"^https?://[^/]+", "", url)

        def look() -> bool:
            try:
                with urllib.request.urlopen(self._address() + path, timeout=10) as answer:
                    text = re.sub(r"<[^>]+>", "\n", answer.read().decode())
            except OSError:
                return False
            return all(line in text for line in lines)

        until(look, f"{url} shows {lines}", 60)

    def close(self) -> None:
        self._shell.kill()
        self._shell.communicate()
        pid = self.folder / ".server.pid"
        if pid.exists():
            subprocess.run(["kill", pid.read_text().strip()], check=False)
        self._out.close()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of core, which pip takes for the index."""
    out = tmp_path_factory.mktemp("wheels")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "build", "--wheel", "--offline", "--no-build-isolation", "-q",
         "--python", sys.executable, "--out-dir", out, ROOT / "core"],
        check=True, capture_output=True,
    )  # fmt: skip
    return out


@pytest.fixture
def terminal(tmp_path: Path, wheels: Path) -> Iterator[Terminal]:
    """A newcomer's terminal in an empty folder, with every library there and no network."""
    libraries, tools, work = (tmp_path / name for name in ("libraries", "tools", "work"))
    for folder in (libraries, tools, work):
        folder.mkdir()
    ours = ("muntin", "_editable", "__editable__", "pip", "setuptools")
    for entry in LIBRARIES.iterdir():
        if not entry.name.startswith(ours) and entry.suffix != ".pth":
            (libraries / entry.name).symlink_to(entry)
    (tools / "python3").symlink_to(Path(sys.executable).resolve())
    # Its package comes with the libraries, whose commands are not installed.
    (tools / "pytest").write_text('#!/bin/sh\nexec python -m pytest "$@"\n')
    (tools / "pytest").chmod(0o755)
    env = {
        "PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8",
        "PYTHONPATH": str(libraries), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CONFIG_FILE": os.devnull, "MUNTIN_PORT": "0", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    made = Terminal(work, env)
    yield made
    made.close()


def test_the_tutorial_works_as_it_is_written(terminal: Terminal) -> None:
    for block in blocks():
        if block.language == "bash":
            terminal.type(block.text)
        elif block.title.startswith("http"):
            terminal.shows(block.title, block.text.split("\n")[:-1])
        else:
            file = terminal.folder / block.title
            assert file.exists(), f"`muntin new` makes no {block.title}"
            file.write_text(block.text, encoding="utf-8")

    assert "active" in terminal.said
    assert terminal.said.count(" passed") == 2


def test_every_block_is_one_that_is_run() -> None:
    """So that nothing in the tutorial can rot unseen."""
    kinds = {(block.language, bool(block.title)) for block in blocks()}

    assert kinds == {("bash", False), ("python", True), ("text", True)}
