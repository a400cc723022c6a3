"""What each address answers without a browser, and that no other answers at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.kit import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("addresses") / "state") as server:
        yield server


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/overview/nowhere", "/static/0000000000000000/muntin.js", "/-/secrets",
     "/static/../../etc/passwd", "/overview/autoload.js", "/pipelin", "//overview", "/%00"],
)  # fmt: skip
def test_unknown_addresses_are_not_found(server: Server, path: str) -> None:
    answer = server.get(path)

    assert answer.status == 404
    assert "Traceback" not in answer.text


def test_the_root_leads_to_the_first_page(server: Server) -> None:
    answer = server.get("/")

    assert answer.status in {302, 303, 307}
    assert answer.headers["Location"] == "/overview"


@pytest.mark.parametrize(
    ("path", "kind", "holds"),
    [
        ("/healthz", "text/plain", "ok"),
        ("/readyz", "text/plain", "ready"),
        ("/metrics", "text/plain", "muntin_viewers"),
        ("/-/feeds", "application/json", '"nav"'),
        ("/-/plugins", "application/json", '"overview"'),
        ("/overview", "text/html", "<h1>"),
    ],
)
def test_an_address_answers(server: Server, path: str, kind: str, holds: str) -> None:
    answer = server.get(path)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(kind)
    assert holds in answer.text


def test_every_answer_forbids_scripts_in_the_page_and_foreign_hosts(server: Server) -> None:
    policy = server.get("/overview").headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))

    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in scripts
    assert "http" not in policy
