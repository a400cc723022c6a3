"""What `muntin plugins` caches, and what invalidates it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from muntin.cli.plugins.plugin_cache import cached, keep


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return {"XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_what_was_printed_is_cached_by_its_options(env: dict[str, str]) -> None:
    keep(["--json"], "[]", env)

    assert cached(["--json"], env) == "[]"
    assert cached([], env) is None


def test_the_output_is_not_cached_for_another_environment(env: dict[str, str]) -> None:
    keep([], "table", env)

    assert cached([], {**env, "MUNTIN_PORT": "1"}) is None


def test_a_changed_setting_asks_again(env: dict[str, str]) -> None:
    keep([], "table", env)
    Path("muntin.toml").write_text("[plugins]")

    assert cached([], env) is None


def test_a_changed_setting_elsewhere_asks_again(env: dict[str, str], tmp_path: Path) -> None:
    named = {**env, "MUNTIN_CONFIG": str(tmp_path / "other.toml")}
    keep([], "table", named)
    before = cached([], named)
    (tmp_path / "other.toml").write_text("[plugins]")

    assert before == "table"
    assert cached([], named) is None


def test_a_changed_module_asks_again(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "packages" / "plugin_of_a_stranger.py"
    file.parent.mkdir()
    file.write_text("one = 1")
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, file.stem, module)
    keep([], "table", env)
    before = cached([], env)
    file.write_text("one = 1000")

    assert before == "table"
    assert cached([], env) is None


def test_a_newly_installed_distribution_asks_again(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(str(packages))
    keep([], "table", env)
    before = cached([], env)
    (packages / "new-1.0.dist-info").mkdir()

    assert before == "table"
    assert cached([], env) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"stamps": [], "text": "x"}'])
def test_a_spoiled_memory_is_no_memory(env: dict[str, str], text: str) -> None:
    keep([], "table", env)
    [file] = Path(env["XDG_CACHE_HOME"], "muntin").iterdir()
    assert json.loads(file.read_text())["text"] == "table"
    file.write_text(text)

    assert cached([], env) is None


def test_where_nothing_can_be_written_nothing_is_remembered(env: dict[str, str]) -> None:
    """A machine without a home works as well."""
    nowhere = {"HOME": "/dev/null"}
    keep([], "table", nowhere)

    assert cached([], nowhere) is None
