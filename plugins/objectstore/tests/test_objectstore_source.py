"""What is an object store's own: versions, credentials, packages, names that lead outside."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from plugins.objectstore.tests.conftest import KEY, SECRET, Server

from muntin import Feed, Secret, SourceError, Status
from muntin.sources import FetchError
from muntin.testing import SourceRun
from muntin_objectstore import ObjectStoreSettings, ObjectStoreSource, ObjectStoreTarget
from muntin_objectstore.store import Store

NAV: Feed[float] = Feed("nav", lambda raw: float(raw["n"]))


def settings(server: Server, **more: Any) -> ObjectStoreSettings:
    given: dict[str, Any] = {"key": KEY, "secret": Secret(SECRET), "endpoint": server.url}
    return ObjectStoreSettings(region="us-east-1", interval=0.2, **{**given, **more})


def test_an_object_whose_etag_is_known_is_not_sent_again(server: Server) -> None:
    server.client.put_object(Bucket="fund", Key="nav.json", Body=b'{"n": 1}')
    store = Store("s3://fund", settings(server))
    try:
        first = store.read("nav.json")
        assert first is not None
        assert first.data == b'{"n": 1}'
        assert first.modified_at is not None
        again = store.read("nav.json", first.version)
        assert again is not None
        assert again.data is None
        server.client.put_object(Bucket="fund", Key="nav.json", Body=b'{"n": 2}')
        changed = store.read("nav.json", first.version)
        assert changed is not None
        assert changed.data == b'{"n": 2}'
    finally:
        store.close()


def test_a_bucket_that_is_not_there_has_missing_feeds(server: Server) -> None:
    with SourceRun(ObjectStoreSource("s3://nowhere", settings(server)), [NAV]) as run:
        run.until_fault(NAV, Status.MISSING, Status.UNREADABLE)


def test_a_name_that_leads_outside_is_missing(server: Server) -> None:
    store = Store("s3://fund/state", settings(server))
    try:
        with pytest.raises(FetchError, match="outside"):
            store.read("../secret.json")
    finally:
        store.close()


def test_a_scheme_without_its_package_names_it() -> None:
    with pytest.raises(SourceError, match="gs:// needs gcsfs: pip install gcsfs"):
        Store("gs://bucket/state", ObjectStoreSettings())


def test_a_target_replaces_an_object(server: Server, tmp_path: Path) -> None:
    for url, given in (
        ("s3://fund/state", settings(server)),
        (f"memory://{uuid.uuid4().hex}", ObjectStoreSettings()),
        (f"file://{tmp_path}/state", ObjectStoreSettings()),
    ):
        target = ObjectStoreTarget(url, given)
        assert target.read(NAV) is None
        for data in (b'{"n": 1}', b'{"n": 2}'):
            target.write(NAV, data, None)
            assert target.read(NAV) == data
        target.close()
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["nav.json"]


@pytest.mark.parametrize("given", [{"key": "x"}, {"secret": Secret("x")}])
def test_half_credentials_are_a_mistake(given: Any) -> None:
    with pytest.raises(ValueError, match="together"):
        ObjectStoreSettings(**given)
