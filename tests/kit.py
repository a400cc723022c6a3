"""What the whole-app tests share: state documents, a server in its own process, and waiting."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

#: The console script of the environment that runs the tests.
MUNTIN = Path(sys.executable).with_name("muntin")

#: Seconds that anything on this machine may take at most, however busy it is.
PATIENCE = 60.0

_STEP = threading.Event()


def until(ready: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
    """Return the first true answer of `ready`; fail with `what` when there is none in time."""
    deadline = time.monotonic() + timeout
    while not (answer := ready()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
        _STEP.wait(0.02)
    return answer


# ---------------------------------------------------------------- documents


def nav(value: float = 12000.5, *, at: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a `nav.json` of a healthy fund: 12,000.50 and three holdings elsewhere."""
    held = {
        "BTC": {"qty": 0.05, "avg_cost": 80000.0, "mark": 90000.0, "usd_value": 4500.0},
        "XAUT": {"qty": 0.5, "avg_cost": 3900.0, "mark": 4000.0, "usd_value": 2000.0},
    }
    total = round(value + 6500.0, 2)
    return {
        "nav": value,
        "nav_usd": value,
        "updated_ts": time.time() if at is None else at,
        "nav_detail": {"source": "live", "fresh": True},
        "aum": {"futures": value, "offexchange": held, "total": total},
    } | more


def nav_state(value: float = 12000.5, *, at: float | None = None) -> dict[str, Any]:
    """Return a `nav_state.json` whose series reaches two hours back."""
    now = time.time() if at is None else at
    steps = ((now - 600.0 * back, value - 3.0 * back) for back in range(12, -1, -1))
    return {
        "series": [{"t": iso(when), "nav": worth, "total_equity": worth} for when, worth in steps],
        "total_equity": value,
        "peak_equity": value + 100.0,
        "drawdown_pct": 0.8,
        "drawdown_abs": 100.0,
        "realized_pnl_today": 12.5,
        "updated_at": now,
    }


def kpis(*, at: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a flat `kpis_v7.json`."""
    now = time.time() if at is None else at
    return {
        "ts": iso(now),
        "nav": {"nav_total": 12000.5, "updated_at": now},
        "dd_state": "normal",
        "atr_regime": "quiet",
        "fee_pnl_ratio": 0.2,
        "router_quality": "ok",
        "router_stats": {"maker_fill_rate": 0.6, "fallback_ratio": 0.3, "slip_q50_bps": 1.25},
        "drawdown": {"dd_pct": 0.8},
        "atr": {"atr_ratio": 0.8},
    } | more


def positions(*rows: tuple[str, float, float], at: float | None = None) -> dict[str, Any]:
    """Return a `positions_state.json` of rows (symbol, quantity, uPnL)."""
    rows = rows or (("BTCUSDT", 0.02, 9.5), ("ETHUSDT", -0.5, -120.0), ("SOLUSDT", 3.0, 80.0))
    items = [
        {
            "symbol": symbol,
            "side": "LONG" if qty > 0 else "SHORT",
            "qty": qty,
            "entry_price": 100.0,
            "mark_price": 101.0,
            "pnl": pnl,
        }
        for symbol, qty, pnl in rows
    ]
    return {"items": items, "updated_at": time.time() if at is None else at}


def install(folder: Path, name: str, source: str) -> None:
    """Put a plugin into a folder as pip would: its module, and its metadata."""
    folder.mkdir(exist_ok=True)
    (folder / f"plugin_{name}.py").write_text(source)
    info = folder / f"muntin_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: muntin-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[muntin]\n{name} = plugin_{name}\n")


def iso(seconds: float) -> str:
    """Return an instant as the page writes it and producers do."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class State:
    """A directory of state documents, written by temp file and rename."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Return the file of a document."""
        return self.root / f"{name}.json"

    def put(self, name: str, document: Any) -> Path:
        """Write a document, or bytes as they are, in one step."""
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        path = self.path(name)
        temporary = path.with_name(f".{name}.tmp")
        temporary.write_bytes(data)
        return temporary.replace(path)

    def heal(self, value: float = 12000.5) -> None:
        """Write every document of the Overview, healthy and of this moment."""
        self.put("nav", nav(value))
        self.put("nav_state", nav_state(value))
        self.put("kpis_v7", kpis())
        self.put("positions_state", positions())


# ---------------------------------------------------------------- the server


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    text: str


class Server:
    """`muntin serve` on a directory, on 127.0.0.1, in a process of its own."""

    def __init__(
        self,
        state: Path,
        log: Path,
        *,
        program: Iterable[str | Path] = (MUNTIN,),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.state = State(state)
        self.log = log
        #: What is served: a state, or apps.
        self.serves = [str(state)]
        self.port = 0
        self._program = [*map(str, program)]
        self._env = {**os.environ, **(env or {})}
        self._cwd = cwd or log.parent
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logged(self) -> str:
        """Everything the server has printed and logged."""
        return self.log.read_bytes().decode("ascii", "replace")

    def start(self) -> Server:
        """Start, on the same port as before if there was one; return once it is ready."""
        command = [*self._program, "serve", *self.serves, "--port", str(self.port)]
        with self.log.open("a") as log:
            began = log.tell()
            self._process = process = subprocess.Popen(
                command, stdout=log, stderr=log, env=self._env, cwd=self._cwd
            )

        def announced() -> re.Match[str] | None:
            assert process.poll() is None, f"{command} ended:\n{self.logged[began:]}"
            return re.search(r"Serving at http://127\.0\.0\.1:(\d+)/", self.logged[began:])

        self.port = int(until(announced, "the server says where it serves")[1])
        until(lambda: self.get("/readyz").status == 200, "/readyz answers 200")
        return self

    def signal(self, number: int) -> None:
        """Send a signal to this server."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End at once, as a crash would."""
        self.signal(signal.SIGKILL)
        self._reap()

    def close(self) -> None:
        """End politely, and by force if that does not help."""
        if self._process is None:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(8)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
        self._reap()

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait(8)
        self._process = None

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return what the server answers; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def feeds(self) -> dict[str, dict[str, Any]]:
        """Return what `/-/feeds` says, by feed."""
        return {row["name"]: row for row in json.loads(self.get("/-/feeds").text)}

    def plugins(self) -> dict[str, dict[str, Any]]:
        """Return what `/-/plugins` says, by plugin."""
        return {row["name"]: row for row in json.loads(self.get("/-/plugins").text)}

    def metric(self, name: str, **labels: str) -> float:
        """Return one figure of `/metrics`."""
        wanted = "".join(f'{key}="{value}"' for key, value in labels.items())
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(f"{name}{{{wanted}}} "):
                return float(line.rsplit(" ", 1)[1])
        raise AssertionError(f"no {name} in /metrics")

    def heal(self, value: float = 12000.5) -> None:
        """Write every document of the Overview, healthy, and wait until this server has them."""
        self.state.heal(value)
        self.wait_figure("nav", data_value=str(value), data_status="live")
        self.wait_feed("positions_state", "live")

    def wait_feed(self, name: str, status: str) -> dict[str, Any]:
        """Return the feed's row once it has that status."""
        return until(
            lambda: (row := self.feeds()[name])["status"] == status and row, f"{name} is {status}"
        )

    def wait_figure(self, metric: str, page: str = "/overview", **attrs: str) -> Figure:
        """Return a metric of the page's HTML once it has these attributes (`text` among them)."""

        def look() -> Figure | None:
            figure = figures(self.get(page).text).get(metric)
            return figure if figure is not None and figure.has(attrs) else None

        return until(look, f"{metric} with {attrs}")


@contextmanager
def serving(
    state: Path,
    *,
    plugins: Iterable[str] = ("overview",),
    program: Iterable[str | Path] = (MUNTIN,),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    settings: str = "",
) -> Iterator[Server]:
    """A started server on a directory, with these plugins; it is ended whatever happens.

    `settings` are further tables of its ``muntin.toml``.
    """
    state.mkdir(parents=True, exist_ok=True)
    config = state.parent / "config.toml"
    config.write_text(f"[plugins]\nonly = {json.dumps([*plugins])}\n{settings}")
    env = {"MUNTIN_CONFIG": str(config)} | dict(env or {})
    log = state.parent / f"{state.name}.log"
    server = Server(state, log, program=program, env=env, cwd=cwd)
    try:
        yield server.start()
    finally:
        server.close()


@contextmanager
def serving_plugin(root: Path, name: str, source: str, *, settings: str = "") -> Iterator[Server]:
    """A started server of one plugin, made of this source, on the documents in `root`/state."""
    site = root / "site"
    install(site, name, source)
    env = {"PYTHONPATH": str(site)}
    with serving(root / "state", plugins=(name,), env=env, settings=settings) as server:
        yield server


# ---------------------------------------------------------------- HTML without a browser


@dataclass(frozen=True, slots=True)
class Figure:
    """An element that shows a value: its text and all its attributes."""

    text: str
    attrs: Mapping[str, str]

    def has(self, wanted: Mapping[str, str]) -> bool:
        """True if text and attributes are as wanted; `data_value` stands for `data-value`."""
        own = {**self.attrs, "text": self.text}
        return all(own.get(key.replace("_", "-")) == value for key, value in wanted.items())


class _Figures(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Figure] = []
        self._open: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if "data-metric" in named or "data-column" in named:
            self._open, self._text = named, ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._open is not None:
            self.found.append(Figure(self._text, self._open))
            self._open = None


def all_figures(html: str) -> list[Figure]:
    """Return every element with a metric or a table cell, in order."""
    parser = _Figures()
    parser.feed(html)
    parser.close()
    return parser.found


def figures(html: str) -> dict[str, Figure]:
    """Return the metrics by their id."""
    return {f.attrs["data-metric"]: f for f in all_figures(html) if "data-metric" in f.attrs}
