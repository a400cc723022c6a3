"""Each distribution as a stranger installs it: from a wheel, into an environment of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tests.kit import State, figures, serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")
LIBRARIES = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")

#: The folders of the plugins that this repository holds.
MEMBERS = sorted(f"plugins/{path.parent.name}" for path in ROOT.glob("plugins/*/pyproject.toml"))

#: A second plugin, so that there is a page left when the Overview is gone.
OTHER = """
from muntin import Page, Panel, hookimpl

@hookimpl
def muntin_pages(settings):
    yield Page("other", "Other", (Panel("Words", lambda snapshot: "still here"),))
"""

#: Runs a plugin's import under an audit of everything it does to the machine.
AUDIT = """
import json, os, sys
roots = tuple({os.path.realpath(p) for p in (*sys.path, sys.prefix, sys.base_prefix) if p})
done = []

def watch(event, args):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.mkdir",
                         "os.remove", "os.rename", "shutil.", "tempfile.", "urllib.")):
        done.append(event + " " + repr(args)[:200])
    elif event == "open" and isinstance(args[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(args[0]))
        writes = isinstance(args[1], str) and set(args[1]) & set("wax+")
        if writes or not path.startswith(roots):
            done.append(f"open {path} {args[1]}")

sys.addaudithook(watch)
__import__(sys.argv[1])
heavy = sorted({"panel", "bokeh", "holoviews", "pandas", "tornado"} & set(sys.modules))
print(json.dumps({"done": done, "heavy": heavy}))
"""

#: Imports every module of a package.
IMPORT_ALL = """
import importlib, pkgutil, sys

package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""

#: Draws every page of a plugin from its feeds' own examples, with no network to be had.
OFFLINE = """
import importlib, json, socket, sys

def refuse(*args, **kwargs):
    raise OSError("there is no network in this test")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from muntin.plugins import load
from muntin.testing import render, snapshot
found = load(plugins={"it": importlib.import_module(sys.argv[1])}, discover=False)
assert not found.failed, found.failed
faults = {}
for page in found.pages:
    faults |= render(page, snapshot({feed: feed.example for feed in page.feeds})).faults
print(json.dumps(faults))
"""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment whose libraries are ours, and whose Muntin is its own."""

    root: Path

    @property
    def python(self) -> Path:
        return self.root / "bin" / "python"

    @property
    def muntin(self) -> Path:
        return self.root / "bin" / "muntin"

    def install(self, *wheels: Path) -> None:
        run(UV, "pip", "install", "--offline", "--no-deps", "-q", "--python", self.python, *wheels)

    def uninstall(self, name: str) -> None:
        run(UV, "pip", "uninstall", "-q", "--python", self.python, name)


def run(*command: str | Path, cwd: Path | None = None, seconds: float = 90) -> str:
    """Return what a command prints; it must succeed."""
    ran = subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout[-3000:]
    return ran.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build the wheels of core and of every plugin, from nothing but what is here."""
    out = tmp_path_factory.mktemp("wheels")
    for member in ("core", *MEMBERS):
        run(
            UV, "build", "--wheel", "--offline", "--no-build-isolation", "-q",
            "--python", sys.executable, "--out-dir", out, ROOT / member,
        )  # fmt: skip
    return {wheel.name.split("-")[0]: wheel for wheel in out.glob("*.whl")}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Make an environment with every library of this one, and no Muntin."""
    root = tmp_path_factory.mktemp("environment")
    venv.create(root / "venv", with_pip=False, symlinks=True)
    libraries = root / "libraries"
    libraries.mkdir()
    for entry in LIBRARIES.iterdir():
        if (
            not entry.name.startswith(("muntin", "_editable", "__editable__"))
            and entry.suffix != ".pth"
        ):
            (libraries / entry.name).symlink_to(entry)
    site = root / "venv" / "lib" / LIBRARIES.parent.name / "site-packages"
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return Environment(root / "venv")


@pytest.fixture(scope="module")
def installed(environment: Environment, wheels: dict[str, Path]) -> Environment:
    environment.install(wheels["muntin"], wheels["muntin_overview"])
    return environment


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state = State(tmp_path / "state")
    state.heal()
    return state.root


def test_a_wheel_for_every_distribution(wheels: dict[str, Path]) -> None:
    assert wheels.keys() == {"muntin", *(f"muntin_{Path(member).name}" for member in MEMBERS)}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("member", MEMBERS)
def test_a_plugin_needs_nothing_that_it_does_not_declare(
    member: str, environment: Environment, wheels: dict[str, Path]
) -> None:
    """Its modules and its tests are imported with only core beside it."""
    name = f"muntin_{Path(member).name}"
    environment.install(wheels["muntin"], wheels[name])
    try:
        found = json.loads(run(environment.muntin, "plugins", "--json"))
        run(environment.python, "-c", IMPORT_ALL, name)
        said = run(
            environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
            "--collect-only", f"{member}/tests", cwd=ROOT, seconds=240,
        )  # fmt: skip
    finally:
        environment.uninstall(name.replace("_", "-"))

    assert [row["state"] for row in found] == ["active"]
    assert re.search(r"\d+ tests collected", said)


def test_installed_wheels_are_found_and_active(installed: Environment, tmp_path: Path) -> None:
    rows = json.loads(run(installed.muntin, "plugins", "--json", cwd=tmp_path))
    where = run(installed.python, "-c", "import muntin; print(muntin.__file__)", cwd=tmp_path)

    assert [(row["name"], row["status"]) for row in rows] == [("overview", "active")]
    assert where.startswith(str(installed.root))


def test_installed_wheels_serve_the_overview(installed: Environment, state: Path) -> None:
    """Templates, styles and scripts are in the wheels; nothing leans on the source tree."""
    with serving(state, program=[installed.muntin]) as server:
        html = server.get("/overview").text
        scripts = re.findall(r'(?:src|rel="preload"[^>]* href)="([^"]+)"', html)
        answers = {server.get(script).status for script in scripts}
        value = server.wait_figure("nav", data_value="12000.5").text

    assert value == "12,000.50"
    assert len(scripts) >= 2
    assert answers == {200}
    assert set(figures(html)) >= {"nav", "aum", "drawdown_state", "router_quality"}


def test_without_its_plugin_a_page_is_gone_and_the_others_are_served(
    environment: Environment, wheels: dict[str, Path], state: Path, tmp_path: Path
) -> None:
    """A plugin is installed and removed by pip, and by nothing else."""
    environment.install(wheels["muntin"], wheels["muntin_overview"])
    other = tmp_path / "site"
    info = other / "muntin_other-1.0.dist-info"
    info.mkdir(parents=True)
    (other / "plugin_other.py").write_text(OTHER)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: muntin-other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[muntin]\nother = plugin_other\n")
    environment.uninstall("muntin-overview")
    try:
        both = ("overview", "other")
        env = {"PYTHONPATH": str(other)}
        with serving(state, plugins=both, program=[environment.muntin], env=env) as server:
            gone, page, names = server.get("/overview"), server.get("/other"), set(server.plugins())
    finally:
        environment.install(wheels["muntin_overview"])

    assert gone.status == 404
    assert page.status == 200
    assert "still here" in page.text
    assert names == {"other"}


def plugins() -> list[str]:
    """Return the packages of the plugins that are installed here."""
    return sorted(point.module for point in entry_points(group="muntin"))


@pytest.mark.parametrize("package", plugins())
def test_f89_importing_a_plugin_touches_nothing(package: str, tmp_path: Path) -> None:
    """No file but its own code is opened, no socket, no process; and no heavy library is loaded."""
    said = json.loads(run(sys.executable, "-B", "-c", AUDIT, package, cwd=tmp_path))

    assert said == {"done": [], "heavy": []}


@pytest.mark.parametrize("package", plugins())
def test_f90_a_plugin_is_drawn_without_a_network(package: str, tmp_path: Path) -> None:
    """It reads what the sources give it, and asks nobody."""
    assert json.loads(run(sys.executable, "-B", "-c", OFFLINE, package, cwd=tmp_path)) == {}
