"""What names an app, and at which address it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from muntin.apps import is_app, named_apps
from muntin.errors import ConfigError


@pytest.mark.parametrize(
    ("word", "app"),
    [("market.py", True), ("a/risk.ipynb", True), ("logs/state", False), ("redis://h/a.py", False)],
)
def test_scripts_and_notebooks_are_apps_and_addresses_are_not(word: str, app: bool) -> None:
    assert is_app(word) is app


def test_a_directory_is_an_app_if_it_has_a_main(tmp_path: Path) -> None:
    (tmp_path / "dash").mkdir()
    assert not is_app(str(tmp_path / "dash"))

    (tmp_path / "dash" / "main.py").write_text("")

    assert is_app(f"{tmp_path}/dash/")
    assert named_apps([f"{tmp_path}/dash/"]) == {"dash": str(tmp_path / "dash")}


def test_two_apps_of_one_name_are_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"/market is that of .*a/market\.py.*\[apps\]"):
        named_apps(["a/market.py", "b/market.py"])
