"""Checks of what a plugin says of itself: its hooks, names, feeds, settings and distribution."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.pages import Page, Panel
from muntin.state.feeds import Feed
from muntin.testing.conformance.cases import (
    Case,
    checks,
    each_active,
    each_feed,
    each_plugin,
    each_with_settings,
    refuse,
)
from muntin.testing.conformance.documents import ROOTS, oddities
from muntin.tracebacks import summary_of

#: Odd documents that a feed's parser is given at most.
MOST = 800

#: A setting that no plugin has.
UNKNOWN = "no_such_setting"


@checks(each_plugin)
def test_hooks_and_results_are_valid(case: Case) -> None:
    """The plugin is active: imported, its hooks and settings are right, its results are used."""
    record = case.subject.record
    if not record.active:
        refuse(f"plugin {record.name!r} is {record.state}: {record.reason}")


@checks(each_active)
def test_pages_and_panels_are_named_well(case: Case) -> None:
    """Slugs, titles, order and audiences are what the page and the operator can use."""
    record = case.subject.record
    problems = [problem for page in record.pages for problem in _page_problems(page)]
    problems += [problem for _, panel in case.subject.panels for problem in _panel_problems(panel)]
    problems += [f"panel {one.title!r} is offered to no page: set page="
                 for one in record.panels if not one.page]  # fmt: skip
    if problems:
        refuse(*problems)


def _page_problems(page: Page) -> Iterator[str]:
    where = f"page {page.slug!r}"
    yield from _title_problems(where, page.title)
    if type(page.order) is not int:
        yield f"{where}: order is {page.order!r}; it must be a whole number"
    if not page.panels and page.app is None:
        yield f"{where} has no panels"
    yield from _audience_problems(where, page.audience)


def _panel_problems(panel: Panel) -> Iterator[str]:
    where = f"panel {panel.title!r}"
    yield from _title_problems(where, panel.title)
    names = [feed.name for feed in panel.feeds]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{where} declares feed {name!r} twice"
    yield from _audience_problems(where, panel.audience)


def _title_problems(where: str, title: str) -> Iterator[str]:
    if title != title.strip() or not title.isprintable():
        yield f"{where}: the title has blanks around it, or what cannot be printed"


def _audience_problems(where: str, audience: Any) -> Iterator[str]:
    roles = isinstance(audience, frozenset) and all(type(role) is str and role for role in audience)
    if audience is not None and not roles:
        yield f"{where}: audience is {audience!r}; it must be a frozenset of roles, or None"


@checks(each_feed)
def test_feed_has_an_example_that_parses(case: Case) -> None:
    """A small document as json.loads would return it; tests, demos and checks live on it."""
    feed = case.read
    if feed.example is None:
        refuse(f"feed {feed.name!r} has no example: give a small document that parses")
    try:
        same = json.loads(json.dumps(feed.example, allow_nan=False)) == feed.example
    except (TypeError, ValueError):
        same = False
    if not same:
        refuse(f"feed {feed.name!r}: the example is no JSON as json.loads would return it")
    _parse_example(feed)


def _parse_example(feed: Feed[Any]) -> None:
    before = deepcopy(feed.example)
    problem = _refusal(feed, feed.example, strict=True)
    if problem:
        refuse(f"feed {feed.name!r}: its own example does not parse: {problem}")
    if feed.example != before:
        refuse(f"feed {feed.name!r}: the parser changes the document it is given")


@checks(each_feed)
def test_feed_refuses_what_it_cannot_read(case: Case) -> None:
    """Whatever a producer publishes is a value, MalformedFeed or EmptyFeed; nothing else is raised.

    The example is given with odd values in every place, with keys missing, and with other roots.
    """
    feed = case.read
    odd = [(f"the root = {root!r}", root) for root in ROOTS]
    odd += oddities(feed.example, MOST) if isinstance(feed.example, (dict, list)) else []
    problems = [f"{where}: {said}" for where, raw in odd if (said := _refusal(feed, raw))]
    if problems:
        more = f"\nand {len(problems) - 5} more" if len(problems) > 5 else ""
        refuse(
            f"feed {feed.name!r}: its parser must raise MalformedFeed (muntin.Node does) where",
            *problems[:5], more,
        )  # fmt: skip


def _refusal(feed: Feed[Any], raw: Any, *, strict: bool = False) -> str:
    """Return what is wrong with how a feed reads a document; a refusal is, only if `strict`."""
    try:
        value = feed.read(raw)
    except (MalformedFeed, EmptyFeed) as error:
        return f"{type(error).__name__}: {error}" if strict else ""
    except Exception as error:  # noqa: BLE001  # boundary: a parser is other people's code
        return summary_of(error)[:200]
    return "it returns None" if value is None else ""


@checks(each_with_settings)
def test_settings_have_valid_defaults(case: Case) -> None:
    """Nobody checks a default when there is nothing in muntin.toml; so it is checked here."""
    import dataclasses

    from pydantic import TypeAdapter, ValidationError

    from muntin.settings.parsing import field_types

    cls = case.subject.record.target.Settings
    for field in dataclasses.fields(cls):
        value = field.default
        if field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        if field.init and value is not dataclasses.MISSING:
            try:
                TypeAdapter(field_types(cls)[field.name]).validate_python(value, strict=True)
            except ValidationError as error:
                said = error.errors()[0]["msg"]
                refuse(f"Settings.{field.name}: the default {value!r} is not valid: {said}")


@checks(each_active)
def test_settings_refuse_unknown_keys(case: Case) -> None:
    """A typing mistake in muntin.toml is told, with a plugin that has settings and with one not."""
    record = case.subject.again({**case.subject.settings, UNKNOWN: 1})
    if record.active:
        refuse(f"[plugin.{record.name}] takes {UNKNOWN} = 1 without a word")


@checks(each_plugin)
def test_wheel_declares_its_muntin_range(case: Case) -> None:
    """Requires-Dist is the only statement of compatibility: it names the first and the end."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    stated = [Requirement(one) for one in case.subject.distribution.requires or ()]
    mine = [one for one in stated if canonicalize_name(one.name) == "muntin"]
    if not any(_bounded({clause.operator for clause in one.specifier}) for one in mine):
        said = " and ".join(map(str, mine)) or "nothing"
        refuse(
            f"{case.subject.record.distribution} requires {said} of muntin;"
            ' declare a range with both ends: dependencies = ["muntin>=0.1,<0.2"]'
        )


def _bounded(operators: set[str]) -> bool:
    exact = bool(operators & {"~=", "==", "==="})
    return exact or bool(operators & {">", ">="} and operators & {"<", "<="})


@checks(each_active)
def test_wheel_ships_py_typed(case: Case) -> None:
    """Whoever builds on the plugin has its types checked."""
    folder = case.subject.folder
    if folder is None:
        refuse(f"{case.subject.record.module} is a single module: make it a package with py.typed")
    if not (folder / "py.typed").is_file():
        refuse(f"{folder.name}/py.typed is missing: add an empty file to the package")
    files = case.subject.distribution.files or ()
    whole = any(file.parts[0] == folder.name for file in files)  # an editable one lists no modules
    if whole and not any(file.parts == (folder.name, "py.typed") for file in files):
        refuse(f"{folder.name}/py.typed is not in the wheel: include it in the build")
