"""The servers whose screens are watched: how each starts, and how its figures are read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN, APPS = Path(sys.executable).parent, Path(__file__).parent / "apps"

#: Returns [name, text, words beside it] for every figure in sight.
_MUNTIN = """
() => {
  const seen = [];
  const read = (name, element) => {
    if (!element) return;
    const card = element.closest("[data-panel]");
    const foot = card?.querySelector(".mu-foot")?.innerText ?? "";
    seen.push([name, element.innerText, `${element.parentElement.innerText} ${foot}`]);
  };
  for (const name of ["nav", "aum", "drawdown_pct", "maker_fill_ratio"]) {
    read(name, document.querySelector(`[data-metric="${name}"]`));
  }
  read("mark", document.querySelector('[data-panel="positions"] [data-column="mark"]'));
  return seen;
}
"""
#: The others show label, figure and caption in one block; the whole page counts as beside it.
_BLOCKS = """
() => {
  const labels = { nav: "NAV", aum: "AUM", drawdown_pct: "Drawdown",
                   maker_fill_ratio: "Maker fills", mark: "BTCUSDT mark" };
  const lines = [], hidden = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE"]);
  // Streamlit fades what a stopped script has left behind: a mark, though no word.
  const walk = (node, faded) => {
    for (const child of (node.shadowRoot ?? node).childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        for (const part of child.data.split("\\n")) {
          if (part.trim()) lines.push({ text: part.trim(), faded });
        }
      } else if (child.nodeType === Node.ELEMENT_NODE && !hidden.has(child.tagName)) {
        const style = getComputedStyle(child);
        if (style.display !== "none") walk(child, faded || style.opacity < 0.6);
      }
    }
  };
  walk(document.body, false);
  const words = lines.map((line) => line.text);
  const apart = words.filter((text) => !/updated -?\\d+ s ago/.test(text)).join(" ");
  return Object.entries(labels).flatMap(([name, label]) => {
    const at = words.indexOf(label);
    if (at < 0) return [];
    const mark = lines[at + 1]?.faded ? "stale" : "";
    return [[name, words[at + 1] ?? "", `${words[at + 2] ?? ""} ${mark} ${apart}`]];
  });
}
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """One server: its command line from folder and port, its page, and what reads the screen."""

    name: str
    label: str
    command: Callable[[Path, int, int], list[str]]
    path: str
    read: str = _BLOCKS


PEERS = (
    Peer(
        "muntin",
        "Muntin",
        lambda state, port, _proxy: [
            str(ROOT / ".venv/bin/muntin"),
            "serve",
            str(state),
            "--port",
            str(port),
        ],
        "/overview",
        _MUNTIN,
    ),
    Peer(
        "streamlit",
        "Streamlit",
        lambda state, port, _proxy: [
            str(OWN / "streamlit"),
            "run",
            str(APPS / "streamlit_app.py"),
            "--server.port",
            str(port),
            "--server.address",
            "127.0.0.1",
            "--server.headless",
            "true",
            "--server.enableCORS",
            "false",
            "--server.enableXsrfProtection",
            "false",
            "--browser.gatherUsageStats",
            "false",
            "--",
            str(state),
        ],
        "/",
    ),
    Peer(
        "dash",
        "Dash",
        lambda _state, port, _proxy: [
            str(OWN / "gunicorn"),
            "--threads",
            "8",
            "--bind",
            f"127.0.0.1:{port}",
            "bench.honesty.apps.dash_app:server",
        ],
        "/",
    ),
    Peer(
        "panel",
        "plain Panel",
        lambda state, port, proxy: [
            str(OWN / "panel"),
            "serve",
            str(APPS / "panel_app.py"),
            "--port",
            str(port),
            "--address",
            "127.0.0.1",
            "--allow-websocket-origin",
            f"127.0.0.1:{proxy}",
            "--args",
            str(state),
        ],
        "/panel_app",
    ),
)
