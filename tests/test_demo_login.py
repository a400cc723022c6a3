"""``muntin demo --login``: a fund whose investors see their own, and nothing of each other."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.kit import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its process, where it is, and the password of this run."""

    process: subprocess.Popen[str]
    url: str
    password: str
    temporary: Path

    def enter(self, browser: Browser, name: str, path: str) -> Page:
        """Sign somebody in and return the page that they wanted."""
        page = browser.new_context().new_page()
        page.set_default_timeout(3 * PATIENCE * 1000)
        page.goto(self.url + path)
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", self.password)
        page.click("main button[type=submit], form[action='/login'] button")
        page.wait_for_selector("nav a[aria-current=page]")  # until then it may ask for patience
        return page


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with subprocess.Popen(
        [Path(sys.executable).parent / "muntin", "demo", "--login", "--port", "0"],
        cwd=folder, env=os.environ | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        try:
            yield Demo(process, *_said(process), folder)
        finally:
            process.kill()


def _said(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return the address and the password that a demo prints."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"Serving at (http://\S+?)/?\s", line):
            [password] = re.findall(r"password is (\S+)", said)
            return found.group(1), password
    pytest.fail(f"the demo does not serve: {said}")


def test_an_investor_sees_their_own_share(demo: Demo, browser: Browser) -> None:
    page = demo.enter(browser, "ada", "/my-share")
    page.wait_for_selector("[data-metric='units']")

    assert page.text_content("[data-metric='units']") == "2,250"
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
