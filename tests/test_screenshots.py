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

#: A running fund opens and closes positions, so that tables are longer at one time than another.
TALLER = 0.12
#: A page's own picture is this much nearer to it than the picture of any other page, at least.
NEARER = 0.8
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


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how much the tops of two pictures differ: 0 to 255, the mean of their greys."""
    small = (each.crop(TOP).resize((350, 150)) for each in (one, other))
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0])


def kept(name: str) -> Image.Image:
    return Image.open(SCRIPT.file_of(name, "light", 1400)).convert("L")


@pytest.mark.parametrize("name", SCRIPT.PAGES)
def test_a_picture_is_of_the_page_as_it_is(name: str, demo: str, browser: Browser) -> None:
    """Same size and look, within what a running fund changes; else run ``make screenshots``."""
    now = Image.open(io.BytesIO(SCRIPT.picture(browser, demo, name, "light", 1400))).convert("L")
    own, others = kept(name), [kept(other) for other in SCRIPT.PAGES if other != name]

    assert now.width == own.width
    assert abs(now.height - own.height) <= TALLER * own.height
    assert difference(now, own) <= NEARER * min(difference(now, other) for other in others)
