"""The half of the adapter that runs whole Panel apps."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import panel as pn
import pytest
from bokeh.document import Document

from muntin.live.panel_apps import component_file, extension_root, resources_of


def test_panels_own_files_are_those_of_an_extension() -> None:
    root = extension_root("panel")

    assert root is not None
    assert (root / "panel.min.js").is_file()
    assert extension_root("no-such") is None


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of an app, with a component whose style sheet is a file beside it."""
    (tmp_path / "own.css").write_text("b { color: red }")
    (tmp_path / "secret.css").write_text("")
    module = ModuleType("shop_of_test")
    module.__file__ = str(tmp_path / "shop.py")
    body = {"_css": [str(tmp_path / "own.css")], "__module__": module.__name__}
    module.Shop = type("Shop", (), body)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def test_a_file_that_a_component_lists_is_found(shop: ModuleType, tmp_path: Path) -> None:
    assert component_file("shop_of_test/Shop/_css/own.css") == tmp_path / "own.css"


@pytest.mark.parametrize(
    "address",
    [
        "shop_of_test/Shop/_css/secret.css",
        "shop_of_test/Shop/__module__/own.css",
        "shop_of_test/None/_css/own.css",
        "shop_of_test/Shop",
        "",
    ],
)
def test_no_other_file_is_found(shop: ModuleType, address: str) -> None:
    assert component_file(address) is None


def test_looking_for_a_components_file_imports_nothing() -> None:
    assert component_file("antigravity/X/_css/own.css") is None
    assert "antigravity" not in sys.modules


def test_no_script_of_a_page_is_imported_from_another_host() -> None:
    pn.extension("vizzu")
    document = Document()
    pn.pane.Markdown("plain").server_doc(document)

    scripts, _ = resources_of(document)

    assert "bokeh.min.js" in scripts
    assert "//cdn" not in scripts
