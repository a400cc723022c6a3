"""The object store source keeps what every source promises: S3, memory, and files by fsspec."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import fsspec
import pytest
from plugins.objectstore.tests.conftest import KEY, SECRET, Server

from muntin import Feed, Secret
from muntin.sources import Source
from muntin.testing import SourceBackend
from muntin.testing.conformance.sources import *  # noqa: F403  # one line, as in a plugin's tests
from muntin_objectstore import ObjectStoreSettings, ObjectStoreSource


class Bucket(SourceBackend):
    """A bucket of a server that is stopped and started again for an outage."""

    secret = SECRET

    def __init__(self, server: Server) -> None:
        self._server = server

    def source(self) -> Source:
        settings = ObjectStoreSettings(
            interval=0.2,
            timeout=4.0,
            key=KEY,
            secret=Secret(SECRET),
            endpoint=self._server.url,
            region="us-east-1",
        )
        return ObjectStoreSource("s3://fund/state", settings)

    def put(self, feed: Feed[Any], data: bytes) -> None:
        self._server.client.put_object(Bucket="fund", Key=f"state/{feed.path}", Body=data)

    def remove(self, feed: Feed[Any]) -> None:
        self._server.client.delete_object(Bucket="fund", Key=f"state/{feed.path}")

    def cut(self) -> None:
        self._server.stop()

    def mend(self) -> None:
        self._server.start()


class Files(SourceBackend):
    """A file system of fsspec's."""

    def __init__(self, scheme: str, root: str) -> None:
        self._url = f"{scheme}://{root}"
        self._files = fsspec.filesystem(scheme)
        self._root = root
        self._files.makedirs(root, exist_ok=True)

    def source(self) -> Source:
        return ObjectStoreSource(self._url, ObjectStoreSettings(interval=0.2))

    def put(self, feed: Feed[Any], data: bytes) -> None:
        temporary = f"{self._root}/.{feed.path}"
        self._files.pipe_file(temporary, data)
        self._files.mv(temporary, f"{self._root}/{feed.path}")

    def remove(self, feed: Feed[Any]) -> None:
        self._files.rm(f"{self._root}/{feed.path}")


@pytest.fixture(params=["s3", "memory", "file"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> SourceBackend:
    if request.param == "s3":
        return Bucket(request.getfixturevalue("server"))
    root = f"/{uuid.uuid4().hex}" if request.param == "memory" else str(tmp_path)
    return Files(request.param, root)
