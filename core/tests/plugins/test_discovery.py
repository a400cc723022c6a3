"""Discovery reads metadata alone, and finds what the standard library finds."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

from core.tests.plugins.kit import ADDS_A_PAGE, Install

from muntin.plugins import State, discover, load


def test_discovery_reads_metadata_and_imports_nothing(installed: Install, tmp_path: Path) -> None:
    installed("bad", "raise RuntimeError('imported')", requires="muntin>=0.1")

    (found,) = discover([str(tmp_path)])

    assert (found.name, found.distribution, found.version) == ("bad", "muntin-bad", "1.2")
    assert found.module == "x_bad"
    assert found.requires == ("muntin>=0.1",)
    assert "x_bad" not in sys.modules


def test_an_installed_plugin_is_loaded(installed: Install) -> None:
    installed("one", ADDS_A_PAGE.format("one"), requires="muntin>=0.1,<9")

    (record,) = load().records

    assert record.active, record.reason
    assert record.import_seconds > 0


def test_damaged_metadata_of_one_distribution_hides_no_other(
    installed: Install, tmp_path: Path
) -> None:
    installed("one", ADDS_A_PAGE.format("one"))
    for name, content in (("latin", b"[muntin]\n\xff = \xff\n"), ("nothing", b"[muntin]\n=\n[[[")):
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "entry_points.txt").write_bytes(content)
    (tmp_path / "empty-1.dist-info").mkdir()

    states = {record.name: record.state for record in load().records}

    assert states["one"] is State.ACTIVE


def test_of_two_installations_of_a_distribution_the_first_on_the_path_counts(
    installed: Install, tmp_path: Path
) -> None:
    """As for an import; the other is often what an editable installation left behind."""
    installed("one", distribution="muntin-one", version="2.0")
    other = tmp_path / "later"
    other.mkdir()
    installed("two", distribution="muntin-one", version="1.0").rename(other / "a-1.0.dist-info")

    assert [one.version for one in discover([str(tmp_path), str(other)])] == ["2.0"]


def test_a_plugin_in_an_archive_is_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "packed.whl", "w") as archive:
        archive.writestr("packed-1.0.dist-info/METADATA", "Name: packed\nVersion: 1.0\n\n")
        archive.writestr("packed-1.0.dist-info/entry_points.txt", "[muntin]\npacked = packed\n")

    assert [one.name for one in discover([str(tmp_path / "packed.whl")])] == ["packed"]


def test_discovery_agrees_with_the_standard_library() -> None:
    """We read metadata by hand, for speed only."""
    expected = {(one.name, one.value) for one in metadata.entry_points(group="muntin")}

    assert {(one.name, one.module) for one in discover()} == expected


def test_paths_that_are_no_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file.zip").write_bytes(b"no archive")

    assert discover([str(tmp_path / "gone"), str(tmp_path / "file.zip")]) == ()
