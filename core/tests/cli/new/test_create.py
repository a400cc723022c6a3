"""The project that `muntin new` makes: whole, checked, never over something that is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import muntin
from muntin import ConfigError, Page, Panel, SourceKind, hookimpl
from muntin.cli.new import create, names_of
from muntin.cli.new.clashes import clashes
from muntin.cli.new.create import TEMPLATE, Kind
from muntin.plugins import load

BIN = Path(sys.executable).parent


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """Return what a command prints; it must succeed."""
    ran = subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=110, check=False,
        env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(cwd), **env}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "a place with spaces"
    folder.mkdir()
    return folder


def test_a_project_has_everything_a_plugin_needs(place: Path) -> None:
    made = create(names_of("Fee report"), place, muntin.__version__)

    files = {str(path.relative_to(made.folder)) for path in made.folder.rglob("*.*")}
    project = tomllib.loads((made.folder / "pyproject.toml").read_text())["project"]
    assert made.folder == place / "fee-report"
    assert {
        "src/muntin_fee_report/__init__.py", "src/muntin_fee_report/py.typed", "README.md",
        "tests/test_page.py", "tests/test_conformance.py", ".github/workflows/test.yml",
        ".gitignore", ".copier-answers.yml",
    } <= files  # fmt: skip
    assert project["name"] == "muntin-fee-report"
    assert project["dependencies"] == ["muntin>=0.1,<0.2"]
    assert project["entry-points"]["muntin"] == {"fee_report": "muntin_fee_report"}
    assert not [path for path in made.folder.rglob("*") if "{" in path.name]


def test_a_source_has_a_scheme_settings_and_tests_and_no_page(place: Path) -> None:
    made = create(names_of("fee vault"), place, muntin.__version__, kind="source")

    files = {str(path.relative_to(made.folder)) for path in made.folder.rglob("*.*")}
    assert {
        "src/muntin_fee_vault/source.py", "src/muntin_fee_vault/settings.py",
        "src/muntin_fee_vault/py.typed", "tests/test_source.py", "README.md",
        ".github/workflows/test.yml", ".gitignore", ".copier-answers.yml",
    } <= files  # fmt: skip
    source = (made.folder / "src" / "muntin_fee_vault" / "source.py").read_text()
    assert 'SCHEME = "fee-vault"' in source
    assert "Page(" not in "".join(path.read_text() for path in made.folder.rglob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["page", "source"])
def test_a_new_project_passes_its_own_tests(place: Path, kind: Kind) -> None:
    """Among them those of conformance, for which it has to be installed."""
    project = create(names_of("fees"), place, muntin.__version__, kind=kind).folder
    site = place / "site"
    run(
        BIN / "uv", "pip", "install", "-q", "--offline", "--no-deps", "--no-build-isolation",
        "--python", sys.executable, "--target", site, project, cwd=place,
    )  # fmt: skip

    passed = run(
        BIN / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        cwd=project, PYTHONPATH=str(site),
    )  # fmt: skip
    run(BIN / "mypy", "--strict", "--cache-dir=/dev/null", cwd=project, MYPYPATH="src")

    assert "passed" in passed


@pytest.mark.parametrize("kind", ["page", "source"])
@pytest.mark.parametrize("name", ["fees", "a" * 40])
def test_a_new_project_is_in_good_style(place: Path, name: str, kind: Kind) -> None:
    """With the longest name as well: no line has to be broken for it."""
    project = create(names_of(name), place, muntin.__version__, kind=kind).folder

    run(BIN / "ruff", "check", "--no-cache", ".", cwd=project)
    run(BIN / "ruff", "format", "--check", "--no-cache", ".", cwd=project)


@pytest.mark.parametrize("there", ["folder", "file", "dangling link"])
def test_what_is_there_is_never_overwritten(place: Path, there: str) -> None:
    target = place / "fees"
    if there == "folder":
        target.mkdir()
        (target / "notes").write_text("mine")
    elif there == "file":
        target.write_text("mine")
    else:
        target.symlink_to(place / "nowhere")

    with pytest.raises(ConfigError, match="exists already; choose another name"):
        create(names_of("fees"), place, "0.1.0")

    assert [path.name for path in place.iterdir()] == ["fees"]
    assert there != "folder" or (target / "notes").read_text() == "mine"


def test_an_empty_folder_is_filled(place: Path) -> None:
    (place / "fees").mkdir()

    assert (create(names_of("fees"), place, "0.1.0").folder / "README.md").is_file()


def test_folders_on_the_way_are_made(place: Path) -> None:
    made = create(names_of("fees"), place / "not" / "yet", "0.1.0")

    assert made.folder == place / "not" / "yet" / "fees"


@pytest.mark.parametrize("into", ["/proc/nowhere", "/dev/null/below"])
def test_a_place_that_cannot_be_written_to_is_a_sentence(into: str) -> None:
    with pytest.raises(ConfigError, match=r"cannot write to .*; choose with --into"):
        create(names_of("fees"), Path(into), "0.1.0")


@pytest.mark.parametrize("broken", ["missing", "yaml", "jinja"])
def test_a_template_that_cannot_be_used_is_a_sentence(place: Path, broken: str) -> None:
    template = place / "template"
    if broken != "missing":
        template.mkdir()
        (template / "copier.yml").write_text("a: [" if broken == "yaml" else "a: {type: str}")
        (template / "x.jinja").write_text("{% nonsense %}")

    with pytest.raises(ConfigError, match=r"the template .* cannot be used: "):
        create(names_of("fees"), place, "0.1.0", str(template))

    assert not (place / "fees").exists()
    assert not list(place.glob(".muntin-*"))


@pytest.mark.slow
def test_copier_update_brings_what_is_better_and_keeps_what_the_author_did(place: Path) -> None:
    """The template in git, with two tags; a project made at the first is brought to the second."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")

    def commit(folder: Path) -> None:
        run("git", "add", "-A", cwd=folder)
        run("git", *identity, "commit", "-qm", "x", cwd=folder)

    template = place / "template"
    shutil.copytree(TEMPLATE, template)
    run("git", "init", "-q", cwd=template)
    commit(template)
    run("git", "tag", "1.0.0", cwd=template)
    project = create(names_of("fees"), place, "0.1.0", str(template)).folder
    run("git", "init", "-q", cwd=project)
    commit(project)
    view = project / "src" / "muntin_fees" / "view.py"
    view.write_text(view.read_text().replace('"Total"', '"All fees"'))
    commit(project)
    improved = template / "page" / ".gitignore.jinja"
    improved.write_text(improved.read_text() + "htmlcov/\n")
    commit(template)
    run("git", "tag", "1.1.0", cwd=template)

    run(BIN / "copier", "update", "--defaults", "--quiet", cwd=project)

    assert "htmlcov/" in (project / ".gitignore").read_text()
    assert '"All fees"' in view.read_text()
    assert "_commit: 1.1.0" in (project / ".copier-answers.yml").read_text()


class Installed:
    """A plugin that is there already."""

    @staticmethod
    @hookimpl
    def muntin_pages() -> list[Page]:
        feed = muntin.Feed("trades", dict)
        return [Page("costs", "Costs", (Panel("Trades", str, (feed,)),))]


class Reading:
    """A plugin that reads addresses."""

    @staticmethod
    @hookimpl
    def muntin_sources() -> list[SourceKind[Any]]:
        return [SourceKind("vault", lambda _url, _settings: NotImplemented)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ledger", "plugin 'ledger' is installed already"),
        ("costs", "/costs is a page of plugin 'ledger'"),
        ("trades", "trades.json is a document that plugin 'ledger' reads"),
    ],
)
def test_a_name_that_is_taken_is_refused_with_its_owner(name: str, reason: str) -> None:
    plugins = load(plugins={"ledger": Installed()}, discover=False)

    assert [*clashes(names_of(name), plugins)] == [f"{reason}; choose another name"]


def test_a_scheme_that_is_taken_is_refused() -> None:
    plugins = load(plugins={"ledger": Reading()}, discover=False)

    assert [*clashes(names_of("vault"), plugins, "source")] == [
        "vault:// addresses are read already; choose another name"
    ]
    assert [*clashes(names_of("file"), plugins, "source")]
    assert [*clashes(names_of("costs"), plugins, "source")] == []


def test_a_free_name_clashes_with_nothing() -> None:
    plugins = load(plugins={"ledger": Installed()}, discover=False)

    assert [*clashes(names_of("quite-new"), plugins)] == []
