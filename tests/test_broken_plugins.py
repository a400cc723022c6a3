"""Broken plugins, installed from wheels, in one server: who is at fault is named, others go on.

What "contained" means is said where it is tested; the table is in docs/plugins.md. pip is the
boundary of trust: what shares a process can do harm on purpose, and a test says so where it can.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.broken_plugins import PLUGINS, REFUSED, SECRET, VIEWS
from tests.kit import MUNTIN, Server, State, serving, until
from tests.wheels import install

pytestmark = pytest.mark.slow

#: Pages whose first panel cannot be drawn at all.
MARKED = (
    "raises_at_first", "fifty_megabytes", "fifty_megabytes_of_chart", "exits_in_view", "recurses",
    "interrupts_in_view", "unspeakable", "uses_pandas",
)  # fmt: skip

SETTINGS = "[plugin.wrong_settings]\nwidht = 3\n"


def switch(state: State, n: int) -> None:
    state.put("switch", {"updated_ts": time.time(), "n": n})


def panel(server: Server, name: str, slug: str = "bad") -> str:
    """Return the markup of one panel of a plugin's page, empty if there is none."""
    page = server.get(f"/{name.replace('_', '-')}").text
    _, found, rest = page.partition(f'data-panel="{slug}"')
    return rest.partition("</section>")[0] if found else ""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("broken")
    install(PLUGINS, root / "site")
    return root


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    """Serve all of them together; the state is a few steps on when the tests begin."""
    state = State(site / "state")
    switch(state, 1)
    env = {"PYTHONPATH": str(site / "site"), "TEST_STATE": str(state.root)}
    names = [plugin.name for plugin in PLUGINS]
    with serving(state.root, plugins=names, env=env, settings=SETTINGS) as server:
        yield server


@pytest.fixture(scope="module")
def listed(site: Path) -> dict[str, dict[str, Any]]:
    """Return what `muntin plugins --json` says, by plugin; it is JSON whatever plugins print."""
    config = site / "listed.toml"
    config.write_text(f'[plugins]\nprefer = ["a_good_one"]\n{SETTINGS}')
    env = {**os.environ, "PYTHONPATH": str(site / "site"), "MUNTIN_CONFIG": str(config)}
    command = [str(MUNTIN), "plugins", "--json"]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=90, check=True)
    return {row["name"]: row for row in json.loads(ran.stdout)}


@pytest.mark.parametrize("name", REFUSED)
def test_a_plugin_that_cannot_be_used_is_named_with_the_reason(
    listed: dict[str, dict[str, Any]], name: str
) -> None:
    """Contained is the plugin as a whole: it contributes nothing, not even what came before."""
    row, wanted = listed[name], REFUSED[name]

    assert (row["state"], row["version"]) == (wanted.state, "1.2.3")
    assert row["distribution"] == f"muntin-{name.replace('_', '-')}"
    assert wanted.reason in row["reason"]
    assert row["pages"] == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_plugin_whose_view_is_broken_is_active(
    listed: dict[str, dict[str, Any]], name: str
) -> None:
    assert (listed[name]["state"], listed[name]["reason"]) == ("active", "")


def test_the_server_names_them_too(server: Server) -> None:
    rows = server.plugins()

    assert {name: rows[name]["state"] for name in REFUSED} == {
        name: one.state for name, one in REFUSED.items()
    }
    assert {rows[name]["state"] for name in ("a_good_one", *VIEWS)} == {"active"}


def test_the_page_that_two_claim_is_the_first_one_s(server: Server) -> None:
    assert "Mine now" not in server.get("/good").text
    assert until(lambda: "good " in panel(server, "good"), "the good page is drawn")


@pytest.mark.parametrize("name", MARKED)
def test_a_panel_that_cannot_be_drawn_is_marked_and_the_one_beside_it_drawn(
    server: Server, name: str
) -> None:
    shown = until(lambda: panel(server, name), f"{name} is drawn")
    page = server.get(f"/{name.replace('_', '-')}").text

    assert "could not be drawn" in shown
    assert page.count("data-fault=") == 1
    assert "n is " in panel(server, name, "sound")
    assert len(page) < 100_000


def test_printing_spoils_nothing(server: Server) -> None:
    """What plugins print is in the server's output, and in no answer."""
    until(lambda: "printed" in panel(server, "prints"), "the page is drawn")

    assert json.loads(server.get("/-/plugins").text)


def test_a_file_written_into_the_state_directory_is_no_feed(server: Server) -> None:
    """Nobody can keep a plugin from writing there but the system: mount it read-only."""
    until(lambda: "written" in panel(server, "writes_state"), "the page is drawn")
    until(lambda: server.state.path("unknown").exists(), "the file is there")
    switch(server.state, 4)

    until(lambda: "good 4" in panel(server, "good"), "the good page follows")
    assert set(server.feeds()) == {"switch"}


def test_a_plugin_that_changes_pandas_is_named_by_the_log_of_who_suffers(server: Server) -> None:
    """One process has one pandas: the panel that uses it is marked, and the log says by whom."""
    until(lambda: "could not be drawn" in panel(server, "uses_pandas"), "the page is drawn")
    lines = [line for line in server.logged.splitlines() if "uses-pandas/bad" in line]

    assert lines
    assert "muntin_changes_pandas/__init__.py" in lines[0]
    assert "changed" in panel(server, "changes_pandas")


def test_other_pages_keep_their_pace_while_one_hangs_and_one_is_slow(server: Server) -> None:
    """Every value arrives on the good page; the hanging one keeps its last picture."""
    switch(server.state, 50)
    until(lambda: "n is 50" in panel(server, "hangs", "sound"), "a good picture")
    until(lambda: "n is 50" in panel(server, "slow"), "the slow page comes as well")
    for n in range(101, 111):
        switch(server.state, n)
        until(lambda n=n: f"good {n}" in panel(server, "good"), f"the good page shows {n}")  # type: ignore[misc]  # bound now

    def hanging() -> bool:
        rows = server.plugins()["hangs"]["panels"]
        return any(row["panel"] == "bad" and row["running_seconds"] > 0.2 for row in rows)

    until(hanging, "/-/plugins names the panel that runs")
    assert "not yet" in panel(server, "hangs")
    until(lambda: "Not updated since" in panel(server, "raises_later"), "a later fault is marked")
    assert "it was good" in panel(server, "raises_later")
    assert "good 110" in panel(server, "good")


def test_a_plugin_that_leaks_is_drawn_and_leaves_nothing_of_ours(server: Server) -> None:
    """What it keeps itself is its own affair; charts it made before are let go by us.

    That they are is tested in core/tests/live/test_weight.py, where it can be seen.
    """
    until(lambda: "made anew every time" in panel(server, "leaks"), "the page is drawn")

    assert server.get("/readyz").status == 200


def test_no_viewer_reads_any_exception(server: Server) -> None:
    """At most one marked panel on a page, and never the words of what was raised."""
    pages = [f"/{name.replace('_', '-')}" for name in VIEWS if name != "hangs"]
    texts = [server.get(page).text for page in ["/good", *pages]]

    assert max(text.count("data-fault=") for text in texts) == 1
    assert SECRET not in "".join(texts)
    assert "Traceback" not in "".join(texts)
    assert SECRET not in json.dumps(server.feeds())


def test_the_server_ends_as_asked_with_a_view_still_hanging(server: Server) -> None:
    """Last of all: SIGTERM, and no more waiting than for any server."""
    server.close()

    assert "Traceback (most recent call last)" not in server.logged.rpartition("Serving at")[2]
