"""What a page's HTML says: metrics, tables, text and faults, without a browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: Their content is no text of the page.
_SILENT = frozenset({"script", "style", "title"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One value on the page: its text, and the attributes that say what it is."""

    text: str
    value: str
    feed: str
    path: str
    status: str
    as_of: str


#: A table row: cells by column id.
Cells = dict[str, Shown]


@dataclass(slots=True)
class PanelReadout:
    """What stands in one panel: its text, its tables, and the reference of its fault."""

    slug: str
    fault: str = ""
    words: list[str] = field(default_factory=list)
    tables: list[list[Cells]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What can be read, white space folded."""
        return folded(self.words)


class Readout:
    """A piece of HTML, read as a viewer would."""

    def __init__(self, html: str) -> None:
        self._html = html

    @cached_property
    def _parser(self) -> _Parser:
        parser = _Parser()
        parser.feed(self._html)
        parser.close()
        return parser

    @property
    def text(self) -> str:
        """What can be read, white space folded."""
        return folded(self._parser.words)

    @property
    def metrics(self) -> dict[str, Shown]:
        """Every metric by its id."""
        return self._parser.metrics

    @property
    def panels(self) -> dict[str, PanelReadout]:
        """Every panel by its slug."""
        return {panel.slug: panel for panel in self._parser.panels if panel.slug}

    @property
    def cells(self) -> list[Cells]:
        """Every table row, of all tables in order, as cells by column id."""
        return [row for panel in self._parser.panels for rows in panel.tables for row in rows]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table as a DataFrame of texts, by its panel's slug; a second one is ``slug~2``."""
        return {
            f"{panel.slug}~{number}" if number > 1 else panel.slug: frame(rows)
            for panel in self._parser.panels
            for number, rows in enumerate(panel.tables, 1)
        }


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.metrics: dict[str, Shown] = {}
        #: The first takes what stands outside of any panel.
        self.panels = [PanelReadout("")]
        self._open: tuple[str, dict[str, str]] | None = None
        self._text = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        self._silent = tag in _SILENT or "popover" in named
        if tag == "section" and "data-panel" in named:
            self.panels.append(PanelReadout(named["data-panel"], named.get("data-fault", "")))
        elif tag == "table":
            self.panels[-1].tables.append([])
        elif tag == "tr" and self.panels[-1].tables:
            self.panels[-1].tables[-1].append({})
        elif "data-metric" in named or "data-column" in named:
            self._open, self._text = (tag, named), ""

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self._text += data
        self.words.append(data)
        self.panels[-1].words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if tag == "section":
            self.panels.append(PanelReadout(""))
        if tag == "table":
            rows = self.panels[-1].tables[-1]
            rows[:] = [row for row in rows if row]
        if self._open is not None and tag == self._open[0]:
            self._keep(self._open[1])
            self._open = None

    def _keep(self, attrs: dict[str, str]) -> None:
        wanted = ("data-value", "data-feed", "data-path", "data-status", "data-as-of")
        shown = Shown(self._text, *(attrs.get(name, "") for name in wanted))
        if "data-metric" in attrs:
            self.metrics[attrs["data-metric"]] = shown
        elif self.panels[-1].tables and self.panels[-1].tables[-1]:
            self.panels[-1].tables[-1][-1][attrs["data-column"]] = shown


def folded(words: Iterable[str]) -> str:
    """Return pieces of text as one line."""
    return " ".join(" ".join(words).split())


def frame(rows: Iterable[Cells]) -> pd.DataFrame:
    """Return table rows as a DataFrame of texts."""
    import pandas as pd

    return pd.DataFrame([{name: cell.text for name, cell in row.items()} for row in rows])
