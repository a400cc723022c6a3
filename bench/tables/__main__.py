"""A table of 10,000 rows in Chromium, 100 of them changing: ``make bench-tables``.

Writes, for each server, what a viewer waits for and what an update costs the browser.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.sections import put as put_section
from bench.tables.servers import PEERS, Peer, put, serving
from bench.viewers.chromium import FLAGS

ROWS = 10_000
VISITS = 5
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


def visit(page: Page, peer: Peer, url: str) -> float:
    """Return ms from entering the address to the first rows painted."""
    started = time.perf_counter()
    page.goto(url)
    wait_shown(page, peer, 10_000)
    return 1000 * (time.perf_counter() - started)


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
        visit(page, peer, url)  # the first one fills the cache, and the server loads its libraries
        found = {"first rows ms": [visit(page, peer, url) for _ in range(VISITS)]}
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


WORDS = """\
## Tables of 10,000 rows

`make bench-tables`: [the same rows](tables/peers/orders.py) in Chromium, {updates} updates of 100
prices each, one server after the other in one run; load of the machine at the start: {load:.1f}.
Panel sends the prices that changed with `patch`, Dash's callback returns the rows, and both look at
the document four times a second. First rows are those of {visits} visits with a full cache. An
update lasts from the rename of the document to the frame after the one with the new price.
Median, and the most in brackets.
"""


def section(found: Mapping[str, Mapping[str, list[float]]], updates: int, load: float) -> str:
    """Return the table of all servers, a line for each figure."""
    figures = list(dict.fromkeys(name for each in found.values() for name in each))
    lines = [
        WORDS.format(updates=updates, load=load, visits=VISITS),
        f"| figure | {' | '.join(found)} |",
        f"|---|{'--:|' * len(found)}",
        *(
            f"| {name} | {' | '.join(_cell(each.get(name, [])) for each in found.values())} |"
            for name in figures
        ),
    ]
    return "\n".join(lines)


def _cell(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({max(values):.0f})" if values else ""


def main() -> None:
    """Measure, write the results, and take a picture of our table if asked to."""
    asked = argparse.ArgumentParser("make bench-tables", description=__doc__)
    asked.add_argument("--updates", type=int, default=20)
    asked.add_argument("--picture", type=Path, help="where to put a picture of the table")
    asked.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "RESULTS.md")
    options = asked.parse_args()
    found, load = {}, os.getloadavg()[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for peer in PEERS:
            with tempfile.TemporaryDirectory() as root:
                folder = Path(root) / "state"
                folder.mkdir()
                found[peer.name] = measure(peer, folder, browser, options.updates, options.picture)
        browser.close()
    written = section(found, options.updates, load)
    put_section(options.out, "tables", written)
    print(written)


if __name__ == "__main__":
    main()
