"""The conformance suite as a plugin's author meets it: an option, or a line in a test file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

Installed = Callable[..., Path]

LINE = "from muntin.testing.conformance import *\n"


@dataclass(frozen=True, slots=True)
class Run:
    """What pytest has said."""

    code: int
    text: str

    @property
    def counts(self) -> dict[str, int]:
        """How many tests passed, failed and so on."""
        last = self.text.strip().splitlines()[-1]
        return {name: int(number) for number, name in re.findall(r"(\d+) ([a-z]+)", last)}


def pytest_in(folder: Path, site: Path, *options: str, bare: bool = True) -> Run:
    """Run pytest in a folder where the plugin in `site` is importable.

    If `bare` with no plugin but ours, which is quicker.
    """
    env = {**os.environ, "PYTHONPATH": str(site), "PYTEST_ADDOPTS": ""}
    alone = ("-p", "muntin.testing.plugin") if bare else ()
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if bare else {}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *alone, *options],
        cwd=folder, env=env, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    return Run(ran.returncode, ran.stdout + ran.stderr)


@pytest.fixture
def anywhere(tmp_path: Path) -> Path:
    """Return a folder with nothing of the plugin in it, but with a test of its own."""
    folder = tmp_path / "anywhere"
    folder.mkdir()
    (folder / "test_other.py").write_text("def test_other():\n    pass\n")
    return folder


def test_an_option_tests_an_installed_plugin_from_anywhere(
    installed: Installed, anywhere: Path
) -> None:
    options = ("--muntin-conform", "muntin-toy", "-v", "-W", "error")
    ran = pytest_in(anywhere, installed(), *options, bare=False)

    assert ran.code == 0, ran.text
    assert ran.counts["passed"] > 40
    assert "test_panel_holds_whatever_state_a_feed_is_in[toy/toy-toy-stale] PASSED" in ran.text
    assert "test_other" not in ran.text


def test_what_is_named_beside_the_option_is_tested_too(
    installed: Installed, anywhere: Path
) -> None:
    ran = pytest_in(
        anywhere, installed(), "--muntin-conform=muntin_toy", "-v", "test_other.py",
        "-k", "other or wheel", "-p", "xdist.plugin", "-n", "2",
    )  # fmt: skip

    assert ran.code == 0, ran.text
    assert ran.counts["passed"] == 3


def test_a_broken_promise_fails_one_test_with_one_sentence(
    installed: Installed, anywhere: Path
) -> None:
    site = installed(("name, size = snapshot[TOY]", "1 / 0"))

    ran = pytest_in(anywhere, site, "--muntin-conform=muntin-toy", "-k", "examples and panel")

    assert ran.counts == {"failed": 1} | {k: v for k, v in ran.counts.items() if k != "failed"}
    assert "panel 'toy' raises ZeroDivisionError: division by zero from its feeds'" in ran.text
    assert "drawing.py:" not in ran.text


def test_a_plugin_that_cannot_be_loaded_fails_by_name(installed: Installed, anywhere: Path) -> None:
    site = installed(("@dataclass", "raise OSError('no disk')\n@dataclass"))

    ran = pytest_in(anywhere, site, "--muntin-conform=muntin-toy")

    assert ran.code == 1
    assert "plugin 'toy' is broken: import failed: OSError: no disk" in ran.text
    assert ran.counts["failed"] == 1
    assert ran.counts["skipped"] > 10


def test_one_line_tests_the_plugin_of_the_nearest_project(
    installed: Installed, anywhere: Path
) -> None:
    (anywhere / "pyproject.toml").write_text('[project]\nname = "muntin-toy"\n')
    (anywhere / "tests").mkdir()
    (anywhere / "tests" / "test_conformance.py").write_text(LINE)

    ran = pytest_in(anywhere, installed(), "tests", "-k", "wheel")

    assert ran.counts["passed"] == 2, ran.text


def test_names_beside_the_line_say_what_and_how(installed: Installed, anywhere: Path) -> None:
    needs = ("_pages(settings):", "_pages(settings):\n    assert settings.width == 9")
    site = installed(("width: int = 6", "width: int"), needs)
    beside = 'MUNTIN_PLUGIN = "muntin-toy"\nMUNTIN_SETTINGS = {"toy": {"width": 9}}\n'
    (anywhere / "test_toy.py").write_text(LINE + beside + "MUNTIN_BUDGET = 1e-9\n")

    given = pytest_in(anywhere, site, "test_toy.py", "-k", "hooks or budget")
    asked = pytest_in(anywhere, site, "test_toy.py", "-k", "budget", "--muntin-budget=5")

    assert given.counts["passed"] == given.counts["failed"] == 1, given.text
    assert "the budget is 1e-09 s" in given.text
    assert asked.code == 0


def test_a_line_without_a_project_says_what_is_missing(installed: Installed) -> None:
    folder = installed()
    (folder / "test_toy.py").write_text(LINE)

    ran = pytest_in(folder, folder, "test_toy.py")

    assert ran.code != 0
    assert 'write MUNTIN_PLUGIN = "muntin-yours" beside the import' in ran.text


def test_what_muntin_will_drop_fails_a_plugin_s_tests(anywhere: Path) -> None:
    """Of others' warnings the kit says nothing; and it loads nothing heavy by itself."""
    (anywhere / "pytest.ini").write_text("[pytest]\nfilterwarnings = default\n")
    (anywhere / "test_old.py").write_text(
        "import sys\nimport warnings\n"
        "def test_light():\n"
        "    assert not {'bokeh', 'panel', 'pandas', 'tornado'} & set(sys.modules)\n"
        "def test_ours():\n    warnings.warn('muntin.old is going', DeprecationWarning)\n"
        "def test_theirs():\n    warnings.warn('numpy.old is going', DeprecationWarning)\n"
    )

    ran = pytest_in(anywhere, anywhere, "test_old.py")

    assert ran.code == 1
    assert "FAILED test_old.py::test_ours" in ran.text
    assert ran.counts["passed"] == 2
