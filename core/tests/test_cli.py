"""The command line, mostly as a process: exit codes, sentences, and nothing heavy imported."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import muntin
from muntin.cli.text import aligned, duration, printable

HEAVY = {"panel", "bokeh", "holoviews", "pandas", "pydantic", "click", "tornado", "structlog"}

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
        (self.packages / f"x_{name}.py").write_text(textwrap.dedent(code))
        info = self.packages / f"muntin_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: muntin-{name}\nVersion: 1.0\nRequires-Dist: {requires}\n"
        )
        (info / "entry_points.txt").write_text(f"[muntin]\n{name} = x_{name}\n")

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
            "import sys; import muntin.plugins._discovery as d; real = d.installed;"
            f"d.installed = lambda group, path: real(group, [{str(self.packages)!r}]);"
            f"from muntin.cli import main; main({list(words)!r})"
        )
        return [sys.executable, "-c", code]

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), cwd=self.work, env=self.environment(**env),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def told(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a user's mistake is answered with, having seen that it is no traceback."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    return result.stderr


# ------------------------------------------------------------------ light


def imported(code: str) -> set[str]:
    """Return the names of the heavy packages that a program has imported at its end."""
    ask = "import sys; print(' '.join(sys.modules), file=sys.stderr)"
    program = f"try:\n    {code}\nexcept SystemExit:\n    pass\n{ask}"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )
    return HEAVY & set(result.stderr.split())


def test_import_muntin_is_light() -> None:
    """Everybody pays for it: plugins' tests, the command line, other programs."""
    assert imported("import muntin") == set()


@pytest.mark.parametrize("words", [["plugins"], ["plugins", "--json"], ["plugins", "--pages"]])
def test_listing_plugins_imports_nothing_heavy(words: list[str]) -> None:
    assert imported(f"from muntin.cli import main; main({words!r})") == set()


def test_help_imports_nothing_heavy_but_click() -> None:
    assert imported("from muntin.cli import main; main(['serve', '--help'])") <= {"click"}


# ------------------------------------------------------------------ help


def test_the_version_is_told(machine: Machine) -> None:
    result = machine.run("--version")

    assert result.stdout.strip() == f"muntin, version {muntin.__version__}"


COMMANDS = ["serve", "demo", "plugins", "check", "users", "new", "schema"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(machine: Machine, command: str) -> None:
    result = machine.run(command, "--help")

    assert result.returncode == 0
    assert f"  muntin {command}" in result.stdout
    assert f"  {command} " in machine.run("--help").stdout


def test_the_package_runs_as_a_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "muntin", "--version"], capture_output=True, text=True, check=True
    )

    assert muntin.__version__ in result.stdout


def test_a_wrong_option_is_a_usage_error(machine: Machine) -> None:
    assert "No such option" in told(machine.run("plugins", "--jsn"))


# ------------------------------------------------------------------ plugins


def listed(machine: Machine, *words: str) -> dict[str, Any]:
    result = machine.run("plugins", "--json", *words)
    assert result.returncode == 0, result.stderr
    return {found["name"]: found for found in json.loads(result.stdout)}


def test_no_plugins_is_no_error(machine: Machine) -> None:
    assert "No plugins are installed" in machine.run("plugins").stdout
    assert listed(machine) == {}


def test_plugins_are_listed_with_state_and_reason(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.install("bad", "raise RuntimeError('no luck')")
    machine.install("new", GOOD, requires="muntin>=9")

    found = listed(machine)
    table = machine.run("plugins").stdout

    assert found["good"] == {
        "name": "good",
        "distribution": "muntin-good",
        "version": "1.0",
        "state": "active",
        "status": "active",
        "reason": "",
        "pages": ["good"],
    }
    assert found["bad"]["state"] == "broken"
    assert "RuntimeError: no luck" in found["bad"]["reason"]
    assert found["new"]["state"] == "incompatible"
    assert "needs muntin>=9" in table


def test_plugins_that_print_or_exit_do_not_spoil_the_json(machine: Machine) -> None:
    machine.install("loud", "print('[')\n" + textwrap.dedent(GOOD))
    machine.install("leaves", "import sys\nsys.exit(7)")

    found = listed(machine)

    assert found["loud"]["state"] == "active"
    assert "SystemExit: 7" in found["leaves"]["reason"]


def test_settings_decide_over_plugins(machine: Machine) -> None:
    machine.install("good", GOOD)
    (machine.work / "muntin.toml").write_text("[plugins]\ndisable = ['good']")

    assert listed(machine)["good"]["state"] == "disabled"


def test_pages_panels_feeds_and_import_times_are_listed_on_request(machine: Machine) -> None:
    machine.install("good", GOOD)

    found = listed(machine, "--pages")["good"]
    text = machine.run("plugins", "--pages").stdout

    assert found["panels"] == [
        {
            "page": "good", "panel": "value", "title": "Value", "plugin": "good", "place": 1,
            "width": 12, "scope": "shared", "audience": None, "feeds": ["nav"],
        }
    ]  # fmt: skip
    assert found["import_seconds"] > 0
    assert "/good  Value  good    1      12     shared  everybody  nav" in text


def test_a_panel_is_listed_where_operators_put_it(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.install("offers", OFFERS)
    (machine.work / "muntin.toml").write_text(
        "[page.good.panels.more]\norder = 1\nwidth = 6\naudience = ['ops']\n"
        "[page.good.panels.value]\nhidden = true\n"
    )

    found = listed(machine, "--pages")
    more, value = found["offers"]["panels"][0], found["good"]["panels"][0]
    text = machine.run("plugins", "--pages").stdout

    assert (more["page"], more["place"], more["width"]) == ("good", 1, 6)
    assert more["audience"] == ["ops"]
    assert value["place"] == 0
    assert "/good  More   offers  1       6      shared  ops" in text
    assert "/good  Value  good    hidden" in text


def test_traces_are_shown_on_request(machine: Machine) -> None:
    machine.install("bad", "raise RuntimeError('no luck')")

    assert "Traceback" in machine.run("plugins", "--traces").stderr
    assert "Traceback" not in machine.run("plugins").stderr


@pytest.mark.parametrize("words", [(), ("--config", "muntin.toml")])
def test_wrong_settings_are_told_all_at_once(machine: Machine, words: tuple[str, ...]) -> None:
    """On the quick road as on the other."""
    (machine.work / "muntin.toml").write_text("prot = 1\n[site]\ntitel = 'x'")

    message = told(machine.run("plugins", *words))

    assert "muntin.toml: prot: unknown, did you mean port?" in message
    assert "muntin.toml: site.titel: unknown, did you mean title?" in message


# ------------------------------------------------------------------ check


def test_a_check_of_what_is_well_exits_with_0(machine: Machine) -> None:
    machine.install("good", GOOD)
    state = machine.state(nav={"ts": _now(), "nav": 5})

    result = machine.run("check", str(state), "--json")
    report = json.loads(result.stdout)

    assert result.returncode == 0, result.stderr
    assert report["ok"] is True
    assert report["state"] == str(state)
    assert {key: report["feeds"][0][key] for key in ("name", "status", "problem")} == {
        "name": "nav",
        "status": "live",
        "problem": "",
    }
    assert report["panels"][0]["status"] == "ok"
    assert report["plugins"][0]["state"] == "active"


def _now() -> float:
    import time

    return time.time()


def test_a_check_tells_in_words_what_is_wrong_and_exits_with_1(machine: Machine) -> None:
    machine.install("good", GOOD.replace('["nav"]', '["gone"]'))
    state = machine.state(nav={"ts": 1, "nav": 5})

    result = machine.run("check", str(state))

    assert result.returncode == 1
    assert "Traceback" not in result.stdout
    assert "stale" in result.stdout
    assert "KeyError: 'gone'" in result.stdout


def test_what_a_view_prints_does_not_spoil_the_json(machine: Machine) -> None:
    machine.install(
        "good", GOOD.replace("    def view(state):", "    def view(state):\n        print(1)")
    )
    state = machine.state(nav={"ts": _now(), "nav": 5})

    result = machine.run("check", str(state), "--json")

    assert json.loads(result.stdout)["panels"][0]["status"] == "ok"


def test_the_state_may_come_from_the_environment(machine: Machine) -> None:
    state = machine.state()

    report = json.loads(machine.run("check", "--json", STATE_DIR=str(state)).stdout)

    assert report["state"] == str(state)


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_directory_that_is_not_there_is_told_in_a_sentence(
    machine: Machine, command: str
) -> None:
    machine.install("good", GOOD)

    message = told(machine.run(command, "nowhere"))

    assert f"there is no such directory: {machine.work}/nowhere" in message


@pytest.mark.parametrize("command", ["check", "serve"])
def test_no_state_at_all_is_told_with_what_to_do(machine: Machine, command: str) -> None:
    assert "muntin demo" in told(machine.run(command))


# ------------------------------------------------------------------ serve and demo


def test_without_plugins_there_is_nothing_to_serve(machine: Machine) -> None:
    assert "no plugins are installed" in told(machine.run("serve", str(machine.state())))


def test_with_broken_plugins_only_the_server_starts_and_says_why(machine: Machine) -> None:
    """Operators can look at what is wrong; the server never falls with a plugin."""
    machine.install("bad", "raise RuntimeError('no luck')")
    with subprocess.Popen(
        machine.command("serve", str(machine.state()), "--port", "0"), cwd=machine.work, text=True,
        env=machine.environment(), stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        seen = "".join(itertools.takewhile(lambda line: "Serving at" not in line, process.stdout))
        process.terminate()

    assert "no luck" in seen
    assert "no plugin adds a page" in seen


def test_access_open_to_everybody_is_served_on_loopback_only(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.state(nav={"nav": 1})

    message = told(machine.run("serve", "state", "--address", "0.0.0.0", "--port", "0"))
    assert "0.0.0.0 can be reached by others" in message
    assert 'access.mode to "users"' in message


def test_what_access_control_lacks_is_told_at_once(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.state(nav={"nav": 1})
    (machine.work / "muntin.toml").write_text('[access]\nmode = "users"')

    message = told(machine.run("serve", "state", "--port", "0"))
    assert "access.secret: " in message
    assert "access.users: there is no users file" in message


def test_a_strict_site_refuses_to_start(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.install("bad", "raise RuntimeError('no luck')")
    (machine.work / "muntin.toml").write_text("[plugins]\nstrict = true")

    message = told(machine.run("serve", str(machine.state())))

    assert "plugin 'bad' (muntin-bad 1.0) is broken: import failed: RuntimeError" in message


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_taken_port_is_told_in_a_sentence(machine: Machine, taken: int) -> None:
    pytest.importorskip("muntin.web.server")
    machine.install("good", GOOD)

    message = told(machine.run("serve", str(machine.state()), "--port", str(taken)))

    assert f"port {taken} is already in use; choose another with --port" in message


def test_serving_begins_with_mode_state_and_plugins(machine: Machine, taken: int) -> None:
    """F105: the one absolute directory is told at the start."""
    pytest.importorskip("muntin.web.server")
    machine.install("good", GOOD)
    state = machine.state()
    (machine.work / "muntin.toml").write_text("[site]\ntitle = 'My fund'\nmode = 'LIVE'")

    printed = machine.run("serve", "state", "--port", str(taken)).stdout

    assert "My fund · run mode LIVE" in printed
    assert f"State: {state}" in printed
    assert "good  1.0      active  /good" in printed


def test_the_demo_does_not_overwrite_what_others_wrote(machine: Machine) -> None:
    state = machine.state(nav={"nav": 1})

    assert "would overwrite" in told(machine.run("demo", "--state", str(state)))
    assert json.loads((state / "nav.json").read_text()) == {"nav": 1}


def test_the_demo_cleans_up_when_it_cannot_serve(machine: Machine, taken: int) -> None:
    pytest.importorskip("muntin.web.server")
    machine.install("good", GOOD)
    temporary = machine.root / "tmp"
    temporary.mkdir()

    told(machine.run("demo", "--port", str(taken), TMPDIR=str(temporary)))

    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_serves_a_simulated_fund_and_cleans_up(
    machine: Machine, number: signal.Signals
) -> None:
    pytest.importorskip("muntin.web.server")
    machine.install("good", GOOD)
    temporary = machine.root / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        machine.command("demo", "--port", "0"), cwd=machine.work, text=True,
        env=machine.environment(TMPDIR=str(temporary)), stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    with contextlib.closing(process.stdout):
        lines = iter(process.stdout.readline, "")
        seen = []
        for line in lines:
            seen.append(line)
            if "http://" in line:
                break
        process.send_signal(number)
        code = process.wait(30)

    assert "Atlas Fund (simulated) · run mode DEMO" in seen[0]
    assert code == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_development_serves_this_machine_only(machine: Machine, address: str) -> None:
    """It shows traces to whoever looks."""
    machine.install("good", GOOD)

    message = told(machine.run("serve", str(machine.state()), "--dev", "--address", address))

    assert f"so not on {address}; use --address 127.0.0.1, or leave out --dev" in message


def test_calls_of_hooks_and_views_are_logged_on_request(machine: Machine) -> None:
    machine.install("good", GOOD)
    with subprocess.Popen(
        machine.command("serve", str(machine.state(nav={"nav": 1})), "--port", "0", "--trace"),
        cwd=machine.work, text=True, env=machine.environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        seen = []
        for line in process.stderr:
            seen.append(line)
            if "panel=good/value" in line:
                break
        process.terminate()

    (hook,) = [line for line in seen if "hook=muntin_pages" in line]
    assert "plugin=good" in hook
    assert "ms=" in hook
    assert "plugin=good" in seen[-1]


# ------------------------------------------------------------------ new and schema


def test_a_new_plugin_is_made_without_a_question(machine: Machine) -> None:
    result = machine.run("new", "fees", "--into", "my plugins")

    assert result.returncode == 0, result.stderr
    assert (machine.work / "my plugins" / "fees" / "pyproject.toml").is_file()
    assert "pip install -e 'my plugins/fees'" in result.stdout


def test_a_new_plugin_does_not_take_the_place_of_another(machine: Machine) -> None:
    machine.install("good", GOOD)

    assert "plugin 'good' (muntin-good 1.0) is installed already" in told(
        machine.run("new", "good")
    )
    assert list(machine.work.iterdir()) == []


def test_making_a_plugin_twice_changes_nothing(machine: Machine) -> None:
    machine.run("new", "fees")
    readme = machine.work / "fees" / "README.md"
    readme.write_text("mine")

    assert "fees exists already" in told(machine.run("new", "fees"))
    assert readme.read_text() == "mine"


def test_the_schema_is_written_where_one_wants_it(machine: Machine) -> None:
    machine.install("good", GOOD)

    result = machine.run("schema", "--out", "muntin.schema.json")
    written = json.loads((machine.work / "muntin.schema.json").read_text())

    assert "#:schema muntin.schema.json" in result.stdout
    assert json.loads(machine.run("schema").stdout) == written
    assert list(written["properties"]["page"]["properties"]) == ["good"]
    assert "choose another with --out" in told(machine.run("schema", "--out", "no/where"))


# ------------------------------------------------------------------ text


def test_a_table_is_aligned_and_shows_no_control_characters() -> None:
    assert aligned(("A", "B"), [("xx", "1"), ("\x1b[31m", "2\n3")]) == (
        "A      B\nxx     1\n [31m  2 3"
    )
    assert printable("a\x00b\u202ec") == "a b c"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.0, "0 s"),
        (119.0, "119 s"),
        (300, "5 min"),
        (9000, "2.5 h"),
        (864000, "10 d"),
    ],
)
def test_an_age_reads_as_people_say_it(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words
