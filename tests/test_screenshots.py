"""The pictures in the docs show the pages as they are."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat
from tests.scripts import DOCS, docs_script

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

#: What a running fund changes from one picture to the next: lines of its tables, figures, curves.
#: Pictures of two pages differ by 6.7 and more, of one page by 3.5 at most.
TALLER, BRIGHTER = 0.08, 5.0
#: The part that is compared: below it, tables have more lines at one time than at another.
TOP = (0, 0, 1400, 600)

SCRIPT = docs_script("screenshots")


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with SCRIPT.demo() as (url, _):
        yield url


def test_every_page_of_the_demo_is_in_the_docs() -> None:
    shown = {
        name
        for text in (DOCS.parent / "README.md", *DOCS.glob("*.md"))
        for name in re.findall(r"images/(.+?)\.png", text.read_text())
    }
    taken = {SCRIPT.file_of(name, *view).stem for name, view in product(SCRIPT.PAGES, SCRIPT.VIEWS)}

    assert taken <= shown


@pytest.mark.parametrize("name", SCRIPT.PAGES)
def test_a_picture_is_of_the_page_as_it_is(name: str, demo: str, browser: Browser) -> None:
    """Same size and look, within what a running fund changes; else run ``make screenshots``."""
    kept = Image.open(SCRIPT.file_of(name, "light", 1400)).convert("L")
    now = Image.open(io.BytesIO(SCRIPT.picture(browser, demo, name, "light", 1400))).convert("L")

    assert now.width == kept.width
    assert abs(now.height - kept.height) <= TALLER * kept.height
    one, other = (each.crop(TOP).resize((350, 150)) for each in (kept, now))
    assert ImageStat.Stat(ImageChops.difference(one, other)).mean[0] <= BRIGHTER
