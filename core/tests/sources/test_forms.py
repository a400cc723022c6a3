"""Documents in other forms than JSON: what they become, where a value stands, what is wrong."""

from __future__ import annotations

import builtins
import io
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from muntin import Feed, Node, Status, Store
from muntin.sources import Undecodable, decode, read

NOW = datetime(2026, 1, 19, 12, tzinfo=UTC)
CSV = b"symbol,qty,ts\nBTC,1.5,2026-01-19T11:00:00Z\nETH,,2026-01-19T11:59:30Z\n"


def feed(path: str, **more: Any) -> Feed[Any]:
    return Feed("book", lambda raw: raw, path=path, **more)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("book.json", "json"),
        ("book.CSV", "csv"),
        ("deep/book.toml", "toml"),
        ("book.parquet", "parquet"),
        ("book.feather", "arrow"),
        ("book.txt", "text"),
        ("book", "json"),
    ],
)
def test_the_ending_of_the_path_names_the_form(path: str, form: str) -> None:
    assert feed(path).form == form


def test_decode_goes_before_the_ending_and_names_the_path() -> None:
    assert feed("book.dat", decode="csv").form == "csv"
    assert Feed("book", str, decode="parquet").path == "book.parquet"


def test_a_form_that_is_none_is_a_mistake_at_import() -> None:
    with pytest.raises(ValueError, match="decode 'xml' is none of json, arrow, csv"):
        feed("book.xml", decode="xml")
    with pytest.raises(TypeError, match="decode is a name or a function"):
        feed("book.xml", decode=3)


def test_a_csv_is_a_frame_whose_cells_know_row_and_column() -> None:
    reading = read(feed("book.csv"), CSV, NOW)
    quantity, missing = (row.number("qty") for row in Node(reading.raw, "book").rows())

    assert (quantity.value, quantity.path, quantity.feed) == (1.5, "[0].qty", "book")
    assert (missing.value, missing.path) == (None, "[1].qty")
    assert Node(reading.raw).text("[-1].symbol").value == "ETH"
    assert Node(reading.raw).at("qty[0]").raw == 1.5
    assert reading.as_of == datetime(2026, 1, 19, 11, 59, 30, tzinfo=UTC)
    assert reading.status(NOW) is Status.LIVE


def test_columns_of_a_csv_are_numbers_only_where_every_cell_is_one() -> None:
    frame = decode(feed("a.csv"), b"a;b;c\n1;007;x\n2;008;\n")

    assert (frame["a"].tolist(), frame["b"].tolist()) == ([1, 2], ["007", "008"])
    assert Node(frame).text("[1].c").value is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\n1,2\n1,2,3\n", "row 3 has 3 cells where row 1 names 2 columns; column 3"),
        (b"a,b\n1\n", "row 2 has 1 cells where row 1 names 2 columns; 'b' is absent"),
        (b'a,b\n1,"2\n', "a quoted cell is not closed at line 2"),
        (b"a,,c\n1,2,3\n", "column 2 of row 1 has no name"),
        (b"a,a\n1,2\n", "row 1 names the column 'a' more than once"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_broken_csv_says_row_column_and_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(feed("a.csv"), data)

    assert words in caught.value.problem


def written(form: str) -> bytes:
    frame = pd.DataFrame({"qty": [1.5, None], "ts": pd.to_datetime(["2026-01-19 11:00"] * 2)})
    out = io.BytesIO()
    frame.to_parquet(out) if form == "parquet" else frame.to_feather(out)
    return out.getvalue()


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_parquet_and_arrow_are_frames(form: str) -> None:
    reading = read(feed("book", decode=form), written(form), NOW)

    assert reading.fault is None
    assert Node(reading.raw).number("[0].qty").value == 1.5
    assert Node(reading.raw).number("[1].qty").value is None
    assert reading.as_of == datetime(2026, 1, 19, 11, tzinfo=UTC)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("cut", [10, 200])
def test_a_torn_frame_is_unreadable(form: str, cut: int) -> None:
    reading = read(feed("book", decode=form), written(form)[:-cut], NOW)

    assert reading.fault is Status.UNREADABLE
    assert "cut off" in reading.problem


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ModuleNotFoundError(name=name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", absent)
    reading = read(feed("book.parquet"), b"PAR1", NOW)

    assert reading.problem == (
        "'book' is read as parquet, which needs pyarrow: pip install 'muntin[parquet]'"
    )


def test_toml_keeps_its_times() -> None:
    reading = read(feed("book.toml"), b"updated_at = 2026-01-19T11:59:00Z\nn = 1\n", NOW)

    assert (reading.value["n"], reading.as_of) == (1, datetime(2026, 1, 19, 11, 59, tzinfo=UTC))


def test_broken_toml_says_where() -> None:
    problem = read(feed("book.toml"), b"a = \n", NOW).problem
    assert problem.startswith("not TOML: ")
    assert "line 1" in problem


def test_text_is_text() -> None:
    reading = read(feed("note.txt"), "Prüfung\n".encode(), NOW)
    assert (reading.value, reading.status(NOW)) == ("Prüfung\n", Status.UNDATED)


def test_a_function_decodes_what_no_form_does() -> None:
    def pairs(data: bytes) -> Any:
        return dict(line.split("=") for line in data.decode().split())

    own = feed("book.env", decode=pairs)

    assert read(own, b"n=1 m=2", NOW).value == {"n": "1", "m": "2"}
    reading = read(own, b"n", NOW)
    assert reading.fault is Status.UNREADABLE
    assert reading.problem.startswith("the decoder of 'book' failed: ValueError")


def test_an_equal_frame_is_no_change_and_another_is() -> None:
    book = feed("book.csv")
    store = Store([book])

    assert store.publish(read(book, CSV, NOW)) == {"book"}
    assert store.publish(read(book, CSV, NOW)) == frozenset()
    assert store.publish(read(book, CSV.replace(b"1.5", b"1.6"), NOW)) == {"book"}


def test_two_forms_of_one_feed_are_two_documents() -> None:
    assert not feed("book.csv").same_document(feed("book.csv", decode="text"))
