"""Static files: an address for each content, each encoding made once, nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest

from muntin.scripts import ordered, plain
from muntin.web.assets import PANEL_FILE, TYPES, Asset, load, panel_file


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    path = tmp_path / "a.js"
    path.write_bytes(b"let a = 1;\n" * 100)
    return Asset("a.js", path)


def test_address_changes_with_the_content(asset: Asset) -> None:
    asset.path.with_name("b.js").write_bytes(b"other")
    other = Asset("a.js", asset.path.with_name("b.js"))

    assert re.fullmatch(r"/static/[0-9a-f]{16}/a\.js", asset.address)
    assert asset.address == Asset("a.js", asset.path).address
    assert asset.address != other.address


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("br", "br"),
        ("gzip, br", "br"),
        ("BR", "br"),
        ("gzip", "gzip"),
        ("gzip;q=0.1, br;q=0", "gzip"),
        ("br; q=0.0 , gzip ; q=0.000", ""),
        ("br;q=1.0", "br"),
        ("brotli, x-gzip", ""),
        (",;q=,;", ""),
    ],
)
def test_best_accepted_encoding_is_sent(asset: Asset, accepted: str, encoding: str) -> None:
    data, name = asset.encoded(accepted)

    assert name == encoding
    assert {"br": brotli.decompress, "gzip": gzip.decompress}.get(name, bytes)(data) == asset.data


def test_encodings_are_made_once(asset: Asset) -> None:
    assert asset.encoded("br")[0] is asset.encoded("br")[0]
    assert asset.encoded("gzip")[0] is asset.encoded("gzip")[0]


def test_everything_a_page_needs_is_there() -> None:
    assets = load()

    assert {"muntin.js", "muntin.css", "icon.svg", "bokeh.min.js", "panel.min.js"} <= assets.keys()
    assert all(asset.data for asset in assets.values())
    assert all(asset.type in TYPES.values() for asset in assets.values())


def test_script_of_the_page_is_all_of_its_files_as_one() -> None:
    script = load()["muntin.js"]
    files = set(script.path.parent.glob("*.js"))

    assert set(ordered(script.path)) == files
    assert all(plain(path).encode() in script.data for path in files)
    assert not re.search(rb"^(import|export) ", script.data, re.MULTILINE)
    assert re.fullmatch(r"/static/[0-9a-f]{16}/muntin\.js", script.address)
    assert script.type == TYPES[".js"]


def test_no_name_stands_in_two_modules() -> None:
    """They share one scope once they are joined."""
    declared = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
    modules = [set(declared.findall(plain(path))) for path in ordered(load()["muntin.js"].path)]

    assert len(set().union(*modules)) == sum(map(len, modules))


def test_unknown_ending_has_no_type(tmp_path: Path) -> None:
    assert Asset("a.bin", tmp_path / "a.bin").type == "application/octet-stream"


@pytest.mark.parametrize("name", ["css/loading.css", "panel.min.js"])
def test_panels_own_files_are_found(name: str) -> None:
    found = panel_file(name)

    assert re.fullmatch(PANEL_FILE, name)
    assert found is not None
    assert found.path.is_file()


@pytest.mark.parametrize(
    "name",
    ["", "..", "../__init__.py", "css/../../config.py", "/etc/passwd", "css//x.css", "css/",
     ".git/config", "css/.hidden", "a\\..\\b", "css/..", "a%2fb", "a\x00b", "a\n"],
)  # fmt: skip
def test_no_other_file_can_be_named(name: str) -> None:
    assert re.fullmatch(PANEL_FILE, name) is None


@pytest.mark.parametrize("name", ["no.css", "css", "bundled", "a" * 200 + ".css"])
def test_file_that_is_none_is_none(name: str) -> None:
    assert panel_file(name) is None


def test_file_of_another_kind_is_none() -> None:
    assert panel_file("panel.json") is None
