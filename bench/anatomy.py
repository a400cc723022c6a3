"""Where the time of opening the page goes: ``python -m bench.anatomy`` beside the floor of Bokeh.

Chromium's own trace says what its main thread did. The floor is a page with one number and one
figure, drawn by the same script of Bokeh, with nothing of Muntin in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import brotli
from bokeh.embed import json_item
from bokeh.plotting import figure
from playwright.async_api import BrowserContext, CDPSession
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from bench.catalogue import MUNTIN
from bench.serving import Place, serving
from bench.state import State
from bench.viewers import chromium
from muntin.web.assets import load

PARTS = ("to the figures", "to Bokeh", "Bokeh’s script", "its code cache", "charts", "all")
CATEGORIES = (
    "devtools.timeline", "v8", "disabled-by-default-v8.compile", "blink.user_timing", "loading",
    "toplevel",
)  # fmt: skip
NUMBER = "12,345.67"


@dataclass(frozen=True, slots=True)
class Trace:
    """What the main thread of a page did from the first byte asked for to drawn charts, µs."""

    began: float
    ended: float
    painted: float
    tasks: list[dict[str, Any]]

    @classmethod
    def of(cls, events: list[dict[str, Any]], origin: str, charts: float) -> Trace | None:
        """Return the part of a trace that is about an origin; None if Chromium began it late."""
        starts = [
            event for event in events
            if event["name"] == "navigationStart" and origin in str(event["args"])
        ]  # fmt: skip
        if not starts:
            return None
        start = starts[-1]
        here = (start["pid"], start["tid"])
        own = [event for event in events if (event["pid"], event["tid"]) == here]
        ended = start["ts"] + 1000 * charts
        painted = [
            event["ts"] for event in own
            if event["name"] == "firstContentfulPaint" and start["ts"] < event["ts"] < ended
        ]  # fmt: skip
        timed = [one for one in own if one["ph"] == "X" and start["ts"] <= one["ts"] < ended]
        return cls(start["ts"], ended, min(painted, default=ended), timed)

    def parts(self) -> dict[str, tuple[float, float]]:
        """Return time passed and time on the CPU, ms, by part."""
        bokeh = self._named("EvaluateScript", "bokeh.min.js")
        cache = self._named("v8.produceCache", "bokeh.min.js")
        run, done = bokeh["ts"], bokeh["ts"] + bokeh["dur"]
        parts = {
            "to the figures": self._between(self.began, min(self.painted, run)),
            "to Bokeh": self._between(min(self.painted, run), run),
            "Bokeh’s script": _took(bokeh),
            "its code cache": _took(cache),
            "charts": self._between(done, self.ended),
            "all": self._between(self.began, self.ended),
        }
        # The task that runs Bokeh's script begins before it; the cache is written among the charts.
        wait, before = parts["to Bokeh"]
        parts["to Bokeh"] = (wait, max(0.0, before - _took(bokeh)[1]))
        wall, cpu = (a - b for a, b in zip(parts["charts"], _took(cache), strict=True))
        return parts | {"charts": (wall, cpu)}

    def _named(self, name: str, file: str) -> dict[str, Any]:
        found = [one for one in self.tasks if one["name"] == name and file in str(one["args"])]
        return found[0] if found else {"ts": self.ended, "dur": 0, "tdur": 0}

    def _between(self, start: float, end: float) -> tuple[float, float]:
        tasks = [one for one in self.tasks if one["name"].endswith("::RunTask")]
        cpu = sum(one.get("tdur", 0) for one in tasks if start <= one["ts"] < end)
        return max(0.0, end - start) / 1000, cpu / 1000


def _took(event: dict[str, Any]) -> tuple[float, float]:
    return event["dur"] / 1000, event.get("tdur", 0) / 1000


async def traced(inside: BrowserContext, address: str, nav: str, *, own: bool) -> Trace | None:
    """Open a page and return what its main thread did meanwhile, None if that is not known."""
    events: list[dict[str, Any]] = []

    @asynccontextmanager
    async def tracing(cdp: CDPSession) -> AsyncIterator[None]:
        done = asyncio.Event()
        cdp.on("Tracing.dataCollected", lambda sent: events.extend(sent["value"]))
        cdp.on("Tracing.tracingComplete", lambda _: done.set())
        config = {"includedCategories": [*CATEGORIES]}
        await cdp.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
        yield
        await cdp.send("Tracing.end")
        await asyncio.wait_for(done.wait(), 20)

    one = await chromium.opening(inside, address, nav, own=own, around=tracing)
    return Trace.of(events, address.rpartition("/")[0], one.times["charts"])


class _Floor(RequestHandler):
    """Sends one of the files of the page with one figure."""

    files: dict[str, tuple[str, bytes]]

    def get(self, name: str) -> None:
        kind, data = self.files[name]
        self.set_header("Content-Type", kind)
        if name:
            self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Content-Encoding", "br")
        self.finish(data)


@asynccontextmanager
async def floor() -> AsyncIterator[str]:
    """Serve a page with one number and one figure; yield its address."""
    made = figure(width=600, height=240)
    made.line([0, 1, 2], [1, 3, 2])
    page = (
        '<!doctype html><title>floor</title><link rel="icon" href="data:,">'
        f'<p>{NUMBER}</p><div id="figure"></div>'
        '<script defer src="bokeh.min.js"></script><script defer src="draw.js"></script>'
    )
    draw = f"Bokeh.embed.embed_item({json.dumps(json_item(made))}, 'figure');"
    _Floor.files = {
        "": ("text/html", brotli.compress(page.encode())),
        "draw.js": ("text/javascript", brotli.compress(draw.encode())),
        "bokeh.min.js": ("text/javascript", load()["bokeh.min.js"].brotli),
    }
    sockets, port = bind_unused_port()
    server = HTTPServer(Application([(r"/(.*)", _Floor)]))
    server.add_socket(sockets)
    yield f"http://127.0.0.1:{port}/"
    server.stop()


async def measure(runs: int) -> dict[tuple[str, str], list[dict[str, tuple[float, float]]]]:
    """Open both pages cold, warm and as one who returns; return the parts of each opening."""
    found = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        place = Place(Path(folder), Path(folder) / "none")
        async with serving(MUNTIN, place) as server, floor() as bare:
            pages = {"Muntin": f"http://127.0.0.1:{server.port}{MUNTIN.path}", "floor": bare}
            for _ in range(runs):
                for name, address in pages.items():
                    state.write_all()
                    nav = state.fields()["NAV"][0] if name == "Muntin" else NUMBER
                    async with chromium.profile() as context:
                        for case in ("cold", "warm", "returning"):
                            one = await traced(context, address, nav, own=name == "Muntin")
                            if one is not None:
                                found[name, case].append(one.parts())
                            await asyncio.sleep(1.5)  # Chromium writes its caches at leisure
    return found


def main() -> None:
    """Print a table: ms passed and ms on the CPU, medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print(f"| page | cache | {' | '.join(PARTS)} |\n|---|---|{'--:|' * len(PARTS)}")
    for (name, case), openings in asyncio.run(measure(runs)).items():
        cells = []
        for part in PARTS:
            wall, cpu = (median(one[part][i] for one in openings) for i in (0, 1))
            cells.append(f"{wall:.0f} ({cpu:.0f})")
        print(f"| {name} | {case} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
