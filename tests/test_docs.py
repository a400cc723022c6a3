"""The documentation: whole, built without a warning, and sufficient to itself."""

from __future__ import annotations

import functools
import html
import importlib
import inspect
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.scripts import docs_script

ROOT = Path(__file__).parent.parent
MODULES = ("muntin", "muntin.ui", "muntin.testing")


@pytest.fixture(scope="module")
def reference() -> Any:
    """The script that makes the reference pages, as a module."""
    return docs_script("reference")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a warning is an error, unless --quiet keeps it from being seen."""
    out = tmp_path_factory.mktemp("site")
    mkdocs = str(Path(sys.executable).with_name("mkdocs"))
    command = [mkdocs, "build", "--strict", "-d", str(out)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return out


def text_of(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


# ------------------------------------------------------------------ nothing is undocumented


def documented(name: str, thing: object) -> bool:
    """Return True for a docstring of its own, or a comment ``#:`` above a value or an alias.

    Dataclasses and enums make up a docstring for themselves, which says nothing.
    """
    if isinstance(thing, type) or inspect.isfunction(thing):
        words = (vars(thing).get("__doc__") if isinstance(thing, type) else thing.__doc__) or ""
        return bool(words) and not words.startswith(f"{thing.__name__}(")
    above = re.compile(rf"^#: .+\n(?:#:.*\n)*{name}(?::[^=\n]+)? = ", re.MULTILINE)
    sources = (ROOT / "core" / "src" / "muntin").rglob("*.py")
    return any(above.search(source.read_text(encoding="utf-8")) for source in sources)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_docstring(module: str) -> None:
    found = importlib.import_module(module)

    assert [name for name in found.__all__ if not documented(name, getattr(found, name))] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_public_method_has_a_docstring(module: str) -> None:
    found = importlib.import_module(module)
    classes = [one for name in found.__all__ if isinstance(one := getattr(found, name), type)]

    bare = [
        f"{cls.__name__}.{name}"
        for cls in classes
        for name, own in vars(cls).items()
        if not name.startswith("_")
        and (inspect.isfunction(own) or isinstance(own, (property, classmethod, staticmethod)))
        and not inspect.getdoc(own)
    ]
    assert bare == []


def test_every_hook_is_documented(reference: Any, built: Path) -> None:
    specs = importlib.import_module("muntin.hookspecs")
    page = text_of(built / "reference" / "hooks.html")
    names = [name for name in vars(specs) if hasattr(getattr(specs, name), "muntin_spec")]

    assert len(names) >= 5
    assert reference.hook_names() == names
    for name in names:
        words = inspect.getdoc(getattr(specs, name)) or ""
        assert len(words.split()) > 3, name
        assert name in page


@pytest.mark.parametrize(("page", "module"), [("muntin", "muntin"), ("ui", "muntin.ui"),
                                              ("testing", "muntin.testing")])  # fmt: skip
def test_every_public_name_is_on_its_page(built: Path, page: str, module: str) -> None:
    source = (built / "reference" / f"{page}.html").read_text(encoding="utf-8")
    missing = [
        name for name in importlib.import_module(module).__all__
        if not re.search(rf'id="[\w.]*\.{name}"', source)
    ]  # fmt: skip

    assert missing == []


def test_every_command_is_on_its_page(built: Path) -> None:
    from muntin.cli.app import app

    page = text_of(built / "reference" / "commands.html")
    for name, command in app.commands.items():
        assert f"Usage: muntin {name}" in page
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else ():
                assert option in page


def test_every_setting_is_on_its_page(reference: Any, built: Path) -> None:
    from muntin.settings import Config

    page = text_of(built / "reference" / "settings.html")
    for part in reference._tables(Config, ""):
        for name in re.findall(r"^\| `(\w+)`", part, re.MULTILINE):
            assert name in page
    assert "[site]" in page
    assert "[page.NAME]" in page
    assert "[source] for http://" in page
    assert "[plugin.overview]" in page


# ------------------------------------------------------------------ it stands alone

_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=["']?([^"'\s>]+)"""
    r"""|<link\b[^>]*?\bhref=["']?([^"'\s>]+)"""
)


def test_no_page_loads_anything_from_elsewhere(built: Path) -> None:
    for page in built.rglob("*.html"):
        for found in _LOADED.findall(page.read_text(encoding="utf-8")):
            place = next(filter(None, found))
            assert not re.match(r"(?:https?:)?//", place), (page, place)
    for sheet in built.rglob("*.css"):
        places = re.findall(r"url\(\s*['\"]?([^)'\"]+)", sheet.read_text(encoding="utf-8"))
        assert [place for place in places if re.match(r"(?:https?:)?//", place)] == []


def test_nothing_of_this_machine_is_in_it(built: Path) -> None:
    for page in built.rglob("*.html"):
        assert str(ROOT) not in page.read_text(encoding="utf-8"), page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(built: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(built))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.browser
def test_a_reader_asks_nobody_else_and_finds_a_word(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    with page.expect_response("**/search/search_index.json"):
        page.goto(f"{address}index.html")
        page.click("input.md-search__input")
    page.wait_for_function("!document.querySelector('.md-search__input').disabled")
    page.locator("input.md-search__input").press_sequentially("late_after")
    page.wait_for_selector(".md-search-result__item", state="attached")
    context.close()

    assert len(asked) > 3
    assert [one for one in asked if not one.startswith((address, "blob:", "data:"))] == []


# ------------------------------------------------------------------ examples do what they say


@pytest.mark.slow
def test_the_source_of_the_guide_keeps_what_every_source_promises(tmp_path: Path) -> None:
    """A few of the promises; all of them take a minute."""
    guide = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    for name, code in re.findall(
        r'^```python title="([^"]+)"\n(.*?)^```$', guide, re.MULTILINE | re.DOTALL
    ):
        (tmp_path / name).write_text(code, encoding="utf-8")
    wanted = "first_publication or change_is or outage_marks or torn_document or stops"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", wanted]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=110, check=False
    )

    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) >= 4


def test_the_plugin_in_coming_from_panel_draws() -> None:
    from muntin.testing import render, snapshot

    text = (ROOT / "docs" / "coming-from-panel.md").read_text("utf-8")
    match = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert match is not None
    names: dict[str, Any] = {}
    exec(match[1], names)  # what readers copy
    (page,) = names["muntin_pages"]()

    document = {"last": 3.5, "prices": [{"price": 1}, {"price": 2}]}
    drawn = render(page.panels[0], snapshot({names["PRICES"]: document}))

    assert drawn.faults == {}
    assert "3.50" in drawn.text
