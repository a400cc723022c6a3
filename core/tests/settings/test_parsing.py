"""A table of settings becomes its dataclass, or is told what is wrong at any depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest

from muntin.settings.parsing import Limits, parse_table
from muntin.settings.secrets import Secret


@dataclass(frozen=True)
class Inner:
    size: Annotated[int, Limits(ge=1, le=9)] = 1


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] = field(default_factory=dict)
    when: datetime | None = None
    day: date | None = None
    path: Path | None = None
    token: Secret | None = None
    derived: int = field(default=7, init=False)


def test_a_table_becomes_its_dataclass() -> None:
    raw = {
        "name": "x",
        "inner": {"size": 2},
        "many": [{"size": 3}],
        "by_name": {"a": {"size": 4}},
        "when": datetime(2025, 1, 2, 3, 4, 5),  # noqa: DTZ001 - TOML has such
        "day": date(2025, 1, 2),
        "path": "/tmp",
        "token": {"env": "TOKEN"},
    }

    value, found = parse_table(Outer, raw, "plugin.x", {"TOKEN": "t"})

    assert found == []
    assert value == Outer(
        "x", Inner(2), (Inner(3),), {"a": Inner(4)}, raw["when"], raw["day"], Path("/tmp"),  # type: ignore[arg-type]
        Secret("t"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"inner": {"sise": 1}}, "x.inner.sise: unknown, did you mean size?"),
        ({"many": [{"size": 1}, {"sise": 1}]}, "x.many.1.sise: unknown, did you mean size?"),
        ({"by_name": {"a": {"sise": 1}}}, "x.by_name.a.sise: unknown, did you mean size?"),
        ({"derived": 1}, "x.derived: unknown"),
        ({"inner": {"size": 10}}, "x.inner.size: should be less than or equal to 9"),
        ({"inner": {"size": True}}, "x.inner.size: should be a valid integer"),
        ({"inner": 3}, "x.inner: should be an object"),
    ],
)
def test_a_mistake_at_any_depth_is_told(raw: dict[str, Any], problem: str) -> None:
    value, found = parse_table(Outer, {"name": "x", **raw}, "x")

    assert value is None
    assert found == [problem]
