from __future__ import annotations

from pathlib import Path

import pytest

import muntin
from muntin.cli.dev.watching import places


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of installed plugins: a package, a single file, and one that is not there."""
    (tmp_path / "x_package").mkdir()
    (tmp_path / "x_package" / "__init__.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "x_single.py").write_text("raise RuntimeError('imported')")
    info = tmp_path / "x-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[muntin]\none = x_package.part:hooks\ntwo = x_single\nthree = x_gone\nfour = !\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_core_plugins_and_settings_are_watched_and_nothing_is_imported(plugins: Path) -> None:
    settings = plugins / "muntin.toml"

    found = places(settings)

    assert {Path(muntin.__file__).parent, plugins / "x_package"} <= found.trees
    assert found.files == {settings, plugins / "x_single.py"}
    assert found.telling(str(settings))
    assert found.telling(str(plugins / "y-1.0.dist-info"))
    assert not found.telling(str(plugins / "notes.py"))


def test_settings_that_are_not_there_yet_are_watched(
    plugins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plugins)
    monkeypatch.delenv("MUNTIN_CONFIG", raising=False)

    assert plugins / "muntin.toml" in places(None).files
