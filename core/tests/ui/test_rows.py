"""Rows of long tables: what is sent is enough for a browser to have what the server has."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from muntin import Field, Presence
from muntin.scripts import plain
from muntin.ui import Cell, Column, Table, row, table
from muntin.ui.components.tables import LONG
from muntin.ui.rendering import fragment
from muntin.ui.rendering.columns import DataCell, DataRow, changes, data_row
from muntin.ui.rendering.fragments import Fragment

COLUMNS = ("a", "b")

#: Answers each line, `[forget, change]`, with what the table holds then.
PROGRAM = """
const lines = require("node:readline").createInterface({ input: process.stdin });
let data;
lines.on("line", (line) => {
  const [forget, change] = JSON.parse(line);
  if (forget) data = new TableData([{ id: "a" }, { id: "b" }]);
  data.take(change);
  const { ids, muted, text, value, path, kind } = data;
  console.log(JSON.stringify({ ids, muted, text, value, path, kind }));
});
"""


class Browser:
    """The page's own script, in node, with the rows of one table."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def take(self, change: dict[str, Any], *, forget: bool) -> Any:
        """Return what the table holds after a change."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([forget, change]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def running() -> Iterator[Browser]:
    script = plain(Path(str(files("muntin.web"))) / "static" / "page" / "rows.js")
    command = ["/usr/bin/node", "-e", script + PROGRAM]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        yield Browser(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as one:
        yield one


def held(rows: list[DataRow]) -> dict[str, Any]:
    """Return what a browser should hold."""
    columns = [[row.cells[at] for row in rows] for at in range(len(COLUMNS))]
    return {
        "ids": [row.id for row in rows],
        "muted": [row.muted for row in rows],
        "text": [[cell.text for cell in cells] for cells in columns],
        "value": [[cell.value for cell in cells] for cells in columns],
        "path": [[cell.path for cell in cells] for cells in columns],
        "kind": [[[list(pair) for pair in cell.kind] for cell in cells] for cells in columns],
    }


words = some.text(some.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=4)
paths = some.builds(
    "{}{}".format, some.sampled_from(["", "x[0]", "x[1]"]), some.sampled_from(["", ".a", '["b"]'])
)
kinds = some.sampled_from([(), (("class", "up"),), (("class", "down"), ("data-feed", "f"))])
cells = some.builds(DataCell, words, words, paths, kinds)
rows = some.builds(data_row, some.sampled_from("pqrstu"), some.tuples(cells, cells), words)
tables = some.lists(rows, max_size=6, unique_by=lambda row: row.id)


@settings(max_examples=200)
@given(some.lists(tables, min_size=1, max_size=4))
def test_changes_bring_a_browser_to_what_the_server_has(
    browser: Browser, states: list[list[DataRow]]
) -> None:
    before: list[DataRow] = []
    for turn, after in enumerate(states):
        sent = json.loads(json.dumps(changes(before, after)))
        assert browser.take(sent, forget=turn == 0) == held(after)
        before = after


def test_same_rows_are_no_change() -> None:
    rows = [data_row("p", (DataCell("1", "1", "x", ()),))]

    assert changes(rows, list(rows)) == {}


def test_one_value_is_sent_alone() -> None:
    kind = (("class", "num"),)
    old = [data_row(str(at), (DataCell("1", "1", f"[{at}].a", kind),)) for at in range(9)]
    new = [*old[:4], data_row("4", (DataCell("2", "2", "[4].a", kind),)), *old[5:]]

    assert changes(old, new) == {
        "kinds": [[["class", "num"]]],
        "cells": [[0, [4], ["2"], None, 0, None]],
    }


def long_table(values: list[float]) -> Table:
    fields = (Field(v, "usd", "f", f"[{at}].a", "", Presence.OK) for at, v in enumerate(values))
    made = (row(str(at), Cell(one, swatch="#123456")) for at, one in enumerate(fields))
    return table((Column("a", "A"),), made)


def rendered(values: list[float], before: Fragment | None = None) -> Fragment:
    return fragment(long_table(values), "t", before)


def test_table_of_many_rows_is_data_behind_its_first_rows() -> None:
    html = rendered([1.5] * (LONG + 1)).html()

    assert html.count("<td ") == 100
    assert "First 100 of 501 rows." in html
    block = re.search(r'<script type="application/json" class="mu-rows">(.*)</script>', html)
    assert block is not None
    assert json.loads(block[1])["cells"][0][2] == ["1.50"] * (LONG + 1)


def test_table_of_fewer_rows_is_markup() -> None:
    html = rendered([1.5] * LONG).html()

    assert html.count("<td ") == LONG
    assert "<script" not in html


def test_whole_markup_has_every_row() -> None:
    html = rendered([1.5] * 600).html(whole=True)

    assert html.count("<td ") == 600
    assert "<script" not in html


def test_data_cannot_end_its_element() -> None:
    made = table(
        (Column("a", "A"),),
        (row(str(at), Field("</script><b>", presence=Presence.OK)) for at in range(600)),
    )

    assert fragment(made, "t").html().count("</script>") == 1


def test_changed_rows_are_the_only_ones_rendered() -> None:
    before = rendered([1.0] * 600)
    after = rendered([1.0] * 300 + [2.0] + [1.0] * 299, before)

    assert after.fits(before)
    assert after.changed(before) == []
    (change,) = after.changed_data(before)
    assert change.id == "t"
    assert change.change["cells"] == [[0, [300], ["2.00"], ["2.0"], 0, None]]


@pytest.mark.parametrize(("before", "after"), [(600, 3), (3, 600)])
def test_table_that_grows_or_shrinks_is_one_made_afresh(before: int, after: int) -> None:
    updated = rendered([1.0] * after, rendered([1.0] * before))

    assert updated.html() == rendered([1.0] * after).html()


def test_feeds_of_data_are_feeds_of_the_fragment() -> None:
    assert rendered([1.0] * 600).values("data-feed") == {"f"}
