"""Hostile documents in front of a running server: it renders, keeps, marks and says why."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.kit import MUNTIN, Server, all_figures, figures, kpis, nav, positions, serving

Write = Callable[[Path], object]

GOOD = 12000.5
NEXT = 12100.25

_TEXT = json.dumps(nav(NEXT))


def content(data: bytes | str) -> Write:
    """Return how a document comes to have this content, written over the old one in place."""
    encoded = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    return lambda path: path.write_bytes(encoded)


def instead(make: Write) -> Write:
    """Return how something takes the document's place."""

    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


def circle(path: Path) -> None:
    other = path.with_name("other.json")
    other.unlink(missing_ok=True)
    other.symlink_to(path)
    path.symlink_to(other)


#: What befalls nav.json, and the word for it; the last good NAV stays in every one of these cases.
FAULTS: dict[str, tuple[Write, str]] = {
    "empty": (content(""), "empty"),
    "white-space": (content(" \n\t "), "empty"),
    "torn": (content(_TEXT[: len(_TEXT) // 2]), "unreadable"),
    "torn-by-a-byte": (content(_TEXT[:-1]), "unreadable"),
    "invalid-utf8": (content(b'{"nav_usd": 1, "x": "\xff\xfe\xfa"}'), "unreadable"),
    "utf16": (content(_TEXT.encode("utf-16")), "unreadable"),
    "zero-bytes": (content(b"\0" * 4096), "unreadable"),
    "not-json": (content("<html>502 Bad Gateway</html>"), "unreadable"),
    "duplicate-keys": (content('{"nav_usd": 1.0, "nav_usd": 2.0}'), "unreadable"),
    "deep-nesting": (content("[" * 10_000 + "]" * 10_000), "unreadable"),
    "endless-nesting": (content('{"a":' * 100_000), "unreadable"),
    "list-at-the-root": (content("[1, 2, 3]"), "malformed"),
    "null-at-the-root": (content("null"), "malformed"),
    "text-at-the-root": (content('"NAV"'), "malformed"),
    "number-at-the-root": (content("12.5"), "malformed"),
    "foreign-object": (content('{"hello": "world"}'), "malformed"),
    "pipe": (instead(os.mkfifo), "unreadable"),
    "symlink-loop": (instead(circle), "unreadable"),
    "directory": (instead(Path.mkdir), "unreadable"),
    "device": (instead(lambda path: path.symlink_to("/dev/zero")), "unreadable"),
    "deleted": (Path.unlink, "unreadable"),
    "link-to-nothing": (instead(lambda path: path.symlink_to("/nowhere/at/all")), "unreadable"),
}

#: Figures that are no values, in a document that is otherwise whole and stays live.
NO_VALUES = {
    "nan": "NaN",
    "infinity": "-Infinity",
    "overflow": "1e999",
    "five-thousand-digits": "9" * 5000,
    "boolean": "true",
    "object": '{"usd": 1}',
    "words": '"twelve thousand"',
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("honest") / "state") as server:
        yield server
        logged = server.logged
    assert "Traceback" not in logged


@pytest.fixture(autouse=True)
def healthy(server: Server) -> Iterator[None]:
    """Every case begins with a good document, and ends with the page live again on a new one."""
    server.state.heal(GOOD)
    server.wait_figure("nav", data_value=str(GOOD), data_status="live")
    server.wait_feed("kpis_v7", "live")
    yield
    path = server.state.path("nav")
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    server.state.put("nav", nav(NEXT))
    server.wait_figure("nav", data_value=str(NEXT), data_status="live", text="12,100.25")
    server.wait_feed("nav", "live")


@pytest.mark.parametrize(("befall", "status"), FAULTS.values(), ids=FAULTS)
def test_f96_a_broken_document_costs_its_own_freshness_only(
    server: Server, befall: Write, status: str
) -> None:
    """The last good NAV stays, marked; the other feeds stay live; nobody sees a trace."""
    befall(server.state.path("nav"))
    server.wait_feed("nav", status)
    figure = server.wait_figure("nav", data_status=status)
    page = server.get("/overview")
    feeds = server.feeds()

    assert (figure.text, figure.attrs["data-value"]) == ("12,000.50", str(GOOD))
    assert page.status == 200
    assert figures(page.text)["drawdown_state"].attrs["data-status"] == "live"
    assert {feeds[name]["status"] for name in ("kpis_v7", "nav_state", "positions_state")} == {
        "live"
    }
    assert feeds["nav"]["problem"]
    assert not any(trace in page.text for trace in ("Traceback", "File &quot;", "Error:"))


@pytest.mark.parametrize("literal", NO_VALUES.values(), ids=NO_VALUES)
def test_a_figure_that_is_no_number_is_a_dash_and_not_the_rest(
    server: Server, literal: str
) -> None:
    """Non-finite numbers and booleans are not values; what is right beside them still counts."""
    text = json.dumps(nav(NEXT, nav_usd="HERE")).replace('"HERE"', literal)
    server.state.put("nav", text.encode())
    figure = server.wait_figure("nav", data_value="")
    found = figures(server.get("/overview").text)

    assert (figure.text, figure.attrs["data-status"]) == ("–", "malformed")
    assert found["aum"].has({"data_value": str(NEXT + 6500), "data_status": "live"})


def test_a_byte_order_mark_is_read_over(server: Server) -> None:
    server.state.put("nav", b"\xef\xbb\xbf" + json.dumps(nav(12077.0)).encode())

    server.wait_figure("nav", data_value="12077.0", data_status="live")


def test_f96_a_writer_that_truncates_never_blanks_the_page(server: Server) -> None:
    """A file is whole again a moment later: nothing is said of it, and no figure is lost."""
    path, stop = server.state.path("nav"), threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            data = json.dumps(nav(GOOD)).encode()
            with path.open("wb", buffering=0) as file:
                file.write(data[:100])
                stop.wait(0.002)
                file.write(data[100:])
            stop.wait(0.02)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        pages = [server.get("/overview").text for _ in range(60)]
    finally:
        stop.set()
        writer.join()

    shown = {(f.text, f.attrs["data-status"]) for f in (figures(page)["nav"] for page in pages)}
    assert shown == {("12,000.50", "live")}


def test_f106_figures_of_different_instants_keep_their_own_times(server: Server) -> None:
    """NAV at T beside positions of T - 700: each says its own time and status."""
    server.state.put("positions_state", positions(at=time.time() - 700))
    server.wait_figure("positions_upnl", data_status="stale")
    html = server.get("/overview").text
    cells = [f for f in all_figures(html) if f.attrs.get("data-column") == "symbol"]

    assert {f.attrs["data-status"] for f in cells} == {"stale"}
    assert figures(html)["nav"].attrs["data-status"] == "live"
    assert figures(html)["nav"].attrs["data-as-of"] > cells[0].attrs["data-as-of"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (lambda _now: None, "undated"),
        (lambda _now: "soon", "undated"),
        (lambda now: now + 86_400, "skewed"),
        (lambda now: now - 300, "late"),
        (lambda now: now - 90_000, "stale"),
        (lambda now: now * 1000, "live"),
        (str, "live"),
    ],
    ids=["none", "words", "future", "late", "stale", "milliseconds", "text"],
)
def test_f16_age_comes_from_the_content_alone(
    server: Server, said: Callable[[float], object], status: str
) -> None:
    """The file is new in every one of these cases."""
    server.state.put("nav", nav(12055.0) | {"updated_ts": said(time.time())})

    figure = server.wait_figure("nav", data_value="12055.0")
    assert figure.attrs["data-status"] == status


def test_state_is_never_written_to(server: Server) -> None:
    """The directory holds what the producers wrote, and nothing else."""
    server.wait_feed("nav", "live")
    names = {path.name for path in server.state.root.iterdir()}

    assert names <= {
        "nav.json",
        "nav_state.json",
        "kpis_v7.json",
        "positions_state.json",
        "other.json",
    }


def test_documents_that_were_never_there_are_missing_not_zero(tmp_path: Path) -> None:
    """An empty directory gives dashes and words, no zeros, no ages; and it fills by itself."""
    with serving(tmp_path / "state") as server:
        page = server.get("/overview")
        found = figures(page.text)
        server.state.put("kpis_v7", kpis())
        server.wait_figure("drawdown_state", data_value="normal", data_status="live")

    assert page.status == 200
    assert {f.text for f in found.values()} <= {"–"}
    assert {(f.attrs["data-status"], f.attrs["data-value"]) for f in found.values()} == {
        ("missing", "")
    }


def test_f105_a_relative_directory_is_resolved_once_and_shown(tmp_path: Path) -> None:
    """Wherever it was started from, the server says which directory it reads."""
    state = tmp_path / "logs" / "state"
    state.mkdir(parents=True)
    with serving(state, cwd=tmp_path) as server:
        server.state.root = Path("logs/state")
        server.close()
        server.start()
        page = server.get("/overview")

    assert str(state) in page.text


def test_f105_a_directory_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    ran = subprocess.run(
        [MUNTIN, "serve", "nowhere", "--port", "0"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    assert ran.returncode == 2
    assert str(tmp_path / "nowhere") in ran.stderr
    assert "Traceback" not in ran.stderr
