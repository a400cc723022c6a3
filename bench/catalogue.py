"""The servers beside each other: how each is started, and how a viewer of it comes in."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from bench.viewers import bokeh, dash, streamlit
from bench.viewers.pages import fetch
from bench.viewers.socket import Heard, Viewer, connect

#: Muntin runs from the project's own environment, the others from the bench's.
PRODUCT = Path(__file__).parent.parent / ".venv" / "bin"
OWN, PEERS = Path(sys.executable).parent, Path(__file__).parent / "peers"

LADDER = (1, 10, 50, 100, 200, 500, 1000, 2000)


@dataclass(frozen=True)
class Peer:
    """One of the servers beside each other."""

    name: str
    label: str
    path: str
    #: Command line, from the directory of the documents, the template's file, and a port.
    command: Callable[[Path, Path, int], list[str]]
    #: Comes in: `join(port, heard)` returns a viewer.
    join: Callable[..., Awaitable[Any]]
    #: What it is and how it was written, for the results.
    what: str
    #: True if it has a page to look at.
    page: bool = True
    #: An address that costs the server next to nothing; empty if its event loop serves no page.
    health: str = ""
    #: Its process can count its objects (bench/inside).
    python: bool = True
    #: More viewers than this are never tried: it was seen to break well below.
    most: int = 2000

    def ladder(self, wanted: tuple[int, ...] = LADDER) -> list[int]:
        """Return the numbers of viewers to try it with; it stops where it breaks."""
        return [count for count in wanted if count <= self.most]


async def _join_broadcast(port: int, heard: Heard, *, narrow: bool = False) -> Viewer:
    await fetch(port, "/")
    return await connect(port, "/ws", heard, narrow=narrow)


def _panel(app: str) -> Callable[[Path, Path, int], list[str]]:
    return lambda state, _template, port: [
        str(OWN / "panel"), "serve", str(PEERS / f"{app}.py"), "--port", str(port),
        "--address", "127.0.0.1", "--allow-websocket-origin", f"127.0.0.1:{port}", "--liveness",
        "--args", str(state),
    ]  # fmt: skip


def _join_panel(app: str) -> Callable[..., Awaitable[Viewer]]:
    async def join(port: int, heard: Heard, *, narrow: bool = False) -> Viewer:
        return await bokeh.join(port, f"/{app}", bokeh.of_panel(app), heard, narrow=narrow)

    return join


async def _join_muntin(port: int, heard: Heard, *, narrow: bool = False) -> Viewer:
    return await bokeh.join(port, "/overview", bokeh.of_muntin, heard, narrow=narrow)


#: One source of chance for the phases of those who ask in turns.
_PHASES = Random(11)

MUNTIN = Peer(
    "muntin", "Muntin", "/overview",
    lambda state, _template, port: [
        str(PRODUCT / "muntin"), "serve", str(state), "--port", str(port),
    ],
    _join_muntin, "`muntin serve DIR`, with every plugin that is installed", health="/healthz",
)  # fmt: skip
BROADCAST = Peer(
    "broadcast", "bare broadcast", "/",
    lambda state, template, port: [
        sys.executable, str(PEERS / "broadcast.py"), str(state), str(template), str(port),
    ],
    _join_broadcast,
    "Tornado and nothing else: one WebSocket message with the bytes of Muntin's update, "
    "taken from Muntin in the same run. The floor, not a rival: it draws nothing",
    page=False, health="/",
)  # fmt: skip
DASH = Peer(
    "dash", "Dash", "/",
    lambda _state, _template, port: [
        str(OWN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8",
        "--no-control-socket", "bench.peers.dash_app:server",
    ],
    partial(dash.join, random=_PHASES),
    "one `dcc.Interval` of a second, one callback; gunicorn, one worker with 8 threads",
    python=False, most=1000,
)  # fmt: skip
TUNED = Peer(
    "tuned", "tuned Panel", "/tuned_panel", _panel("tuned_panel"), _join_panel("tuned_panel"),
    "one reader for all sessions, texts made once, changed values set under `hold`",
    health="/liveness", most=500,
)  # fmt: skip
PANEL = Peer(
    "panel", "plain Panel", "/plain_panel", _panel("plain_panel"), _join_panel("plain_panel"),
    "a periodic callback of a second per session, as Panel's guides do it",
    health="/liveness", most=200,
)  # fmt: skip
STREAMLIT = Peer(
    "streamlit", "Streamlit", "/",
    lambda state, _template, port: [
        str(OWN / "streamlit"), "run", str(PEERS / "streamlit_app.py"), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--server.headless", "true",
        "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none",
        "--", str(state),
    ],
    partial(streamlit.join, random=_PHASES),
    "one fragment with `run_every=1`, documents through `st.cache_data`",
    health="/_stcore/health", most=100,
)  # fmt: skip

PEERS_BY_NAME = {peer.name: peer for peer in (MUNTIN, BROADCAST, DASH, TUNED, PANEL, STREAMLIT)}
