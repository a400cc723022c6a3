"""Every figure on every page names its place in a document, and that is where its value stands."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from random import Random
from typing import Any

import pytest
from tests.kit import Server, serving

from muntin_demo.simulator.fund import Fund
from muntin_demo.simulator.producer import Producer

#: Pages whose figures all come from documents, and none from logs, which have no paths.
PAGES = ("overview", "pipeline", "router-health", "intel", "risk", "trades")
PLUGINS = ("overview", "pipeline", "router_health", "intel", "risk", "trades")

_STEP = re.compile(
    r"\.?(?P<key>[^.\[\]]+)|\[(?P<index>-?\d+)\]|\[(?P<quoted>\"(?:[^\"\\]|\\.)*\")\]"
    r"|\[\?@\.(?P<name>[^=]+)==(?P<wanted>[^\]]+)\]"
)
_ABSENT = object()


def steps(path: str) -> Iterator[re.Match[str]]:
    """Yield the steps of a path; fail for one that cannot be read."""
    at = len(path) if path == "$" else 0
    while at < len(path):
        found = _STEP.match(path, at)
        assert found, f"path {path!r} at {at}"
        yield found
        at = found.end()


def resolve(document: Any, path: str) -> Any:
    """Return what stands at a path, read by this module alone."""
    for step in steps(path):
        document = follow(document, step)
        if document is _ABSENT:
            break
    return document


def follow(document: Any, step: re.Match[str]) -> Any:
    if step["index"] is not None:
        there = isinstance(document, list) and -len(document) <= int(step["index"]) < len(document)
        return document[int(step["index"])] if there else _ABSENT
    if step["name"] is not None:
        wanted = json.loads(step["wanted"])
        rows = document if isinstance(document, list) else []
        return next((row for row in rows if row.get(step["name"]) == wanted), _ABSENT)
    key = step["key"] or json.loads(step["quoted"])
    return document.get(key, _ABSENT) if isinstance(document, dict) else _ABSENT


class Figures(HTMLParser):
    """The attributes of every element that names a feed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if "data-feed" in named and "data-value" in named:
            self.found.append(named)


def same(value: str, raw: Any) -> bool:
    """Return whether what is shown is what stands in the document."""
    if isinstance(raw, bool):
        return value == str(raw).lower()
    if isinstance(raw, (int, float)):
        return number(value, float(raw)) or together(moment(value), instant(raw))
    if isinstance(raw, str):
        return value == raw or text(value, raw)
    return False


def number(value: str, raw: float) -> bool:
    try:
        shown = float(value)
    except ValueError:
        return False
    return any(abs(shown - one) <= 1e-12 * max(1.0, abs(one)) for one in (raw, raw / 100))


def text(value: str, raw: str) -> bool:
    plain = raw.replace(",", "").replace("$", "").rstrip("%").strip()
    try:
        return number(value, float(plain))
    except ValueError:
        return together(moment(value), moment(raw))


def together(one: float | None, other: float | None) -> bool:
    """Return whether two times are the same to the millisecond, as pages write them."""
    return one is not None and other is not None and abs(one - other) < 0.0011


def moment(value: str) -> float | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp(), 3)


def instant(raw: float) -> float:
    return round(raw / 1000 if raw > 1e12 else raw, 3)


@dataclass(frozen=True)
class Crawl:
    """A server on the documents of a simulated fund, which stand still."""

    server: Server
    documents: dict[str, Any]

    def figures(self, page: str) -> list[dict[str, str]]:
        """Return the figures of a page that come from documents, and none from logs."""
        found = Figures(self.server.get(f"/{page}").text).found
        return [one for one in found if self.documents.get(one["data-feed"]) is not None]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    state = tmp_path_factory.mktemp("fund") / "logs" / "state"
    now = time.time()
    Producer(Fund(Random(7), now), state, lambda: now).write_all(now)
    with serving(state, plugins=PLUGINS) as server:
        feeds = json.loads(server.get("/-/feeds").text)
        places = {row["name"]: state / row["path"] for row in feeds}
        jsons = {name: path for name, path in places.items() if path.suffix == ".json"}
        yield Crawl(server, {n: json.loads(p.read_text()) for n, p in jsons.items() if p.is_file()})


def fault(figure: dict[str, str], documents: dict[str, Any]) -> str:
    """Return what is wrong with what a figure says of itself; "" if nothing is."""
    path, value = figure["data-path"], figure["data-value"]
    where = f"{figure['data-feed']} {path}: {value!r}"
    if "[*]" in path or not value:
        return "" if path else f"{where} without a path"
    raw = resolve(documents[figure["data-feed"]], path)
    if raw is _ABSENT:
        return f"{where} is nowhere"
    if "data-formula" in figure or path.endswith(value):  # worked out, or the name of an entry
        return ""
    return "" if same(value, raw) else f"{where} is {str(raw)[:60]!r}"


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_stands_in_the_document_where_it_says(crawl: Crawl, page: str) -> None:
    figures = crawl.figures(page)
    wrong = [said for one in figures if (said := fault(one, crawl.documents))]

    assert wrong == []
    assert len(figures) > 15


def test_most_figures_are_compared_by_value(crawl: Crawl) -> None:
    """So that the crawl does not pass because everything is worked out."""
    figures = [one for page in PAGES for one in crawl.figures(page)]
    compared = [one for one in figures if one["data-value"] and "data-formula" not in one]

    assert len(compared) > 0.6 * len(figures)


def test_a_figure_of_another_place_is_found() -> None:
    """The crawl itself tells right from wrong."""
    documents = {"nav": {"rows": [{"nav": 0.5, "at": 1764188088.0}], "name": "x"}}

    def said(path: str, value: str, **more: str) -> str:
        given = {name.replace("_", "-"): text for name, text in more.items()}
        return fault(
            {"data-feed": "nav", "data-path": path, "data-value": value, **given}, documents
        )

    assert said("rows[0].nav", "0.5") == said("rows[0].at", "2025-11-26T20:14:48.000Z") == ""
    assert said("rows[0].nav", "0.005") == ""  # published in per cent
    assert said("rows[-1].nav", "0.6")
    assert said("rows[1].nav", "0.5")
    assert said("gone", "0.6", data_formula="x")
    assert said("name", "y")
