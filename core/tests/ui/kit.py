"""What the tests of HTML share: a figure from a document, and the elements of some markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from muntin.state.fields import Field, Presence
from muntin.ui.rendering import fragment


class Elements(HTMLParser):
    """Every element of some markup: tag, attributes, text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def with_attr(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.found if name in attrs]


def elements(component: Any) -> Elements:
    return Elements(fragment(component, "p").html())


def nav(value: Any = 1.5, **more: Any) -> Field[Any]:
    presence = Presence.MISSING if value is None else Presence.OK
    return Field(
        value, **{"unit": "usd", "feed": "nav", "path": "a.b", "presence": presence, **more}
    )
