"""The directory source keeps what every source promises."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from muntin import Feed
from muntin.sources import DirectorySource, Source
from muntin.testing import SourceBackend
from muntin.testing.conformance.sources import *  # noqa: F403  # one line, as in a plugin's tests


class Folder(SourceBackend):
    """A directory that is written to by renames."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def source(self) -> Source:
        return DirectorySource(self._root)

    def put(self, feed: Feed[Any], data: bytes) -> None:
        temporary = self._root / f".{feed.name}"
        temporary.write_bytes(data)
        os.replace(temporary, self._root / feed.path)  # noqa: PTH105  # as producers do

    def remove(self, feed: Feed[Any]) -> None:
        (self._root / feed.path).unlink()

    def cut(self) -> None:
        self._root.rename(self._root.with_suffix(".away"))

    def mend(self) -> None:
        self._root.with_suffix(".away").rename(self._root)


@pytest.fixture
def backend(tmp_path: Path) -> Folder:
    (tmp_path / "state").mkdir()
    return Folder(tmp_path / "state")
