"""The source against a stand-in that serves the API's documented shapes over real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from muntin import Reading, Secret, SourceError, Status, Store
from muntin_freqtrade import BALANCE, BOT, PROFIT, TRADES
from muntin_freqtrade.source import address, build
from muntin_http import HttpSettings

HERE = Path(__file__).parent
USER = HttpSettings(interval=0.1, user="Freqtrader", password=Secret("SuperSecret1!"))
FEEDS = (BALANCE, TRADES, PROFIT, BOT)


class Watched:
    """A store that the source fills, and a way to wait for what it shows."""

    def __init__(self, port: int, settings: HttpSettings = USER) -> None:
        self.store = Store(FEEDS)
        self._news, self._stop = threading.Event(), threading.Event()
        self.store.subscribe(lambda _names: self._news.set())
        source = build(f"freqtrade://127.0.0.1:{port}", settings)
        args = (FEEDS, self.store.publish, self._stop)
        self._thread = threading.Thread(target=source.run, args=args)
        self._thread.start()

    def until(self, ready: Callable[[Reading], bool], feed: Any = BALANCE) -> Reading:
        while not ready(self.store.snapshot.reading(feed)):
            assert self._news.wait(5), self.store.snapshot.reading(feed)
            self._news.clear()
        return self.store.snapshot.reading(feed)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def start(*args: Any) -> Watched:
        made.append(Watched(*args))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_every_document_is_read_and_dated_by_the_bots_last_loop(bot: Any, watch: Any) -> None:
    seen = watch(bot.port)
    for feed in FEEDS:
        found = seen.until(lambda reading: reading.has_value, feed)
        assert found.status(seen.store.snapshot.now) is Status.LIVE


def test_a_bot_that_hangs_grows_old_though_it_answers(bot: Any, watch: Any, shapes: Any) -> None:
    bot.answers["health"] = shapes.health(1_700_000_000)
    seen = watch(bot.port)
    found = seen.until(lambda reading: reading.has_value)

    assert found.status(seen.store.snapshot.now) is Status.STALE


def test_a_new_figure_reaches_the_store(bot: Any, watch: Any, shapes: Any) -> None:
    seen = watch(bot.port)
    seen.until(lambda reading: reading.has_value)

    bot.answers["balance"] = shapes.balance(total=1400.0)
    seen.until(lambda reading: reading.value.total.value == 1400.0)


def test_without_credentials_it_is_said_what_is_needed(bot: Any, watch: Any) -> None:
    seen = watch(bot.port, HttpSettings(interval=0.1))
    found = seen.until(lambda reading: reading.fault is not Status.MISSING)

    assert found.fault is Status.UNREADABLE
    assert "it needs credentials; set user and password, or token, in" in found.problem


def test_an_error_of_the_bot_keeps_the_last_good_figures(bot: Any, watch: Any) -> None:
    seen = watch(bot.port)
    seen.until(lambda reading: reading.has_value)

    bot.status = 502
    found = seen.until(lambda reading: bool(reading.fault))
    assert "502 Bad Gateway" in found.problem
    assert found.value.total.value == 1300.0
    bot.status = 200
    seen.until(lambda reading: not reading.fault)


def test_an_older_bot_without_health_is_undated(bot: Any, watch: Any) -> None:
    bot.answers["health"] = None
    seen = watch(bot.port)
    found = seen.until(lambda reading: reading.has_value)

    assert found.status(seen.store.snapshot.now) is Status.UNDATED


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("freqtrade://bot", "http://bot:8080/api/v1/"),
        ("freqtrade://bot:9000/", "http://bot:9000/api/v1/"),
        ("freqtrade://[::1]:9000", "http://[::1]:9000/api/v1/"),
        ("freqtrade+https://bot/alpha", "https://bot/alpha/api/v1/"),
    ],
)
def test_an_address_names_the_api(url: str, there: str) -> None:
    assert address(url) == there


@pytest.mark.parametrize("url", ["freqtrade://", "freqtrade://bot:x", "freqtrade://bot?token=1"])
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(SourceError):
        build(url, USER)


# ------------------------------------------------------------------ installed from its wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution as pip would install it, in a folder of its own."""
    place = tmp_path_factory.mktemp("installed")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", place,
         "--python", sys.executable, HERE.parent],
        check=True, capture_output=True,
    )  # fmt: skip
    return place


def run(installed: Path, folder: Path, *command: str, **env: str) -> str:
    """Return what a command of this environment prints with the plugin installed."""
    done = subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(installed), **env},
        check=False, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.slow
def test_it_serves_its_page_and_the_overview(bot: Any, installed: Path, tmp_path: Path) -> None:
    (tmp_path / "muntin.toml").write_text(
        f'state = "freqtrade://127.0.0.1:{bot.port}"\n'
        '[source]\nuser = "Freqtrader"\npassword = { env = "BOT_PASSWORD" }\n',
        encoding="utf-8",
    )

    said = run(installed, tmp_path, "muntin", "check", BOT_PASSWORD="SuperSecret1!")

    lines = {tuple(line.split()[:2]) for line in said.splitlines()}
    assert {("nav", "live"), ("positions", "live"), ("kpis_v7", "live")} <= lines, said
    assert {(feed.name, "live") for feed in FEEDS} <= lines
    assert ("freqtrade", "0.1.0") in lines
    assert "SuperSecret1!" not in said


@pytest.mark.slow
def test_it_keeps_what_every_plugin_promises(installed: Path, tmp_path: Path) -> None:
    said = run(
        installed, tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        "--muntin-conform", "muntin-freqtrade",
    )  # fmt: skip

    assert " passed" in said, said
    assert " failed" not in said, said
