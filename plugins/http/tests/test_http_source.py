"""The whole source at work: a real server, a real thread, a real store, and how it is opened."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import muntin_http
from muntin import (
    ConfigError,
    Feed,
    Page,
    Panel,
    SourceError,
    SourceKind,
    Status,
    hookimpl,
)
from muntin.settings import load_config
from muntin.site import Site, build_site
from muntin.sources.supervisor import Supervisor
from muntin.state.store import Store
from muntin_http import HttpSettings as Settings
from muntin_http import HttpSource

NAV: Feed[float] = Feed("nav", lambda raw: float(raw["n"]))
STILL: SourceKind[Any] = SourceKind("still", lambda url, options: HttpSource("http://h/"))
PAGE = Page("a", "A", (Panel("P", str, (NAV,)),))


class Seen:
    """A store that is fed by a source, and waits for what it shows."""

    def __init__(self, source: HttpSource) -> None:
        self.store = Store([NAV])
        self.supervisor = Supervisor(self.store, source)
        self._news = threading.Event()
        self.store.subscribe(lambda _names: self._news.set())
        self.supervisor.start()

    def until(self, ready: Callable[[Any], bool]) -> Any:
        while not ready(self.store.snapshot.reading(NAV)):
            assert self._news.wait(5), self.store.snapshot.reading(NAV)
            self._news.clear()
        return self.store.snapshot.reading(NAV)


@pytest.fixture
def seen(server: Any) -> Iterator[Seen]:
    made = Seen(HttpSource(server.url, Settings(interval=0.1, timeout=5)))
    yield made
    assert made.supervisor.stop(5)


def test_a_change_on_the_server_is_a_change_in_the_store(
    server: Any, http: Any, seen: Seen
) -> None:
    seen.until(lambda reading: reading.fault is Status.MISSING)

    server.answers["/nav.json"] = http.tagged({"n": 1})
    seen.until(lambda reading: reading.value == 1)
    server.answers["/nav.json"] = http.tagged({"n": 2})
    seen.until(lambda reading: reading.value == 2)


def test_a_fault_keeps_the_last_good_value(server: Any, http: Any, seen: Seen) -> None:
    server.answers["/nav.json"] = http.tagged({"n": 1})
    seen.until(lambda reading: reading.value == 1)

    server.answers["/nav.json"] = http.answer(status=500)
    found = seen.until(lambda reading: reading.fault is Status.UNREADABLE)
    assert found.value == 1
    server.answers["/nav.json"] = http.answer(status=404)
    found = seen.until(lambda reading: "404" in reading.problem)
    assert (found.fault, found.value) == (Status.UNREADABLE, 1)
    assert found.problem.startswith("gone: ")


# ------------------------------------------------------------------ how it is opened


def site(tmp_path: Path, toml: str, state: str | None = None, **env: str) -> Site:
    file = tmp_path / "muntin.toml"
    file.write_text(textwrap.dedent(toml), encoding="utf-8")
    plugin = SimpleNamespace(
        muntin_pages=hookimpl(lambda: [PAGE]),
        muntin_sources=hookimpl(lambda: [STILL]),
    )
    plugins = {"x": plugin, "http": muntin_http}
    return build_site(load_config(file, {}), state=state, plugins=plugins, env=env)


SETTINGS = """
    state = "http://fund.test:8080/state"
    [source]
    interval = 2
    user = "jo"
    password = { env = "STATE_PASSWORD" }
"""


def test_the_operator_sets_the_source_in_a_table_of_its_own(tmp_path: Path) -> None:
    found = site(tmp_path, SETTINGS, STATE_PASSWORD="secret")

    assert isinstance(found.sources[0].source, HttpSource)
    assert found.location == "http://fund.test:8080/state/"
    assert found.sources[0].source._base.settings.interval == 2


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("intervall = 2", "source.intervall: unknown, did you mean interval?"),
        ("interval = 0", "source.interval: "),
        ('password = "secret"', "source.password: a secret is given as"),
        ('password = { env = "GONE" }', "source.password: the environment variable GONE"),
        ('user = "jo"', "user and password are given together"),
        ('ca_file = "/gone.pem"', "there is no file '/gone.pem'"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(tmp_path: Path, table: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        site(tmp_path, f"state = 'http://h/'\n[source]\n{table}\n".replace("    ", ""))

    assert words in str(caught.value)


def test_credentials_in_the_address_are_not_shown(tmp_path: Path) -> None:
    assert site(tmp_path, "", "https://jo:secret@h/x").location == "https://h/x/"
    with pytest.raises(SourceError) as caught:
        site(tmp_path, "", "https://jo:secret@h/?a=secret")
    assert "secret" not in str(caught.value)


def test_credentials_in_two_places_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="both in the address and in"):
        site(tmp_path, SETTINGS, "http://jo:other@h/", STATE_PASSWORD="secret")


def test_a_source_without_settings_takes_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="source: still:// takes no settings"):
        site(tmp_path, "state = 'still://x'\n[source]\ninterval = 1".replace("    ", ""))


def test_a_directory_may_be_named_for_a_moment(tmp_path: Path) -> None:
    assert site(tmp_path, SETTINGS, str(tmp_path)).location == str(tmp_path)


def test_nothing_of_http_is_loaded_before_a_source_runs() -> None:
    made = "muntin_http.HttpSource('http://h/')"
    code = f"import sys, muntin_http; {made}; print('requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
