"""A viewer that is a real browser: Chromium, and what is looked for in its pages."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    ViewportSize,
    async_playwright,
)

from bench.machine import CLIENT_CORE, PINNED, SERVER_CORE

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

WINDOW: ViewportSize = {"width": 1400, "height": 900}

#: Finds text in the page, shadow roots included; and what a chart is drawn on.
_FIND = """
const leaf = (node, fits) => {
  for (const el of node.querySelectorAll("*")) {
    const inner = el.shadowRoot && leaf(el.shadowRoot, fits);
    if (inner) return inner;
    if (!el.firstElementChild && el.tagName !== "SCRIPT" && fits(el)) return el;
  }
  return null;
};
const chart = (el) => el.tagName === "CANVAS" || el.classList.contains("slice");
const draws = (node) => [...node.querySelectorAll("*")].some(
  (el) => chart(el) || (el.shadowRoot && draws(el.shadowRoot)));
"""

#: Runs before the page's own scripts: looks at every frame, and notes the frame after the one in
#: which the NAV stands in the page, the link is live, and charts are drawn.
_OPENING = """
window.bench = {numbers: 0, link: 0, charts: 0, shift: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) bench.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
const painted = (name) => {
  bench[name] = -1;
  requestAnimationFrame(() => { bench[name] = performance.now(); });
};
const look = () => {
  const data = document.documentElement ? document.documentElement.dataset : {};
  const shown = () => leaf(document, (el) => el.textContent.includes("NAV_TEXT"));
  if (!bench.numbers && document.body && shown()) painted("numbers");
  if (MUNTIN_PAGE) {
    if (!bench.link && data.link === "live") painted("link");
    if (!bench.charts && data.charts === "ready" && draws(document)) painted("charts");
  } else if (bench.numbers > 0) {
    if (!bench.link) bench.link = bench.numbers;
    if (!bench.charts && draws(document)) painted("charts");
  }
  if (!(bench.numbers > 0 && bench.link > 0 && bench.charts > 0)) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""

#: Follows the element that shows the NAV, or what takes its place in what was around it; notes
#: each new text and when the frame with it came.
_FOLLOWING = """
window.seen = [];
let place = null, above = [], last = "NAV_TEXT";
const figure = /[0-9]{1,3}(,[0-9]{3})+[.][0-9]{2}/;
const again = () => {
  const kept = above.find((node) => node.isConnected);
  return kept && leaf(kept.shadowRoot || kept, (el) => figure.test(el.textContent));
};
const find = () => {
  place = above.length ? again() : leaf(document, (el) => el.textContent.includes(last));
  if (place && !above.length)
    for (let node = place.parentNode; node; node = node.parentNode || node.host) above.push(node);
};
const follow = () => {
  if (!place || !place.isConnected) find();
  const found = place && place.textContent.match(figure);
  if (found && found[0] !== last) {
    last = found[0];
    const text = last;
    requestAnimationFrame(() => seen.push([text, performance.timeOrigin + performance.now()]));
  }
  requestAnimationFrame(follow);
};
requestAnimationFrame(follow);
"""


@dataclass(slots=True)
class Opening:
    """What opening a page took: ms since the address was entered, and what went over the wire."""

    times: dict[str, float] = field(default_factory=dict)
    shift: float = 0.0
    requests: int = 0
    http: float = 0
    socket: int = 0


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium; it may use every core: a viewer's machine is not the server's."""
    if PINNED:
        os.sched_setaffinity(0, {SERVER_CORE, CLIENT_CORE})
    try:
        async with async_playwright() as playwright:
            found = await playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=FLAGS
            )
            if PINNED:  # this process goes back; Chromium has inherited both cores
                os.sched_setaffinity(0, {CLIENT_CORE})
            try:
                yield found
            finally:
                await found.close()
    finally:
        if PINNED:
            os.sched_setaffinity(0, {CLIENT_CORE})


@contextlib.asynccontextmanager
async def profile() -> AsyncIterator[BrowserContext]:
    """Start Chromium with a profile on disk, as viewers have one; it is empty at first.

    Only here does Chromium keep compiled scripts from one load to the next.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if PINNED:
            os.sched_setaffinity(0, {SERVER_CORE, CLIENT_CORE})
        async with async_playwright() as playwright:
            found = await playwright.chromium.launch_persistent_context(
                folder, executable_path="/usr/bin/chromium", args=FLAGS,
                viewport=WINDOW, bypass_csp=True,
            )  # fmt: skip
            if PINNED:
                os.sched_setaffinity(0, {CLIENT_CORE})
            try:
                yield found
            finally:
                await found.close()


async def context(of: Browser) -> BrowserContext:
    """Return a browser with an empty cache."""
    # Playwright asks pages by scripts made from text, which Muntin's policy would stop.
    return await of.new_context(viewport=WINDOW, bypass_csp=True)


#: Something that goes on while a page is opened, such as a trace.
Around = Callable[[CDPSession], contextlib.AbstractAsyncContextManager[object]]


async def opening(
    inside: BrowserContext,
    address: str,
    nav: str,
    *,
    own: bool,
    around: Around = contextlib.nullcontext,
) -> Opening:
    """Open a page until its charts are drawn; `own` if it says itself when it is live."""
    page, one = await inside.new_page(), Opening()
    script = _OPENING.replace("NAV_TEXT", nav).replace("MUNTIN_PAGE", "true" if own else "false")
    await page.add_init_script("{" + _FIND + script + "}")
    cdp = await inside.new_cdp_session(page)
    await cdp.send("Network.enable")

    def loaded(event: dict[str, Any]) -> None:
        one.requests += event["encodedDataLength"] > 0
        one.http += event["encodedDataLength"]

    def heard(event: dict[str, Any]) -> None:
        one.socket += len(event["response"]["payloadData"])

    cdp.on("Network.loadingFinished", loaded)
    cdp.on("Network.webSocketFrameReceived", heard)
    async with around(cdp):
        await page.goto(address)
        done = "bench.numbers > 0 && bench.link > 0 && bench.charts > 0"
        await page.wait_for_function(done, timeout=20_000)
        await page.wait_for_timeout(400)
        seen = await page.evaluate("bench")
    one.times = {name: seen[name] for name in ("numbers", "link", "charts")}
    one.shift = seen["shift"]
    await page.close()
    return one


async def following(inside: BrowserContext, address: str, nav: str) -> Page:
    """Open a page and follow its NAV; `paints` returns what was seen."""
    page = await inside.new_page()
    await page.add_init_script("{" + _FIND + _FOLLOWING.replace("NAV_TEXT", nav) + "}")
    await page.goto(address)
    found = f"() => {{ {_FIND} return leaf(document, (el) => el.textContent.includes('{nav}')); }}"
    await page.wait_for_function(found, timeout=20_000)
    await page.wait_for_timeout(1000)
    return page


async def paints(page: Page) -> dict[str, float]:
    """Return when each text of the NAV was painted, seconds since the epoch."""
    return {text: at / 1000 for text, at in await page.evaluate("seen")}
