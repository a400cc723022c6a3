"""A chart's data: only what is new is sent, and who applies it has what the server has."""

from __future__ import annotations

from typing import Any

import pytest
from bokeh.core.serialization import Deserializer, Serializer
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from hypothesis import given
from hypothesis import strategies as st

from muntin.live.stage.columns import Columns, appended, bring_up_to_date

HISTORY: Columns = {"t": [1, 2, 3, 4], "nav": [1.0, 1.5, 1.25, 2.0]}


class Source:
    """A source on the server, its data in a browser, and what was sent from one to the other."""

    def __init__(self, columns: Columns) -> None:
        self.document = Document()
        self.source = ColumnDataSource(data={name: list(v) for name, v in columns.items()})
        self.document.add_root(self.source)
        self.shown: Columns = {name: list(v) for name, v in columns.items()}
        self.events: list[Any] = []
        self.document.on_change(self.events.append)

    def update(self, columns: Columns) -> list[str]:
        """Return the kinds of the events that an update caused; the browser gets them."""
        self.events.clear()
        self.document.hold("combine")
        bring_up_to_date(self.source, columns)
        self.document.unhold()
        for event in self.events:
            self._apply(event)
        return [event.kind for event in self.events]

    def _apply(self, event: Any) -> None:
        """Do what BokehJS does with an event."""
        sent = event.to_serializable(Serializer(references=self.document.models.synced_references))
        data = Deserializer([self.source]).deserialize(sent.get("data", sent.get("new")))
        if event.kind == "ColumnsStreamed":
            for name, values in data.items():
                self.shown[name] = [*self.shown[name], *values][-event.rollover :]
        else:
            self.shown = {**(self.shown if sent.get("cols") else {}), **data}


def test_rows_that_were_appended_are_streamed() -> None:
    source = Source(HISTORY)

    kinds = source.update({"t": [2, 3, 4, 5], "nav": [1.5, 1.25, 2.0, 2.5]})

    assert kinds == ["ColumnsStreamed"]
    assert source.events[0].data == {"t": [5], "nav": [2.5]}
    assert source.shown == {"t": [2, 3, 4, 5], "nav": [1.5, 1.25, 2.0, 2.5]}


def test_growing_series_is_streamed() -> None:
    source = Source(HISTORY)

    assert source.update({"t": [1, 2, 3, 4, 5], "nav": [1.0, 1.5, 1.25, 2.0, 9.0]}) == [
        "ColumnsStreamed"
    ]
    assert source.shown["nav"] == [1.0, 1.5, 1.25, 2.0, 9.0]


def test_only_changed_columns_are_sent() -> None:
    source = Source(HISTORY)

    kinds = source.update(HISTORY | {"nav": [1.0, 1.5, 1.25, 9.0]})

    assert kinds == ["ColumnDataChanged"]
    assert source.events[0].cols == ["nav"]
    assert source.shown == HISTORY | {"nav": [1.0, 1.5, 1.25, 9.0]}


def test_other_columns_replace_all() -> None:
    source = Source(HISTORY)
    source.update({"t": [1], "aum": [2]})

    assert source.shown == {"t": [1], "aum": [2]}


def test_same_data_is_not_sent() -> None:
    assert Source(HISTORY).update({name: list(v) for name, v in HISTORY.items()}) == []


def test_one_is_not_true() -> None:
    source = Source({"flag": [1, 1]})
    source.update({"flag": [1, True]})

    assert source.shown["flag"][1] is True


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": []}, {"a": [1]}),
        ({"a": [1]}, {"a": []}),
        ({"a": [1, 2]}, {"a": [5, 6]}),
        ({"a": [1, 2]}, {"a": [1, 2]}),
        ({"a": [1, 2, 3], "b": [1]}, {"a": [1, 2, 3, 4], "b": [1, 2]}),
        ({"a": [1, 2, 3]}, {"a": [3, 4, 5]}),
    ],
)
def test_other_than_appended(old: Columns, new: Columns) -> None:
    assert appended(old, new) is None


_CELLS = st.sampled_from([0, 1, 1.0, True, None, "a", float("nan")])
_TABLE = st.lists(st.tuples(_CELLS, _CELLS), max_size=6)


@given(st.lists(_TABLE, min_size=2, max_size=5), st.booleans())
def test_browser_has_what_the_server_has(tables: list[Any], grows: Any) -> None:
    rows = list(tables[0])
    source = Source({"a": [row[0] for row in rows], "b": [row[1] for row in rows]})
    for table in tables[1:]:
        rows = [*rows[len(table) % 3 :], *table] if grows else table
        columns = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
        source.update(columns)

        assert repr(source.shown) == repr(columns)
