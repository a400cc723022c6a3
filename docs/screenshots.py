"""Takes the pictures in the docs from the demo: ``python docs/screenshots.py [page ...]``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Theme and width of each picture.
VIEWS = (("light", 1400), ("dark", 1400), ("light", 390))


#: Pages of the demo that everybody sees.
PAGES = ("overview", "pipeline", "router-health", "risk", "trades", "intel", "-/")
#: Pages of the demo that only somebody who has signed in sees with values.
PERSONAL = {"login": "", "my-share": "ada"}


@contextmanager
def demo(*options: str) -> Iterator[tuple[str, str]]:
    """Run the demo and give where it serves, and the password that it printed."""
    command = [sys.executable, "-m", "muntin", "demo", "--port", "0", "--seed", "7", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            password = ""
            for line in process.stdout:
                if "password is" in line:
                    password = line.split()[-1]
                if "http://" in line:
                    yield line.split()[-1].rstrip("/"), password
                    return
            raise SystemExit("the demo did not start")
        finally:
            process.terminate()


def sign_in(page: Any, url: str, name: str, password: str) -> None:
    """Sign somebody in by the form."""
    page.goto(f"{url}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/overview")


def file_of(name: str, theme: str, width: int) -> Path:
    """Return where the picture of a page is kept."""
    return HERE / f"{'operations' if name == '-/' else name}-{theme}-{width}.png"


def picture(browser: Any, url: str, name: str, theme: str, width: int, password: str = "") -> bytes:
    """Return a page as a viewer sees it, from its top to its footer, as PNG."""
    context = browser.new_context(
        viewport={"width": width, "height": 700 if name == "login" else 4000},
        color_scheme=theme,
        bypass_csp=True,
    )
    page = context.new_page()
    if PERSONAL.get(name):
        sign_in(page, url, PERSONAL[name], password)
    page.goto(f"{url}/{name}")
    settle(page, name)
    last = page.locator(".mu-footer, main").last.bounding_box()
    clip = {"x": 0, "y": 0, "width": width, "height": last["y"] + last["height"] + 32}
    taken: bytes = page.screenshot(clip=clip)
    context.close()
    return taken


def settle(page: Any, name: str) -> None:
    """Wait until a page is live and its charts are drawn."""
    if name == "login":
        return
    page.wait_for_function("document.documentElement.dataset.link == 'live'")
    page.wait_for_function(
        "!document.querySelector('[data-slot]') ||"
        " document.documentElement.dataset.charts == 'ready'"
    )
    page.wait_for_timeout(1500)


def main(pages: list[str]) -> None:
    """Start the demo, take every picture, end it."""
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for options in ((), ("--login",)):
            wanted = [name for name in pages if (name in PERSONAL) == bool(options)]
            if not wanted:
                continue
            with demo(*options) as (url, password):
                for name, view in product(wanted, VIEWS):
                    file_of(name, *view).write_bytes(picture(browser, url, name, *view, password))


if __name__ == "__main__":
    main(sys.argv[1:] or [*PAGES, *PERSONAL])
