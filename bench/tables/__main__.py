"""A table of 10,000 rows in Chromium, 100 of them changing: ``make bench-tables``.

Prints, for each server, what a viewer waits for and what an update costs the browser.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.tables.servers import PEERS, Peer, put, serving
from bench.viewers.chromium import FLAGS

ROWS = 10_000
#: Seconds within which an update has to be seen.
PATIENCE = 30.0

#: Milliseconds until the layout after something that a viewer does to our table.
TIMED = (
    "() => {{ const from = performance.now(); {}; document.body.offsetHeight;"
    " return performance.now() - from; }}"
)
SORT = TIMED.format("document.querySelector('.mu-long th[data-sort=price] button').click()")
FILTER = TIMED.format(
    "const box = document.querySelector('.mu-tools input'); box.value = 'eth sell';"
    " box.dispatchEvent(new Event('input'))"
)
#: The text of the first price; where it stands is looked for again only once it is gone.
SHOWN = """() => {{
  if (!window.__first?.isConnected) window.__first = {};
  return window.__first?.textContent;
}}"""
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def counts(devtools: CDPSession) -> Mapping[str, float]:
    """Return Chromium's own counts."""
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {one["name"]: float(one["value"]) for one in found}


def wait_shown(page: Page, peer: Peer, price: float) -> None:
    """Wait until the first price is this one and painted."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        text = page.evaluate(SHOWN.format(peer.first))
        if text and re.sub(r"[^\d.]", "", text) in {f"{price:.2f}", f"{price:.1f}", f"{price:.0f}"}:
            page.evaluate(FRAMES)
            return
        time.sleep(0.005)
    raise SystemExit(f"{peer.name} does not show {price}")


def update(
    folder: Path, page: Page, devtools: CDPSession, peer: Peer, n: int
) -> tuple[float, float, float]:
    """Return ms from rename to painted, layouts, and ms on the main thread of one update."""
    before, started = counts(devtools), time.perf_counter()
    put(folder, n, ROWS)
    wait_shown(page, peer, n)
    took = 1000 * (time.perf_counter() - started)
    after = counts(devtools)
    busy = 1000 * (after["TaskDuration"] - before["TaskDuration"])
    return took, after["LayoutCount"] - before["LayoutCount"], busy


def measure(
    peer: Peer, folder: Path, browser: Browser, updates: int, picture: Path | None
) -> dict[str, list[float]]:
    """Return every figure, sample by sample."""
    put(folder, 10_000, ROWS)
    with serving(peer, folder) as url:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(url)  # the first request loads libraries, which is not what is measured
        wait_shown(page, peer, 10_000)
        started = time.perf_counter()
        page.goto(url)
        wait_shown(page, peer, 10_000)
        found = {"first rows ms": [1000 * (time.perf_counter() - started)]}
        page.wait_for_timeout(3000)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        each = [
            update(folder, page, devtools, peer, 20_000 + 1000 * turn) for turn in range(updates)
        ]
        names = ("rename to painted ms", "layouts", "main thread ms")
        found |= {
            name: list(values) for name, values in zip(names, zip(*each, strict=True), strict=True)
        }
        if peer.name == "Muntin":
            found |= {
                "sort ms": [page.evaluate(SORT) for _ in range(5)],
                "filter ms": [page.evaluate(FILTER)],
            }
            if picture:
                page.wait_for_timeout(1000)
                page.screenshot(path=picture)
        page.close()
    return found


def told(name: str, found: Mapping[str, Iterable[float]]) -> str:
    """Return a server's figures as lines: median, and the most."""
    rows = (
        f"{name:18} {what:22} {statistics.median(values):8.0f} {max(values):8.0f}"
        for what, each in found.items()
        if (values := [*each])
    )
    return "\n".join(rows)


def main() -> None:
    """Measure and print; take a picture of our table if asked to."""
    asked = argparse.ArgumentParser("make bench-tables", description=__doc__)
    asked.add_argument("--updates", type=int, default=20)
    asked.add_argument("--only", help="servers whose name holds this word", default="")
    asked.add_argument("--picture", type=Path, help="where to put a picture of the table")
    options = asked.parse_args()
    print(f"{'server':18} {'figure':22} {'median':>8} {'most':>8}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for peer in (one for one in PEERS if options.only.lower() in one.name.lower()):
            with tempfile.TemporaryDirectory() as root:
                folder = Path(root) / "state"
                folder.mkdir()
                found = measure(peer, folder, browser, options.updates, options.picture)
                print(told(peer.name, found), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
