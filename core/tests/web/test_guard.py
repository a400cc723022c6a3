"""The guard where tests say who asks, and what a route gets that says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from core.tests.web.kit import Serve
from tornado.web import RequestHandler

from muntin import Page, Panel, Viewer
from muntin.web import handlers, server
from muntin.web.guard.guard import Requirement

OPERATORS = frozenset({"operator"})
PAGES = (
    Page("all", "All", (Panel("A", lambda _: "for all"),), 1),
    Page("some", "Some", (Panel("B", lambda _: "for some"),), 2, audience=OPERATORS),
    Page("mine", "Mine", (Panel("C", lambda _, viewer: f"for {viewer.name}"),), 3, scope="private"),
)


@pytest.fixture(scope="module")
def site(make_server: Serve) -> Any:
    made = make_server(*PAGES)
    made.publish_reading()
    return made.ready()


def seen(site: Any, viewer: Viewer | None) -> dict[str, int]:
    site.app.identify = lambda _request: viewer
    try:
        paths = ("/all", "/some", "/mine", "/-/", "/metrics", "/healthz")
        return {path: site.ask(path, Host="muntin.test").status for path in paths}
    finally:
        site.app.identify = None


def test_a_test_says_who_asks(site: Any) -> None:
    """As `muntin.testing` does: no cookie, no passwords, any host."""
    everything = dict.fromkeys(("/all", "/some", "/mine", "/-/", "/metrics", "/healthz"), 200)

    assert seen(site, Viewer()) == everything
    assert seen(site, Viewer("otto", OPERATORS)) == everything
    guest = seen(site, Viewer("gus", frozenset({"guest"})))
    assert guest == everything | {"/some": 403, "/-/": 403, "/metrics": 403}
    assert set(seen(site, None).values()) == {401, 200}
    site.app.identify = lambda _request: Viewer("ina")
    try:
        assert "for ina" in site.ask("/mine").text
        assert 'href="/some"' not in site.ask("/all").text
    finally:
        site.app.identify = None


def test_a_route_that_requires_nothing_is_for_operators() -> None:
    assert handlers.BaseHandler.requires is Requirement.OPERATORS


def test_every_handler_asks_the_guard(site: Any) -> None:
    """One that does its own `prepare` without ours would be open to everybody."""
    for _, handler, *_ in server.routes(site.app):
        kinds: list[type] = [kind for kind in handler.__mro__ if "prepare" in vars(kind)]
        assert issubclass(handler, handlers.BaseHandler)
        assert kinds.index(handlers.BaseHandler) < kinds.index(RequestHandler)


def test_without_access_control_all_is_as_open_as_before(site: Any) -> None:
    text = site.ask("/some").text

    assert "mu-viewer" not in text
    assert "mu-user" not in text
    assert site.ask("/login").status == 404
    assert site.ask("/logout").status == 404


def test_foreign_host_names_are_refused_without_access_control_too(site: Any) -> None:
    """A page of elsewhere whose name leads to 127.0.0.1 reads nothing."""
    answer = site.ask("/all", Host="evil.example")

    assert answer.status == 421
    assert "for all" not in answer.text
