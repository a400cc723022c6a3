"""Takes the pictures in the docs from the demo: ``python docs/screenshots.py [page ...]``."""

from __future__ import annotations

import subprocess
import sys
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


def address(demo: subprocess.Popen[str]) -> str:
    """Return where the demo serves, read from what it prints."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if "http://" in line:
            return line.split()[-1].rstrip("/")
    raise SystemExit("the demo did not start")


def take(browser: Any, url: str, name: str) -> None:
    """Write the pictures of one page."""
    for theme, width in VIEWS:
        context = browser.new_context(
            viewport={"width": width, "height": 4000}, color_scheme=theme, bypass_csp=True
        )
        page = context.new_page()
        page.goto(f"{url}/{name}")
        page.wait_for_function("document.documentElement.dataset.link == 'live'")
        page.wait_for_function(
            "!document.querySelector('[data-slot]') ||"
            " document.documentElement.dataset.charts == 'ready'"
        )
        page.wait_for_timeout(1500)
        picture = {"-/": "operations"}.get(name, name)
        foot = page.locator(".mu-footer").bounding_box()
        clip = {"x": 0, "y": 0, "width": width, "height": foot["y"] + foot["height"] + 32}
        page.screenshot(path=HERE / f"{picture}-{theme}-{width}.png", clip=clip)
        context.close()


def main(pages: list[str]) -> None:
    """Start the demo, take every picture, end it."""
    HERE.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "muntin", "demo", "--port", "0", "--seed", "7"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                url = address(demo)
                for name in pages:
                    take(browser, url, name)
        finally:
            demo.terminate()


if __name__ == "__main__":
    main(sys.argv[1:] or ["overview", "pipeline", "router-health", "intel", "-/"])
