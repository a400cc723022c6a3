"""The settings file: strict, checked as a whole, every mistake told with its path."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from muntin import ConfigError
from muntin.settings import Config, PageConfig, find_config, load_config

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes ./muntin.toml."""
    monkeypatch.chdir(tmp_path)

    def writing(text: str) -> Path:
        path = tmp_path / "muntin.toml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return writing


def problems(**env: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(env=env)
    return list(caught.value.problems)


# ------------------------------------------------------------------ the file


def test_without_a_file_all_has_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    config = load_config(env={})

    assert config == Config()
    assert (config.address, config.port) == ("127.0.0.1", 5006)
    assert (config.site.mode, config.site.refresh) == ("UNKNOWN", 0.1)


def test_the_whole_file_is_read(write: Write, tmp_path: Path) -> None:
    write("""
        state = "logs/state"
        address = "0.0.0.0"
        port = 8080

        [site]
        title = "Fund"
        mode = "LIVE"
        refresh = 1
        nav = ["overview", "*"]
        disclaimer = "Not an offer."

        [plugins]
        disable = ["intel"]
        strict = true

        [plugin.overview]
        since = 2025-01-02
        [plugin.overview.window]
        seconds = 60

        [page.overview]
        order = 5
        title = "Start"
    """)

    config = load_config(env={})

    assert config.state == str(tmp_path / "logs/state")
    assert (config.address, config.port) == ("0.0.0.0", 8080)
    assert (config.site.title, config.site.mode, config.site.refresh) == ("Fund", "LIVE", 1.0)
    assert config.site.nav == ("overview", "*")
    assert config.plugins.disable == ("intel",)
    assert config.plugins.strict
    assert config.plugin["overview"] == {"since": "2025-01-02", "window": {"seconds": 60}}
    assert config.page == {"overview": PageConfig(order=5, title="Start")}


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Config().port = 1  # type: ignore[misc]


def test_every_mistake_is_told_at_once_with_its_path(write: Write) -> None:
    write("""
        prot = 1
        port = "5006"
        [site]
        titel = "x"
        refresh = 0.001
        mode = "A MODE THAT IS TOO LONG"
        nav = "overview"
        [plugins]
        strict = "yes"
        [page.overview]
        order = 1.5
        hiden = true
        [sight]
    """)

    assert sorted(problems()) == [
        "muntin.toml: page.overview.hiden: unknown, did you mean hidden?",
        "muntin.toml: page.overview.order: should be a valid integer",
        "muntin.toml: plugins.strict: should be a valid boolean",
        "muntin.toml: port: should be a valid integer",
        "muntin.toml: prot: unknown, did you mean port?",
        "muntin.toml: sight: unknown, did you mean site?",
        "muntin.toml: site.mode: String should have at most 16 characters",
        "muntin.toml: site.nav: should be a valid array",
        "muntin.toml: site.refresh: should be greater than or equal to 0.02",
        "muntin.toml: site.titel: unknown, did you mean title?",
    ]


def test_a_problem_does_not_repeat_the_value(write: Write) -> None:
    """It may be a password in the wrong place."""
    write("port = 'hunter2'")

    assert "hunter2" not in str(problems())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"port = 1\nsite = [", "at end of document"),
        (b"port = 1\nport == 2", "at line 2"),
        (b"port = 1\nport = 2\n", "at line 2"),
        (b"port = 1\ntitle = '\xff'", "not UTF-8 text (at line 2)"),
        (b"a = " + b"[" * 5000, "muntin.toml"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(
    text: bytes, words: str, write: Write
) -> None:
    write("").write_bytes(text)

    (problem,) = problems()

    assert problem.startswith("muntin.toml: ")
    assert words in problem


def test_a_byte_order_mark_is_no_mistake(write: Write) -> None:
    write("").write_bytes(b"\xef\xbb\xbfport = 1")

    assert load_config(env={}).port == 1


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone.toml: cannot be read: No such file"):
        load_config(tmp_path / "gone.toml", env={})


def test_the_environment_may_name_the_file(write: Write, tmp_path: Path) -> None:
    path = write("port = 1").rename(tmp_path / "other.toml")

    assert load_config(env={"MUNTIN_CONFIG": str(path)}).port == 1
    assert find_config(env={}) is None


def test_a_relative_state_is_relative_to_the_file(tmp_path: Path) -> None:
    """F105: it must not depend on where the program was started."""
    (tmp_path / "site.toml").write_text('state = "logs"')

    assert load_config(tmp_path / "site.toml", env={}).state == str(tmp_path / "logs")


def test_a_source_url_is_left_as_it_is(write: Write) -> None:
    write('state = "redis://host/0"')

    assert load_config(env={}).state == "redis://host/0"


# ------------------------------------------------------------------ the environment


def test_the_environment_wins_over_the_file(write: Write) -> None:
    write("""
        port = 1
        [site]
        title = "File"
        mode = "LIVE"
    """)
    env = {
        "MUNTIN_PORT": "8080",
        "MUNTIN_ADDRESS": "0.0.0.0",
        "MUNTIN_STATE": "here",
        "MUNTIN_SITE__TITLE": "Env",
        "MUNTIN_SITE__REFRESH": "2.5",
        "MUNTIN_PLUGINS__STRICT": "true",
    }

    config = load_config(env=env)

    assert (config.port, config.address, config.state) == (8080, "0.0.0.0", "here")
    assert (config.site.title, config.site.mode, config.site.refresh) == ("Env", "LIVE", 2.5)
    assert config.plugins.strict


def test_an_empty_variable_sets_nothing(write: Write) -> None:
    write("port = 1")

    assert load_config(env={"MUNTIN_PORT": ""}).port == 1


def test_mistakes_in_the_environment_are_told_with_those_in_the_file(write: Write) -> None:
    write("prot = 1")
    env = {"MUNTIN_PORT": "tcp://10.0.0.1:5006", "MUNTIN_SITE__TITEL": "x"}

    assert problems(**env) == [
        "muntin.toml: prot: unknown, did you mean port?",
        "environment: MUNTIN_SITE__TITEL: unknown, did you mean MUNTIN_SITE__TITLE?",
        "environment: MUNTIN_PORT: should be a valid integer, unable to parse string as an integer",
    ]


def test_bounds_hold_for_the_environment_too(write: Write) -> None:
    write("")

    assert problems(MUNTIN_PORT="70000") == [
        "environment: MUNTIN_PORT: should be less than or equal to 65535"
    ]


def test_variables_made_for_a_service_of_that_name_are_none_of_ours(write: Write) -> None:
    """Kubernetes sets MUNTIN_SERVICE_HOST and such for a service called muntin."""
    write("")

    assert load_config(env={"MUNTIN_SERVICE_HOST": "10.0.0.1"}) == Config()


@pytest.mark.parametrize("host", ["https://cdn.example.org", "a b", "x.org; script-src *", "*", ""])
def test_a_host_for_apps_is_a_host_and_nothing_else(write: Write, host: str) -> None:
    write(f'app_hosts = ["{host}"]')

    with pytest.raises(ConfigError, match=r"app_hosts"):
        load_config(env={})


def test_hosts_for_apps_are_read(write: Write) -> None:
    write('app_hosts = ["cdn.example.org", "*.tiles.example", "127.0.0.1:8080"]')

    assert load_config(env={}).app_hosts == ("cdn.example.org", "*.tiles.example", "127.0.0.1:8080")
