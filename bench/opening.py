"""Workload "open": a page in real Chromium, with an empty cache and with a full one."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, async_playwright

from bench.machine import CLIENT_CORE, PINNED, SERVER_CORE
from bench.servers import MUNTIN, Peer, Place, Running, serving
from bench.state import State

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

#: Runs in the page before its own scripts: looks at every frame for the NAV, shadow roots
#: included, and notes the frame after which it is painted; adds up layout shifts.
PROBE = """
window.bench = {numbers: 0, link: 0, charts: 0, shift: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) bench.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
const shows = (node, text) => {
  for (const el of node.querySelectorAll("*")) {
    if (el.shadowRoot && shows(el.shadowRoot, text)) return true;
    const leaf = !el.firstElementChild && el.tagName !== "SCRIPT";
    if (leaf && el.textContent.includes(text)) return true;
  }
  return false;
};
const draws = (node) => [...node.querySelectorAll("*")].some(
  (el) => el.tagName === "CANVAS" || (el.shadowRoot && draws(el.shadowRoot)));
const painted = (name) => {
  bench[name] = -1;
  requestAnimationFrame(() => { bench[name] = performance.now(); });
};
const look = () => {
  const data = document.documentElement ? document.documentElement.dataset : {};
  if (!bench.numbers && document.body && shows(document, "NAV_TEXT")) painted("numbers");
  if (MUNTIN_PAGE) {
    if (!bench.link && data.link === "live") painted("link");
    if (!bench.charts && data.charts === "ready" && draws(document)) painted("charts");
  } else if (bench.numbers > 0 && !bench.charts && draws(document)) {
    painted("link"); painted("charts");
  }
  if (!(bench.numbers > 0 && bench.link > 0 && bench.charts > 0)) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@dataclass(slots=True)
class Opening:
    """What opening a page took: ms since the address was entered, and what went over the wire."""

    peer: str
    warm: bool
    times: dict[str, float] = field(default_factory=dict)
    shift: float = 0.0
    requests: int = 0
    http_bytes: float = 0
    socket_bytes: int = 0


async def openings(peers: list[Peer], place: Place, state: State, repeat: int) -> list[Opening]:
    """Return openings of each server's page, by turns; the browser may use every core."""
    pages = [peer for peer in peers if peer.page]
    if PINNED:
        os.sched_setaffinity(0, {SERVER_CORE, CLIENT_CORE})
    state.write_all()
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(peer, place)) for peer in pages]
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            found = await _rounds(browser, servers, state.fields()["NAV"][0], repeat)
        finally:
            await browser.close()
            if PINNED:
                os.sched_setaffinity(0, {CLIENT_CORE})
    return found


async def _rounds(browser: Browser, servers: list[Running], nav: str, repeat: int) -> list[Opening]:
    """Open every page once for nothing, then `repeat` times, cold and warm."""
    found = []
    for turn in range(repeat + 1):
        for server in servers:
            context = await browser.new_context(viewport={"width": 1400, "height": 900})
            for warm in (False, True):
                one = await _open(context, server, nav, warm=warm)
                if turn:
                    found.append(one)
                    _say(one)
            await context.close()
    return found


async def _open(context: BrowserContext, server: Running, nav: str, *, warm: bool) -> Opening:
    page, one = await context.new_page(), Opening(server.peer.name, warm)
    own = "true" if server.peer is MUNTIN else "false"
    await page.add_init_script(PROBE.replace("NAV_TEXT", nav).replace("MUNTIN_PAGE", own))
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.enable")

    def loaded(event: dict[str, Any]) -> None:
        one.requests += event["encodedDataLength"] > 0
        one.http_bytes += event["encodedDataLength"]

    def heard(event: dict[str, Any]) -> None:
        one.socket_bytes += len(event["response"]["payloadData"])

    cdp.on("Network.loadingFinished", loaded)
    cdp.on("Network.webSocketFrameReceived", heard)
    await page.goto(f"http://127.0.0.1:{server.port}{server.peer.path}")
    done = "bench.numbers > 0 && bench.link > 0 && bench.charts > 0"
    await page.wait_for_function(done, timeout=20_000)
    await page.wait_for_timeout(400)
    seen = await page.evaluate("bench")
    one.times = {name: seen[name] for name in ("numbers", "link", "charts")}
    one.shift = seen["shift"]
    await page.close()
    return one


def _say(one: Opening) -> None:
    print(
        f"  {one.peer:<10}{'warm' if one.warm else 'cold'}  numbers {one.times['numbers']:5.0f}"
        f"  live {one.times['link']:5.0f}  charts {one.times['charts']:5.0f} ms"
        f"  {(one.http_bytes + one.socket_bytes) / 1000:6.0f} kB"
        f"  {one.requests} requests  shift {one.shift:.3f}",
        flush=True,
    )
