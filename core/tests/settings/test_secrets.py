"""A secret never prints, and says why it cannot be had."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from muntin.settings.parsing import parse_table
from muntin.settings.secrets import Secret, read_secret


@dataclass(frozen=True)
class Service:
    name: str
    token: Secret | None = None


def test_a_secret_never_prints() -> None:
    secret = Secret("hunter2")

    assert secret.reveal() == "hunter2"
    assert f"{secret} {secret!r} {[secret]}" == "*** Secret('***') [Secret('***')]"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_secret_comes_from_the_environment() -> None:
    assert read_secret({"env": "TOKEN"}, {"TOKEN": "t"}) == Secret("t")


def test_a_secret_comes_from_a_file_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t \n")

    assert read_secret({"file": str(tmp_path / "token")}, {}) == Secret("t ")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("hunter2", "never as its text"),
        ({"env": "TOKEN", "file": "/x"}, "never as its text"),
        ({"env": 7}, "never as its text"),
        ({"env": "GONE"}, "the environment variable GONE is not set"),
        ({"file": "token"}, "must be an absolute path"),
        ({"file": "/nowhere/token"}, "cannot be read: No such file"),
    ],
)
def test_a_secret_that_cannot_be_had_says_why_and_not_what(raw: Any, words: str) -> None:
    value, found = parse_table(Service, {"name": "x", "token": raw}, "plugin.x", {"A": "b"})

    assert value is None
    assert found[0].startswith("plugin.x.token: ")
    assert words in found[0]
    assert "hunter2" not in found[0]
