"""Sections of the results that benches of their own write."""

from __future__ import annotations

from pathlib import Path

from bench.sections import kept, put


def test_a_section_takes_the_place_of_the_one_before_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("# Results\n")
    put(path, "apps", "old")
    put(path, "tables", "rows")
    put(path, "apps", "new")

    assert path.read_text() == "# Results\n\n<!-- apps -->\n\nnew\n\n<!-- tables -->\n\nrows\n"
    assert kept(path) == "<!-- apps -->\n\nnew\n\n<!-- tables -->\n\nrows\n"


def test_without_sections_there_is_nothing_to_keep(tmp_path: Path) -> None:
    assert kept(tmp_path / "none.md") == ""
