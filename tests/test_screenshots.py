"""The pictures in the docs show the pages as they are."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops, ImageStat

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DOCS = Path(__file__).parent.parent / "docs"
#: The simulated fund goes on while a picture is taken, so that figures and lines differ a little.
TALLER, LIGHTER = 0.12, 12.0


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("screenshots", DOCS / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with SCRIPT.demo() as (url, _):
        yield url


def test_every_page_of_the_demo_is_in_the_docs() -> None:
    shown = {
        name
        for text in DOCS.glob("*.md")
        for name in re.findall(r"images/(.+?)\.png", text.read_text())
    }
    taken = {
        SCRIPT.file_of(name, *view).stem
        for name in SCRIPT.PAGES
        for view in SCRIPT.VIEWS
        if name != "overview"  # the README shows it
    }

    assert taken <= shown


@pytest.mark.parametrize("name", SCRIPT.PAGES)
def test_a_picture_is_of_the_page_as_it_is(name: str, demo: str, browser: Browser) -> None:
    """Same size and look, within what a running fund changes; else run ``make screenshots``."""
    kept = Image.open(SCRIPT.file_of(name, "light", 1400)).convert("L")
    now = Image.open(io.BytesIO(SCRIPT.picture(browser, demo, name, "light", 1400))).convert("L")

    assert now.width == kept.width
    assert abs(now.height - kept.height) <= TALLER * kept.height
    small = (140, 140)
    difference = ImageChops.difference(kept.resize(small), now.resize(small))
    assert ImageStat.Stat(difference).mean[0] <= LIGHTER
