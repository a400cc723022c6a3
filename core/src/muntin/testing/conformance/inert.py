"""Is what came from a document only ever text: in the page's markup, and in what Bokeh draws."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

#: Elements that no panel's markup has, and that hostile text would like to add.
FOREIGN = frozenset(
    {"base", "embed", "form", "iframe", "img", "link", "meta", "object", "script", "style"}
)

#: What `{{7*1337}}` is for whoever takes it for a template.
EVALUATED = "9359"


def markup_problems(markup: str) -> list[str]:
    """Return what is alive in markup, or cannot be sent: a sentence each, empty if all is inert."""
    parser = _Parser()
    parser.feed(markup)
    parser.close()
    problems = list(dict.fromkeys(parser.problems))
    if any(char < " " and char not in "\n\t" for char in markup):
        problems.append("a control character stands in the page")
    try:
        markup.encode()
    except UnicodeEncodeError:
        problems.append("a lone surrogate stands in the page, so it cannot be sent")
    if EVALUATED in markup:
        problems.append("a template was evaluated")
    return problems


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FOREIGN:
            self.problems.append(f"an element <{tag}> came out of text")
        for name, value in attrs:
            if name.startswith("on"):
                self.problems.append(f"an attribute {name}= came out of text")
            elif name in {"href", "src", "action", "style"} and _runs(value or ""):
                self.problems.append(f"{name}={value!r} runs a script")


def _runs(value: str) -> bool:
    return "javascript:" in "".join(value.split()).lower()


def model_problems(models: Iterable[Any]) -> list[str]:
    """Return what Bokeh or Panel would show as markup though it came from a document."""
    return list(dict.fromkeys(problem for model in models for problem in _of_model(model)))


def _of_model(model: Any) -> Iterator[str]:
    kind = type(model)
    names = {base.__name__ for base in kind.__mro__}
    if "Markup" in names and not getattr(model, "render_as_text", False):
        yield from (f"{kind.__name__}: {one}" for one in markup_problems(_text(model)))
    if "HoverTool" in names and "{safe}" in str(model.tooltips):
        yield "HoverTool shows a column as markup: leave out {safe}"
    if "HTMLTemplateFormatter" in names and "<%=" in str(model.template):
        yield "HTMLTemplateFormatter shows a column as markup: write <%- value %>"


def _text(model: Any) -> str:
    # Panel's own models carry their markup escaped; the browser takes that off again.
    return html.unescape(model.text) if type(model).__module__.startswith("panel.") else model.text
