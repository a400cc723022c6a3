"""`muntin serve --dev`: the page follows every change of a plugin's file, and shows its faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.kit import Server, install, serving, serving_plugin, until

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser

CODE = """
from muntin import Page, Panel, hookimpl

def view(snapshot):
    return "first words"

@hookimpl
def muntin_pages():
    yield Page("words", "Words", (Panel("Said", view),))
"""

#: `muntin serve ... --dev`.
DEV = (
    sys.executable,
    "-c",
    "import sys; from muntin.cli import main; main([*sys.argv[1:], '--dev'])",
)

#: What a browser's console says while a server starts again.
RESTARTING = ("WebSocket", "(Service Unavailable)")


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin's only file."""
    folder = tmp_path_factory.mktemp("dev") / "site"
    install(folder, "words", CODE)
    return folder / "plugin_words.py"


@pytest.fixture(scope="module")
def server(plugin: Path) -> Iterator[Server]:
    """One server in development for the whole module: it starts anew often enough."""
    env = {"PYTHONPATH": str(plugin.parent)}
    state = plugin.parent.parent / "state"
    with serving(state, plugins=["words"], program=DEV, env=env) as server:
        yield server


@pytest.fixture
def visit(plugin: Path, server: Server, visiting: Opener) -> Iterator[Visit]:
    visit: Visit = visiting(server, path="/words")
    wait_for(visit, "first words")
    yield visit
    edit(plugin, "", "")
    wait_for(visit, "first words")


def edit(plugin: Path, old: str, new: str) -> None:
    """Write the file as editors do: beside, and then in its place."""
    beside = plugin.with_suffix(".tmp")
    beside.write_text(CODE.replace(old, new))
    beside.replace(plugin)


def wait_for(visit: Visit, text: str) -> None:
    visit.wait("(text) => document.body.innerText.includes(text)", text)


def test_a_changed_view_is_on_the_page_by_itself(
    plugin: Path, server: Server, visit: Visit
) -> None:
    edit(plugin, "first words", "second words")
    wait_for(visit, "second words")

    assert f"{plugin} changed: serving again after" in server.logged
    # While it starts again there is no socket, and a page that is being drawn answers 503.
    wrong = [one for one in visit.console if not any(said in one for said in RESTARTING)]
    assert wrong == [], server.logged


def test_a_fault_shows_its_trace_as_text(plugin: Path, visit: Visit) -> None:
    edit(plugin, 'return "first words"', 'raise ValueError("<img src=x onerror=alert(1)>")')
    wait_for(visit, "ValueError: <img src=x onerror=alert(1)>")

    assert "plugin_words.py" in str(visit.page.text_content("[data-panel=said] .mu-trace"))
    assert visit.js("window.__fired") == []


def test_a_plugin_that_cannot_be_read_is_named_and_comes_back(plugin: Path, visit: Visit) -> None:
    edit(plugin, "def view(snapshot):", "def view(snapshot:")
    wait_for(visit, "Plugin words is broken: import failed: SyntaxError")

    edit(plugin, "first words", "mended words")
    wait_for(visit, "mended words")


def test_wrong_settings_are_told_and_the_server_comes_back(server: Server, visit: Visit) -> None:
    config = server.state.root.parent / "config.toml"
    good = config.read_text()

    config.write_text("[plugins")
    until(lambda: "The server ended" in server.logged, "it is told that the server ended")
    config.write_text(f"{good}[page.words]\ntitle = 'New title'\n")
    wait_for(visit, "New title")
    config.write_text(good)

    assert "config.toml: not valid TOML" in server.logged


def test_without_development_no_trace_reaches_the_page(tmp_path: Path) -> None:
    bad = CODE.replace('return "first words"', 'raise ValueError("private words")')
    with serving_plugin(tmp_path, "words", bad) as server:
        html = server.get("/words").text

    assert "This panel could not be drawn" in html
    assert "private words" not in html
    assert 'class="mu-trace"' not in html


def children(pid: int) -> set[int]:
    """Return the processes below one, at any depth."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = {int(one): int(other) for one, other in map(str.split, listed.splitlines())}
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind(number: signal.Signals, plugin: Path, tmp_path: Path) -> None:
    """Not even when the supervisor has no time to end the others."""
    env = {"PYTHONPATH": str(plugin.parent)}
    with serving(tmp_path / "state", plugins=["words"], program=DEV, env=env) as server:
        assert server._process is not None
        below = children(server._process.pid)
        assert len(below) == 2

        server.signal(number)

        until(lambda: not any(map(alive, below)), "the nursery and the server are gone")
