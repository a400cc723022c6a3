"""``muntin demo --login``: a fund whose investors see their own, and nothing of each other."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.demos import Demo, demo_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_at(tmp_path_factory.mktemp("demo")) as running:
        yield running


def test_an_investor_sees_their_own_share(demo: Demo, browser: Browser) -> None:
    page = demo.enter(browser, "ada", "/my-share")
    page.wait_for_selector("[data-metric='units']")

    assert page.text_content("[data-metric='units']") == "2,238.75"
    assert "Ben" not in page.content()
    assert page.locator("nav a").all_text_contents() == ["Overview", "My share"]


def test_an_operator_sees_the_technical_pages(demo: Demo, browser: Browser) -> None:
    page = demo.enter(browser, "olga", "/pipeline")

    assert "Feeds and plugins" in page.locator("nav a").all_text_contents()


def test_nothing_of_it_is_left(demo: Demo) -> None:
    """Runs last here: the file of users goes with the demo."""
    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(30) == 0
    assert list(demo.temporary.iterdir()) == []


def test_it_does_not_go_with_development(tmp_path: Path) -> None:
    muntin = Path(sys.executable).parent / "muntin"
    answer = subprocess.run(
        [muntin, "demo", "--login", "--dev"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert answer.returncode == 2
    assert "--login and --dev do not go together" in answer.stderr
