"""`muntin demo --login` at work: a simulated fund that its people sign in to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

    def enter(self, browser: Browser, name: str, path: str, **context: Any) -> Page:
        """Sign somebody in and return the page that they wanted."""
        page = browser.new_context(**context).new_page()
        page.set_default_timeout(3 * PATIENCE * 1000)
        page.goto(self.url + path)
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", self.password)
        page.click("main button[type=submit], form[action='/login'] button")
        page.wait_for_selector("nav a[aria-current=page]")  # until then it may ask for patience
        return page


@contextmanager
def demo_at(folder: Path) -> Iterator[Demo]:
    """A demo that keeps its documents in a folder, until the block ends."""
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
