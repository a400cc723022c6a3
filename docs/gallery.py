"""Takes the pictures of the gallery from the example apps: ``make gallery``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from screenshots import CHROMIUM, FLAGS, HERE

APPS = Path(__file__).parent.parent / "examples" / "apps"
#: Milliseconds for which an app runs before its picture is taken.
RUN = 6000


def main() -> None:
    """Take a picture of each app, as all viewers see it."""
    paths = sorted(APPS.glob("*.py"))
    command = [sys.executable, "-m", "muntin", "serve", *map(str, paths), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = next(line.split()[-1] for line in process.stdout if "Serving at" in line)
            take(address.rstrip("/"), [path.stem for path in paths])
        finally:
            process.terminate()


def take(address: str, names: list[str]) -> None:
    """Open each app in a browser and save what it shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in names:
            page = browser.new_page(viewport={"width": 1200, "height": 720})
            page.goto(f"{address}/{name}")
            while page.evaluate("document.documentElement.dataset.charts") != "ready":
                page.wait_for_timeout(500)
            page.wait_for_timeout(RUN)
            page.screenshot(path=HERE / f"app-{name}.png")
            print(f"app-{name}.png")


if __name__ == "__main__":
    main()
