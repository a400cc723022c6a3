"""A table of 10,000 rows in Chromium, 100 of them changing: ``make bench-tables``.

Prints what a viewer waits for and what an update costs browser and server.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright
from tests.kit import Server, State, serving_plugin

ROWS = 10_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

PLUGIN = """
import pandas as pd
from muntin import Feed, Page, Panel, hookimpl
from muntin.ui import Column, frame

ROWS = Feed("orders", dict, example={"n": 0, "rows": 3, "updated_ts": 0})
LOOK = {"Price": Column("price", "Price", 2, unit="USD"),
        "Change": Column("change", "Change", 1, signed=True)}

def view(snapshot):
    n, count = snapshot[ROWS]["n"], range(snapshot[ROWS]["rows"])
    return frame(pd.DataFrame({
        "Order": [f"A-{at:05d}" for at in count],
        "Symbol": [("BTCUSDT", "ETHUSDT", "SOLUSDT", "XAUTUSDT")[at % 4] for at in count],
        "Side": ["BUY" if at % 3 else "SELL" for at in count],
        "Price": [float(at * 7919 % 10007 + (n if at < 100 else 0)) for at in count],
        "Quantity": [at % 97 * 1.5 for at in count],
        "Change": [float(at % 7 - 3) for at in count],
    }), feed=ROWS, columns=LOOK)

@hookimpl
def muntin_pages(settings):
    yield Page("orders", "Orders", (Panel("Orders", view, needs=(ROWS,)),))
"""

#: Milliseconds until the layout after something that a viewer does.
TIMED = (
    "() => {{ const from = performance.now(); {}; document.body.offsetHeight;"
    " return performance.now() - from; }}"
)
SORT = TIMED.format("document.querySelector('.mu-long th[data-sort=price] button').click()")
FILTER = TIMED.format(
    "const box = document.querySelector('.mu-tools input'); box.value = 'eth sell';"
    " box.dispatchEvent(new Event('input'))"
)
FIRST = "document.querySelector('.mu-long tbody [data-column=price]')?.textContent"
FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def put(server: State, n: int) -> None:
    """Publish the rows; the first 100 have this much on their price."""
    server.put("orders", {"n": n, "rows": ROWS, "updated_ts": time.time()})


def figures_of(devtools: CDPSession) -> Mapping[str, float]:
    """Return Chromium's own counts."""
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {one["name"]: float(one["value"]) for one in found}


def update(server: Server, page: Page, devtools: CDPSession, n: int) -> tuple[float, float, float]:
    """Return ms from rename to painted, layouts, and ms on the main thread of one update."""
    before, started = figures_of(devtools), time.perf_counter()
    put(server.state, n)
    while page.evaluate(FIRST) != f"{n:,.2f}":
        time.sleep(0.005)
    page.evaluate(FRAMES)
    took = 1000 * (time.perf_counter() - started)
    after = figures_of(devtools)
    busy = 1000 * (after["TaskDuration"] - before["TaskDuration"])
    return took, after["LayoutCount"] - before["LayoutCount"], busy


def measure(server: Server, page: Page, updates: int) -> dict[str, list[float]]:
    """Return every figure, sample by sample."""
    page.goto(f"{server.url}/orders")
    page.wait_for_selector(".mu-long[data-drawn]")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.wait_for_selector("html[data-link=live]")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    each = [update(server, page, devtools, 20_000 + 1000 * turn) for turn in range(updates)]
    names = ("rename to painted ms", "layouts of an update", "main thread ms of an update")
    return {
        "first rows ms": [paint],
        **{name: list(values) for name, values in zip(names, zip(*each, strict=True), strict=True)},
        "sort ms": [page.evaluate(SORT) for _ in range(5)],
        "filter ms": [page.evaluate(FILTER)],
    }


def main() -> None:
    """Measure, print, and take a picture if asked to."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--updates", type=int, default=20)
    asked.add_argument("--picture", type=Path, help="where to put a picture of the table")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        put(State(Path(folder) / "state"), 0)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        with serving_plugin(Path(folder), "orders", PLUGIN) as server:
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            for name, values in measure(server, page, options.updates).items():
                print(
                    f"{name:28} median {statistics.median(values):6.0f}   most {max(values):6.0f}"
                )
            if options.picture:
                page.wait_for_timeout(1000)
                page.screenshot(path=options.picture)
        browser.close()


if __name__ == "__main__":
    main()
