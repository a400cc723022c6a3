"""Opening: whatever is missing or contradictory is told at once, before anything listens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from core.tests.access.kit import SECRET, Book

from muntin import ConfigError
from muntin.access import Credentials, access_problems, is_loopback, local_path, open_access
from muntin.settings import AccessConfig, OidcConfig, ProxyConfig, Secret

GOOD: dict[str, Any] = {"secret": Secret(SECRET)}
OIDC = OidcConfig("https://id.example", "muntin", redirect_url="https://fund.example")


def problems(address: str = "0.0.0.0", **config: Any) -> list[str]:
    return list(access_problems(AccessConfig(**config), address))


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"]
)
def test_open_is_fine_on_loopback(address: str) -> None:
    assert problems(address) == []
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "192.0.2.7", "", "fund.example", "localhost.x", "10.0.0.1"]
)
def test_open_elsewhere_has_to_be_meant(address: str) -> None:
    (told,) = problems(address)

    assert "access.mode" in told
    assert "insecure = true" in told
    assert problems(address, insecure=True) == []


def test_everything_missing_is_told_at_once() -> None:
    told = "\n".join(problems(mode="oidc", metrics_token=Secret("short")))

    for name in ("secret", "oidc.issuer", "oidc.client_id", "oidc.redirect_url", "metrics_token"):
        assert f"access.{name}" in told
    with pytest.raises(ConfigError) as caught:
        open_access(AccessConfig(mode="oidc"), address="127.0.0.1")
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("mode", ["users", "oidc", "proxy"])
def test_no_mode_goes_without_a_secret_and_no_secret_is_short(mode: str, book: Book) -> None:
    rest: dict[str, Any] = {"mode": mode, "users": str(book.path), "oidc": OIDC}

    assert [one.split(":")[0] for one in problems(**rest)] == ["access.secret"]
    assert "too short" in problems(**rest, secret=Secret("x" * 31))[0]
    assert "x" * 31 not in problems(**rest, secret=Secret("x" * 31))[0]
    assert problems(**rest, **GOOD) == []


def test_a_users_file_that_is_not_there_tells_how_to_make_one(tmp_path: Path) -> None:
    (told,) = problems(mode="users", users=str(tmp_path / "users.json"), **GOOD)

    assert "muntin users add" in told


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example",
        "id.example",
        "https://",
        "javascript:alert(1)",
        "https://a/?b=c",
        "https://[::1",
        "https://a b",
        "https://user:word@id.example",
        "https://a:x",
        "https://é",
    ],
)
def test_a_provider_is_reached_by_https(url: str) -> None:
    told = problems(mode="oidc", oidc=OidcConfig(url, "muntin", redirect_url=url), **GOOD)

    assert [one.split(":")[0] for one in told] == ["access.oidc.issuer", "access.oidc.redirect_url"]


def test_a_provider_on_this_machine_may_go_without_tls() -> None:
    local = OidcConfig(
        "http://127.0.0.1:8080/realm", "muntin", redirect_url="http://localhost:5006"
    )

    assert problems(mode="oidc", oidc=local, **GOOD) == []


def test_a_path_behind_the_address_of_this_app_is_refused() -> None:
    below = OidcConfig("https://id.example/a", "muntin", redirect_url="https://fund.example/app")

    (told,) = problems(mode="oidc", oidc=below, **GOOD)
    assert told == "access.oidc.redirect_url: must be an address without a path"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    gone = str(tmp_path / "no" / "file")
    told = problems(mode="proxy", audit=gone, sessions=gone, **GOOD)

    assert [one.split(":")[0] for one in told] == ["access.sessions", "access.audit"]


def test_a_folder_in_place_of_the_sessions_is_told(tmp_path: Path) -> None:
    told = problems(mode="proxy", sessions=str(tmp_path), **GOOD)

    assert told == [f"access.sessions: {tmp_path} is not a file"]


@pytest.mark.parametrize("addresses", [(), ("proxy.example",), ("10.0.0.1/8",)])
def test_a_proxy_is_named_by_its_address(addresses: tuple[str, ...]) -> None:
    (told,) = problems(mode="proxy", proxy=ProxyConfig(addresses=addresses), **GOOD)

    assert told.startswith("access.proxy.addresses: ")


def test_open_mode_lets_everybody_in_and_writes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    access = open_access(AccessConfig(), address="127.0.0.1")
    session = access.identify(Credentials("127.0.0.1"))

    assert session
    assert session.viewer.anonymous
    assert access.session(session.id) == session
    assert not access.enabled
    access.start()
    access.audit("saw", address="127.0.0.1")
    access.stop()
    assert capsys.readouterr().out == ""


def test_users_mode_opens_with_real_hashes(book: Book) -> None:
    access = open_access(
        AccessConfig(mode="users", users=str(book.path), **GOOD), address="0.0.0.0"
    )

    assert access.enabled
    assert access.identify(Credentials("192.0.2.7")) is None
    access.stop()


def test_metrics_open_to_the_token_and_nothing_near_it() -> None:
    token = "a scraper's own token"
    access = open_access(AccessConfig(metrics_token=Secret(token)), address="127.0.0.1")

    assert access.metrics_allowed(f"Bearer {token}")
    for wrong in ("", "Bearer ", token, f"bearer  {token}", f"Bearer {token}x", "Bearer \ud800"):
        assert not access.metrics_allowed(wrong)
    assert not open_access(AccessConfig(), address="::1").metrics_allowed("Bearer ")


@pytest.mark.parametrize("path", ["/", "/overview", "/overview?theme=dark&x=%2F#top", "/a//b"])
def test_a_path_on_this_server_is_local(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "overview",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\n",
        "/a b",
        "/é",
        "///",
        "/" + "a" * 3000,
        " /",
        "/\0",
        "\t//evil.example",
    ],
)
def test_anything_else_is_the_start_page(path: str) -> None:
    assert local_path(path) == "/"
