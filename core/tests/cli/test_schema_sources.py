"""The schema of ``[source]``: what the installed kinds of source take, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from core.tests.sites import no_source

from muntin import Limits, SourceKind, hookimpl
from muntin.cli.schema import schema_of
from muntin.plugins import load


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Of a queue."""

    #: Which messages are meant.
    topic: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class PollSettings:
    """Of a server that is polled."""

    #: Seconds between two requests.
    interval: Annotated[float, Limits(ge=0.1, le=3600)] = 5.0


def source_of(*kinds: SourceKind[Any]) -> dict[str, Any]:
    polled = [kind("http", PollSettings), kind("https", PollSettings)]
    plugin = SimpleNamespace(muntin_sources=hookimpl(lambda: (*kinds, *polled)))
    schema = schema_of(load(plugins={"x": plugin}, discover=False))
    found: dict[str, Any] = schema["properties"]["source"]
    return found


def kind(scheme: str, settings: type | None) -> SourceKind[Any]:
    return SourceKind(scheme, no_source, "", settings)


def test_the_table_of_a_source_is_described_and_closed() -> None:
    source = source_of()

    assert source["title"] == "http:// https://"
    assert source["additionalProperties"] is False
    assert set(source["properties"]) == set(PollSettings.__dataclass_fields__)
    assert source["properties"]["interval"]["description"].startswith(
        "Seconds between two requests"
    )
    assert source["properties"]["interval"]["maximum"] == 3600
    assert "required" not in source


def test_the_table_of_a_plugins_source_may_stand_there_too() -> None:
    source = source_of(kind("queue", QueueSettings), kind("queues", QueueSettings))

    assert [one["title"] for one in source["anyOf"]] == ["queue:// queues://", "http:// https://"]
    queue = source["anyOf"][0]
    assert queue["required"] == ["topic"]
    assert queue["properties"]["topic"]["description"] == "Which messages are meant."
    assert queue["additionalProperties"] is False


@pytest.mark.parametrize("settings", [PollSettings, None])
def test_kinds_without_a_table_of_their_own_add_none(settings: type | None) -> None:
    source = source_of(kind("bot", settings))

    assert "anyOf" not in source
    assert ("bot://" in source["title"]) is (settings is not None)


def test_where_a_plugin_of_sources_is_not_in_use_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It may be broken for want of its settings, and that is when the schema is wanted."""
    code = (
        "from dataclasses import dataclass\nfrom muntin import hookimpl\n"
        "@dataclass(frozen=True)\nclass Settings:\n    key: str\n"
        "@hookimpl\ndef muntin_sources():\n    return []\n"
    )
    (tmp_path / "x_wanting.py").write_text(code)
    info = tmp_path / "wanting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wanting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[muntin]\nwanting = x_wanting\n")
    monkeypatch.syspath_prepend(tmp_path)

    source = schema_of(load(only=["wanting"]))["properties"]["source"]

    assert source["type"] == "object"
    assert "additionalProperties" not in source
