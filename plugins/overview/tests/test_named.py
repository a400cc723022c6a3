from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin_overview import (
    KPIS,
    NAV,
    build_aum_slices,
    load_kpis,
    load_nav_with_aum,
    render_kpis_overview,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
HOSTILE = [
    None,
    [],
    {},
    "x",
    5,
    True,
    float("nan"),
    {"aum": None},
    {"aum": []},
    {"aum": {}},
    {"aum": 5},
    b"",
    object(),
    {1: 2},
    {"aum": "x" * 100_000},
]


def deep(levels: int = 20_000) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for _ in range(levels):
        inner = {"aum": inner}
    return inner


def test_slices_are_futures_and_one_per_key() -> None:
    assert build_aum_slices(NAV.example) == [
        {"label": "Futures", "value": 10500.0, "qty": None},
        {"label": "BTC", "value": 4500.0, "qty": 0.05},
        {"label": "XAUT", "value": 2000.0, "qty": 0.5},
    ]


def test_negative_and_missing_values_are_zero() -> None:
    aum = {
        "futures": -14.2,
        "offexchange": {
            "A": {"qty": 1, "usd_value": None},
            "B": None,
            "C": {"qty": -1.0, "usd_value": -250},
        },
    }

    assert build_aum_slices({"aum": aum}) == [
        {"label": "Futures", "value": 0.0, "qty": None},
        {"label": "A", "value": 0.0, "qty": 1.0},
        {"label": "B", "value": 0.0, "qty": None},
        {"label": "C", "value": 0.0, "qty": -1.0},
    ]


def test_labels_are_the_documents_own_keys() -> None:
    long = "x" * 100

    slices = build_aum_slices({"aum": {"offexchange": {long: {"usd_value": 1}, 5: {}}}})

    assert [item["label"] for item in slices] == ["Futures", long, "5"]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw)[:20])
def test_no_aum_gives_no_slices(raw: Any) -> None:
    assert build_aum_slices(raw) == []


def test_deep_nesting_is_survived() -> None:
    assert build_aum_slices(deep())[0]["value"] == 0.0
    render_kpis_overview(deep())


@given(json_values)
def test_any_aum_gives_finite_values(raw: Any) -> None:
    for item in build_aum_slices({"aum": raw}):
        assert set(item) == {"label", "value", "qty"}
        assert isinstance(item["label"], str)
        assert isinstance(item["value"], float)
        assert math.isfinite(item["value"])
        assert item["value"] >= 0
        assert item["qty"] is None or math.isfinite(item["qty"])


@given(st.dictionaries(st.text(), json_values))
def test_any_holdings_give_one_slice_per_key(held: dict[str, Any]) -> None:
    slices = build_aum_slices({"aum": {"futures": 1, "offexchange": held}})

    assert [item["label"] for item in slices] == ["Futures", *held]


def test_documents_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "nav.json").write_text(json.dumps(NAV.example))
    (tmp_path / "kpis_v7.json").write_text(json.dumps(KPIS.example))

    assert load_nav_with_aum(tmp_path) == NAV.example
    assert load_kpis(str(tmp_path)) == KPIS.example


def test_f105_the_directory_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nav.json").write_text('{"nav": 1}')
    monkeypatch.setenv("STATE_DIR", str(tmp_path))

    assert load_nav_with_aum() == {"nav": 1}


def test_f105_without_a_word_it_is_logs_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs" / "state").mkdir(parents=True)
    (tmp_path / "logs" / "state" / "kpis_v7.json").write_text('{"ts": 1}')
    monkeypatch.delenv("STATE_DIR", raising=False)
    monkeypatch.chdir(tmp_path)

    assert load_kpis() == {"ts": 1}


def test_f109_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "nav.json").write_bytes(b'\xef\xbb\xbf{"nav": 1}')

    assert load_nav_with_aum(tmp_path) == {"nav": 1}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 6000 + b"}"],
    ids=["empty", "torn", "list", "null", "utf-16", "deep", "long number"],
)
def test_f96_what_cannot_be_read_is_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nav.json").write_bytes(content)
    (tmp_path / "kpis_v7.json").write_bytes(content)

    assert (load_nav_with_aum(tmp_path), load_kpis(tmp_path)) == ({}, {})


@pytest.mark.parametrize("place", ["/nowhere/at/all", "", "\0", 5, [], "x" * 5000])
def test_a_place_that_is_none_is_nothing(
    place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_nav_with_aum(place) == {}


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "nav.json")
    (tmp_path / "kpis_v7.json").mkdir()

    assert (load_nav_with_aum(tmp_path), load_kpis(tmp_path)) == ({}, {})


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "nav.json").open("wb") as file:
        file.truncate(100 * 1024 * 1024)

    assert load_nav_with_aum(tmp_path) == {}


def test_kpis_are_shown_with_their_figures(look: Any) -> None:
    seen = look(render_kpis_overview(KPIS.example))

    assert seen.metric("router_quality") == "ok"
    assert seen.metric("maker_fill_ratio") == "60.0\u00a0%"


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw)[:20])
def test_f19_f28_no_kpis_are_dashes_and_no_healthy_words(look: Any, raw: Any) -> None:
    seen = look(render_kpis_overview(raw))

    assert {seen.metric(name) for name in seen.metrics} == {"–"}
    assert not set(seen.text.lower().split()) & {"normal", "ok", "good"}


@given(json_values | st.dictionaries(st.sampled_from(sorted(KPIS.example)), json_values))
def test_any_kpis_are_shown(raw: Any) -> None:
    assert render_kpis_overview(raw) is not None
