"""SIGTERM ends a server, whatever hangs in it."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

#: Serves three pages, of which two hang, as do a plugin's event hook and a thread of its own.
SERVER = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from muntin import Page, Panel, hookimpl
from muntin.settings import Config
from muntin.site import build_site
from muntin.web.server import run

def hang(*_):
    threading.Event().wait()

ThreadPoolExecutor(1).submit(hang)  # which Python waits for at the end
pages = [
    Page("fine", "Fine", (Panel("A", lambda _: "drawn"),)),
    Page("shared", "Shared", (Panel("A", hang),), order=200),
    Page("mine", "Mine", (Panel("A", hang),), scope="private"),
]
plugin = SimpleNamespace(
    muntin_pages=hookimpl(lambda: pages), muntin_event=hookimpl(lambda event: hang())
)
site = build_site(Config(), state=sys.argv[1], plugins={"x": plugin})
run(site, address="127.0.0.1", port=0, announce=lambda said: print(said, flush=True), grace=6.0)
print("served", flush=True)
"""


def test_server_ends_within_its_grace_whatever_hangs(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        assert b"drawn" in urllib.request.urlopen(f"{address}fine", timeout=30).read()
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{address}mine", timeout=30)

        server.send_signal(signal.SIGTERM)
        rest, trouble = server.communicate(timeout=20)
    finally:
        server.kill()

    assert "served\n" in rest
    assert server.returncode == 0, trouble
