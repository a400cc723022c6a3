"""The policy of an answer, by what the operator wants."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.tests.kit import NAV
from core.tests.web.kit import Serve

from muntin import Page, Panel
from muntin.settings import Config, SiteConfig
from muntin.settings.access import AccessConfig
from muntin.web.headers import app_policy, new_nonce, policy

PAGE = Page("one", "One", (Panel("A", lambda _snapshot: "a", wants=(NAV,)),))


def rule(text: str, name: str) -> list[str]:
    """Return what a policy says of one thing."""
    found = [part.split()[1:] for part in text.split(";") if part.split()[0] == name]
    assert len(found) == 1
    return found[0]


def test_only_scripts_with_the_nonce_run() -> None:
    assert rule(policy("abc"), "script-src") == ["'nonce-abc'"]
    assert rule(policy(), "script-src") == ["'none'"]


def test_scripts_of_text_run_only_where_there_are_scripts_and_leave() -> None:
    assert rule(policy("abc", evaluate=True), "script-src") == ["'nonce-abc'", "'unsafe-eval'"]
    assert rule(policy(evaluate=True), "script-src") == ["'none'"]


def test_nobody_frames_a_page_but_those_who_are_named() -> None:
    named = ("https://a.example", "'self'")

    assert rule(policy(), "frame-ancestors") == ["'none'"]
    assert rule(policy("", named), "frame-ancestors") == list(named)


def test_nonces_are_long_and_new() -> None:
    made = {new_nonce() for _ in range(100)}

    assert len(made) == 100
    assert min(map(len, made)) >= 24


@pytest.mark.parametrize("path", ["/one", "/nothing", "/healthz"])
def test_settings_reach_every_answer(serve: Serve, path: str) -> None:
    access = replace(AccessConfig(), frame_ancestors=("https://a.example",))
    config = replace(Config(), site=SiteConfig(scripts="eval"), access=access)
    answer = serve(PAGE, config=config).ready().ask(path)

    said = answer.headers["content-security-policy"]
    assert rule(said, "frame-ancestors") == ["https://a.example"]
    assert ("'unsafe-eval'" in said) == (path == "/one")


def test_an_apps_page_takes_no_script_from_another_host_even_with_the_nonce() -> None:
    """A browser keeps both policies: by the second, a nonce opens nothing."""
    first, second = app_policy("abc").split(", ")

    assert "'nonce-abc'" in rule(first, "script-src")
    assert [
        where for where in rule(second, "script-src") if "//" in where or "nonce" in where
    ] == []
    assert "'self'" in rule(second, "script-src")


def test_an_apps_page_takes_from_hosts_that_the_operator_allows() -> None:
    first, second = app_policy("abc", hosts=("cdn.example.org", "*.tiles.example")).split(", ")

    for kind in ("script", "style", "img", "font", "connect"):
        assert {"'self'", "cdn.example.org", "*.tiles.example"} <= set(rule(first, f"{kind}-src"))
    assert {"cdn.example.org", "*.tiles.example"} <= set(rule(second, "script-src"))
    assert "cdn.example.org" not in policy("abc")
