"""Viewers: what they are among, and the views that ask for them."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from muntin import Page, Panel, Snapshot, Viewer, hookimpl
from muntin.pages import takes_viewer
from muntin.plugins import load
from muntin.testing import render, snapshot


def mine(snapshot: Snapshot, viewer: Viewer) -> str:
    return f"Seen by {viewer.name or 'nobody'}"


def test_an_audience_is_met_by_any_of_its_roles() -> None:
    viewer = Viewer("ada", frozenset({"investor", "auditor"}))

    assert viewer.among(None)
    assert viewer.among(frozenset({"auditor", "operator"}))
    assert not viewer.among(frozenset({"operator"}))
    assert not viewer.among(frozenset())
    assert not Viewer().among(frozenset({"investor"}))


@pytest.mark.parametrize(
    ("view", "answer"),
    [
        (mine, True),
        (lambda _snapshot: "", False),
        (lambda _snapshot, _width=3: "", False),
        (partial(mine, viewer=Viewer()), False),
        (lambda *_args: "", False),
        (str, False),
    ],
)
def test_a_view_that_needs_two_arguments_asks_for_the_viewer(view: Any, answer: bool) -> None:
    assert takes_viewer(view) is answer


def test_a_private_page_draws_a_view_for_its_viewer() -> None:
    page = Page("own", "Own", (Panel("Mine", mine),), scope="private")

    assert "Seen by ada" in render(page, snapshot(), Viewer("ada")).text
    assert "Seen by nobody" in render(page, snapshot()).text


def test_a_shared_page_cannot_ask_who_is_looking() -> None:
    with pytest.raises(ValueError, match="'Mine' asks who is looking, so the page needs scope"):
        Page("own", "Own", (Panel("Mine", mine),))


def test_a_personal_panel_offered_to_a_shared_page_is_noted() -> None:
    host = SimpleNamespace(muntin_pages=hookimpl(lambda: [Page("host", "Host")]))
    guest = SimpleNamespace(muntin_panels=hookimpl(lambda: [Panel("Mine", mine, page="host")]))

    found = load(plugins={"host": host, "guest": guest}, discover=False)

    assert found.pages[0].panels == ()
    reasons = {record.name: record.reason for record in found.records}
    assert reasons["guest"].startswith("panel 'Mine' is not shown: it asks who is looking")
