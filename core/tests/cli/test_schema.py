"""The schema of muntin.toml: it accepts what is accepted, and refuses what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from core.tests.kit import install

from muntin import Page, Panel, Secret, hookimpl
from muntin.cli.schema import schema_of
from muntin.plugins import load
from muntin.settings.parsing import Limits, parse_table
from muntin.settings.schema import DIALECT, table


@dataclass(frozen=True, slots=True)
class Account:
    #: As the exchange names it.
    name: str = ""
    under: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    #: For the exchange,
    #: read-only.
    token: Secret
    #: Seconds.
    window: Annotated[int, Limits(ge=1, le=60)] = 5
    side: Literal["long", "short"] = "long"
    limit: float | None = None
    main: Account = field(default_factory=Account)
    others: dict[str, Account] = field(default_factory=dict)


class Plugin:
    """Has settings, a page, and a panel that it offers."""

    Settings = Settings

    @staticmethod
    @hookimpl
    def muntin_pages() -> list[Page]:
        return [Page("fees", "Fees", (Panel("By venue", str),))]

    @staticmethod
    @hookimpl
    def muntin_panels() -> list[Panel]:
        return [Panel("Totals", str, page="fees")]


class Plain:
    """Has no settings."""

    @staticmethod
    @hookimpl
    def muntin_pages() -> list[Page]:
        return [Page("plain", "Plain")]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    plugins = {"fees": Plugin(), "plain": Plain()}
    tables = {"fees": {"token": {"env": "T"}}}
    return schema_of(load(plugins=plugins, discover=False, settings=tables, env={"T": "x"}))


KINDS: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
    "number": (int, float),
}  # fmt: skip


def problems(schema: Any, value: Any, where: str = "$") -> Iterator[str]:
    """Yield where a value breaks a schema: as much of 2020-12 as we write."""
    if not _fits(schema, value):
        yield where
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from problems(schema.get("items", {}), inner, f"{where}[{index}]")
    elif isinstance(value, dict):
        yield from (f"{where}.{name}" for name in schema.get("required", ()) if name not in value)
        for name, inner in value.items():
            rest = schema.get("additionalProperties", {})
            own = schema.get("properties", {}).get(name, rest)
            yield from (
                [f"{where}.{name}"] if own is False else problems(own, inner, f"{where}.{name}")
            )


def _fits(schema: Any, value: Any) -> bool:
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (kind != "boolean" and value is True)):
        return False
    if "oneOf" in schema and sum(not [*problems(one, value)] for one in schema["oneOf"]) != 1:
        return False
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    return value in schema.get("enum", [value]) and (
        kind not in {"integer", "number"} or low <= value <= high
    )


GOOD = {
    "state": "logs", "port": 8080,
    "site": {"title": "Atlas", "nav": ["fees", "*"], "refresh": 1},
    "plugins": {"only": ["fees"], "strict": True},
    "plugin": {"fees": {"token": {"env": "T"}, "window": 60, "limit": 0.5, "main": {"name": "x"}}},
    "page": {"fees": {"panels": {"totals": {"width": 6}, "by-venue": {"hidden": True}}}},
}  # fmt: skip


def test_what_the_server_takes_fits(schema: dict[str, Any]) -> None:
    assert [*problems(schema, {})] == []
    assert [*problems(schema, GOOD)] == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"prot": 1}, "$.prot"),
        ({"port": "5006"}, "$.port"),
        ({"port": 70000}, "$.port"),
        ({"site": {"titel": "x"}}, "$.site.titel"),
        ({"site": {"nav": ["feess"]}}, "$.site.nav[0]"),
        ({"plugins": {"disable": ["feess"]}}, "$.plugins.disable[0]"),
        ({"plugin": {"feess": {}}}, "$.plugin.feess"),
        ({"plugin": {"plain": {"x": 1}}}, "$.plugin.plain.x"),
        ({"plugin": {"fees": {}}}, "$.plugin.fees.token"),
        ({"plugin": {"fees": {"token": "abc"}}}, "$.plugin.fees.token"),
        ({"plugin": {"fees": {"token": {"env": "A", "file": "/b"}}}}, "$.plugin.fees.token"),
        ({"plugin": {"fees": {"token": {"env": "A"}, "side": "up"}}}, "$.plugin.fees.side"),
        ({"page": {"fes": {}}}, "$.page.fes"),
        ({"page": {"fees": {"panels": {"total": {}}}}}, "$.page.fees.panels.total"),
        (
            {"page": {"fees": {"panels": {"totals": {"width": 13}}}}},
            "$.page.fees.panels.totals.width",
        ),
    ],
)
def test_what_the_server_refuses_or_notes_does_not_fit(
    schema: dict[str, Any], wrong: dict[str, Any], where: str
) -> None:
    assert where in [*problems(schema, wrong)]


def test_comments_become_explanations(schema: dict[str, Any]) -> None:
    fees = schema["properties"]["plugin"]["properties"]["fees"]

    assert fees["properties"]["token"]["description"] == "For the exchange, read-only."
    assert fees["properties"]["window"]["description"] == "Seconds."
    assert fees["properties"]["main"]["properties"]["name"]["description"].startswith("As the exch")
    assert "Run mode" in schema["properties"]["site"]["properties"]["mode"]["description"]


def test_the_schema_names_its_dialect_and_refers_to_nothing(schema: dict[str, Any]) -> None:
    """Editors load one file; a table within itself ends the writing out."""
    text = json.dumps(schema)

    assert schema["$schema"] == DIALECT
    assert "$ref" not in text
    assert "null" not in text


def test_the_schema_and_the_parser_agree_on_settings() -> None:
    raw = {"token": {"env": "T"}, "window": 61}

    assert [*problems(table(Settings), raw)] == ["$.window"]
    assert parse_table(Settings, raw, env={"T": "x"})[0] is None


def test_a_plugin_that_lacks_its_settings_is_described_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is broken until somebody writes them, and that is when the schema is wanted."""
    code = (
        "from dataclasses import dataclass\nfrom muntin import Page, hookimpl\n"
        "@dataclass(frozen=True)\nclass Settings:\n    key: str\n"
        "@hookimpl\ndef muntin_pages(settings):\n    return []\n"
    )
    install(tmp_path, "needy", code)
    monkeypatch.syspath_prepend(tmp_path)

    found = load(only=["needy"])

    assert [one.state for one in found.records if one.name == "needy"] == ["broken"]
    assert schema_of(found)["properties"]["plugin"]["properties"]["needy"]["required"] == ["key"]
