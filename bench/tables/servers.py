"""The servers of the table, each in a process of its own, on the same document."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.process import free_port, started

HERE = Path(__file__).parent
OTHERS = HERE.parent / ".venv" / "bin"
#: Seconds that a server may take to answer for the first time.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: how it is started, and where its page has the first price."""

    name: str
    #: Words of the command; ``{port}`` stands for the port, ``{folder}`` for that of the document.
    command: tuple[str, ...]
    path: str
    #: JavaScript for the element of the first price.
    first: str


#: Finds the first match in the page and in all shadow roots.
_DEEP = """((selector) => {
  const look = (node) => node.querySelector(selector)
    ?? [...node.querySelectorAll("*")]
      .map((el) => el.shadowRoot && look(el.shadowRoot)).find(Boolean);
  return look(document);
})"""

PEERS = (
    Peer(
        "Muntin",
        (f"{sys.prefix}/bin/muntin", "serve", "{folder}", "--port", "{port}"),
        "/orders",
        "document.querySelector('.mu-long tbody [data-column=price]')",
    ),
    Peer(
        "Panel, Tabulator",
        (
            f"{OTHERS}/python",
            "-m",
            "panel",
            "serve",
            f"{HERE}/peers/tabulator_app.py",
            "--port",
            "{port}",
            "--address",
            "127.0.0.1",
        ),
        "/tabulator_app",
        f"{_DEEP}('.tabulator-row .tabulator-cell[tabulator-field=Price]')",
    ),
    Peer(
        "Dash, DataTable",
        (f"{OTHERS}/python", f"{HERE}/peers/dash_app.py"),
        "/",
        "document.querySelector('td[data-dash-column=Price][data-dash-row=\"0\"]')",
    ),
)


def put(folder: Path, n: int, rows: int) -> None:
    """Publish the document, whole at once; the first 100 rows have this much on their price."""
    part = folder / "orders.json.part"
    part.write_text(json.dumps({"n": n, "rows": rows, "updated_ts": time.time()}))
    part.replace(folder / "orders.json")


@contextmanager
def serving(peer: Peer, folder: Path) -> Iterator[str]:
    """Start a server and give the address of its page; end it."""
    port = free_port()
    command = [word.format(port=port, folder=folder) for word in peer.command]
    environment = {
        "ORDERS": str(folder / "orders.json"),
        "PORT": str(port),
        "MUNTIN_CONFIG": str(_config(folder)),
        "PYTHONPATH": f"{folder.parent}/site:{HERE}/peers",
    }
    with started(command, environment) as process:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}{peer.path}"


def _config(folder: Path) -> Path:
    """Install the plugin beside the document, and return settings that use it alone."""
    site, config = folder.parent / "site", folder.parent / "muntin.toml"
    info = site / "orders-1.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: orders\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[muntin]\norders = plugin_orders\n")
    config.write_text('[plugins]\nonly = ["orders"]\n')
    return config


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{process.args} does not answer")
