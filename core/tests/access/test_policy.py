"""The policy: nobody sees a page or a panel outside its audience."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from muntin import Page, Panel
from muntin.access import Policy, key_of
from muntin.pages import Viewer

ROLES = st.frozensets(st.sampled_from(["investor", "operator", "risk", "board"]))
AUDIENCES = st.none() | ROLES


def view(_snapshot: object) -> str:
    return ""


@st.composite
def pages(draw: st.DrawFn) -> Page:
    count = draw(st.integers(0, 4))
    panels = tuple(Panel(f"Panel {n}", view, audience=draw(AUDIENCES)) for n in range(count))
    return Page("page", "Page", panels, audience=draw(AUDIENCES))


@given(pages(), ROLES)
def test_nobody_sees_a_panel_or_a_page_outside_its_audience(
    page: Page, roles: frozenset[str]
) -> None:
    viewer = Viewer("anna", roles)

    seen = Policy(enabled=True).page_for(viewer, page)

    allowed = [one for one in page.panels if one.audience is None or one.audience & roles]
    entered = page.audience is None or bool(page.audience & roles)
    if not entered or (page.panels and not allowed):
        assert seen is None
    else:
        assert seen is not None
        assert list(seen.panels) == allowed


@given(pages(), ROLES)
def test_may_open_and_pages_for_say_what_page_for_says(page: Page, roles: frozenset[str]) -> None:
    policy, viewer = Policy(enabled=True), Viewer("anna", roles)
    seen = policy.page_for(viewer, page)

    assert policy.may_open(viewer, page) == (seen is not None)
    assert policy.pages_for(viewer, [page]) == (() if seen is None else (seen,))


@given(pages(), ROLES)
def test_whoever_did_not_sign_in_sees_nothing(page: Page, roles: frozenset[str]) -> None:
    policy = Policy(enabled=True)

    assert policy.page_for(Viewer("", roles), page) is None
    assert not policy.may_operate(Viewer("", frozenset({"operator"})))


@given(pages(), ROLES)
def test_without_access_control_everybody_sees_everything(
    page: Page, roles: frozenset[str]
) -> None:
    assert Policy().page_for(Viewer("", roles), page) is page
    assert Policy().may_operate(Viewer())


def test_a_page_that_is_whole_is_the_same_object() -> None:
    """So that all who see all of it share one stage."""
    page = Page("page", "Page", (Panel("A", view),))

    assert Policy(enabled=True).page_for(Viewer("anna"), page) is page


def test_the_key_tells_versions_of_a_page_apart() -> None:
    whole = Page("page", "Page", (Panel("A", view), Panel("B b", view, audience=frozenset({"x"}))))
    part = Policy(enabled=True).page_for(Viewer("anna"), whole)

    assert part is not None
    assert key_of(whole) == ("page", frozenset({"a", "b-b"}))
    assert key_of(part) == ("page", frozenset({"a"}))


def test_operators_are_those_whom_the_settings_name() -> None:
    policy = Policy(enabled=True, operators=frozenset({"admin"}))

    assert policy.may_operate(Viewer("olga", frozenset({"admin"})))
    assert not policy.may_operate(Viewer("olga", frozenset({"operator"})))
