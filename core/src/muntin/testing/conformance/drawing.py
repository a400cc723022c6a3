"""Checks of what a plugin draws: from its examples, from faulty feeds, and from hostile text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from typing import Any

from muntin.live.stage.markup import body_html
from muntin.live.stage.scene import PanelState
from muntin.live.stage.side_effects import watched
from muntin.live.stage.views import picture
from muntin.pages import Panel
from muntin.state.snapshots import Snapshot
from muntin.testing.conformance.cases import (
    Case,
    all_in,
    checks,
    each_condition,
    each_hostile,
    each_panel,
    each_panel_and_feed,
    examples,
    filled,
    in_condition,
    refuse,
)
from muntin.testing.conformance.documents import (
    HOSTILE,
    POLYGLOT,
    hostile,
    leaves,
    oddities,
    replaced,
    shown,
    spread,
)
from muntin.testing.conformance.inert import markup_problems, model_problems
from muntin.testing.rendered import Rendered, render
from muntin.testing.snapshots import PROBLEM

#: Odd documents, and places for hostile text, that a panel is drawn from at most.
MOST = 60

_INSIDES = re.compile(
    r"Traceback \(most recent call last|object at 0x[0-9a-f]{6}|(?:<|&lt;)(?:function|class|bound) "
)


@checks(each_panel)
def test_panel_renders_from_examples(case: Case) -> None:
    """It shows something, of what its feeds' own examples hold."""
    drawn = render(case.drawn, examples(case.drawn))
    _no_fault(drawn, "from its feeds' examples")
    if drawn.waiting:
        refuse(f"panel {case.drawn.title!r} shows nothing from its feeds' examples: {drawn.text}")


@checks(each_condition)
def test_panel_holds_whatever_state_a_feed_is_in(case: Case) -> None:
    """With a feed missing, late, stale, malformed and so on it is drawn, and says no exception."""
    one = {case.feed: in_condition(case.feed, case.what)} if case.feed is not None else None
    drawn = render(case.drawn, filled(case.drawn, one or all_in(case.drawn, case.what)))
    name = repr(case.feed.name) if case.feed is not None else "every feed"
    where = f"when {name} is {case.what}"
    _no_fault(drawn, where)
    _no_insides(drawn.html, case.drawn, where)


@checks(each_panel_and_feed)
def test_panel_holds_whatever_a_feed_says(case: Case) -> None:
    """With odd values in every place, and with keys missing, it is drawn."""
    feed = case.read
    if not isinstance(feed.example, (dict, list)):
        return
    for where, raw in oddities(feed.example, MOST):
        said = f"when {feed.name!r} has {where}"
        _no_insides(_quick(case.drawn, filled(case.drawn, {feed: raw}), said), case.drawn, said)


@checks(each_hostile)
def test_hostile_text_is_inert(case: Case) -> None:
    """Text from documents is never markup, script or template: not in the page, not in charts."""
    text = HOSTILE[case.what]
    raw = {feed: hostile(feed.example, text) for feed in case.drawn.feeds}
    drawn = render(case.drawn, filled(case.drawn, raw))
    _no_fault(drawn, f"when every text is {text[:60]!r}")
    problems = markup_problems(drawn.html) + model_problems(drawn.models)
    if problems:
        refuse(f"panel {case.drawn.title!r} with every text {text[:60]!r}:", *problems)


@checks(each_panel_and_feed)
def test_hostile_text_is_inert_in_every_place(case: Case) -> None:
    """The same where only one value is hostile, so that the rest of the document is believed."""
    for path in spread(leaves(case.read.example), MOST):
        raw = replaced(case.read.example, path, POLYGLOT)
        where = f"when {shown(path)} of {case.read.name!r} is hostile"
        problems = markup_problems(_quick(case.drawn, filled(case.drawn, {case.read: raw}), where))
        if problems:
            refuse(f"panel {case.drawn.title!r} {where}:", *problems)


@checks(each_panel)
def test_same_snapshot_gives_the_same_picture(case: Case) -> None:
    """Nothing is remembered from one time to the next, and what a view is given stays as it is."""
    state = examples(case.drawn)
    before = _known(state)
    first, second = render(case.drawn, state), render(case.drawn, state)
    _no_fault(second, "the second time")
    if _known(state) != before:
        refuse(f"panel {case.drawn.title!r} changes the values it is given; make them frozen")
    if _seen(first) != _seen(second):
        refuse(f"panel {case.drawn.title!r} shows something else the second time: a view is pure")


@checks(each_panel)
def test_two_pictures_share_nothing(case: Case) -> None:
    """Drawing for one audience leaves what was drawn for another as it is."""
    first = render(case.drawn, examples(case.drawn))
    before = _inside(first)
    second = render(case.drawn, filled(case.drawn, all_in(case.drawn, "undated")))
    _no_fault(second, "while another picture of it is shown")
    if _inside(first) != before:
        refuse(f"panel {case.drawn.title!r} shares what it draws with what it drew before")


@checks(each_panel)
def test_scripts_of_components_are_declared(case: Case) -> None:
    """A component's module is served only if its panel names it."""
    asked = set(re.findall(r'data-script="([^"]*)"', render(case.drawn, examples(case.drawn)).html))
    for name in sorted(asked - {path.name for path in case.drawn.scripts}):
        refuse(
            f"panel {case.drawn.title!r} has a component that asks for {name};"
            f" write scripts=(Path(__file__).with_name({name!r}),) in its Panel"
        )


@checks(each_panel)
def test_update_rebuilds_no_models(case: Case) -> None:
    """From example to example a chart gets new data; a viewer's zoom and selection stay."""
    drawn = render(case.drawn, examples(case.drawn))
    rebuilt = drawn.update(examples(case.drawn, later=1.0)).models_rebuilt
    if rebuilt:
        refuse(
            f"panel {case.drawn.title!r} builds {rebuilt} models anew at an update;"
            " return a ui.Chart with one module-level draw function, or the same type of element"
        )


@checks(each_panel)
def test_rendering_touches_no_file_and_no_network(case: Case) -> None:
    """A view shows what the snapshot holds; what else it wants to know belongs into a feed."""
    folder = case.subject.folder
    with watched([] if folder is None else [folder]) as found:
        render(case.drawn, examples(case.drawn))
    if found:
        refuse(f"panel {case.drawn.title!r} does this while it is drawn:", *dict.fromkeys(found))


@checks(each_panel)
def test_rendering_stays_within_its_budget(case: Case) -> None:
    """CPU time of this thread, the best of three: a busy machine makes no difference."""
    render(case.drawn, examples(case.drawn))  # imports what it needs
    spent = min(_seconds(lambda: render(case.drawn, examples(case.drawn))) for _ in range(3))
    if spent > case.subject.budget:
        refuse(
            f"panel {case.drawn.title!r} takes {spent:.2f} s of CPU time to draw its examples;"
            f" the budget is {case.subject.budget:g} s (MUNTIN_BUDGET, --muntin-budget)"
        )


def _seconds(call: Callable[[], object]) -> float:
    began = time.thread_time()
    call()
    return time.thread_time() - began


def _no_fault(drawn: Rendered, where: str) -> None:
    for slug, summary in drawn.faults.items():
        refuse(
            f"panel {slug!r} raises {summary} {where}.",
            "A view shows what is there, and says what is not: snapshot.get(), Field, ui.Note.",
        )


def _no_insides(markup: str, panel: Panel, where: str) -> None:
    if PROBLEM in markup:
        refuse(f"panel {panel.title!r} shows viewers a reading's problem, meant for operators,",
               f"{where}: show the status in words instead")  # fmt: skip
    found = _INSIDES.search(markup)
    if found:
        refuse(f"panel {panel.title!r} shows Python's own text {found[0]!r} {where}")


def _quick(panel: Panel, state: Snapshot, where: str) -> str:
    """Return the panel's markup without its charts; a fault fails the test."""
    made = picture(panel, state, panel.slug, panel.slug)
    if made.fault is not None:
        refuse(f"panel {panel.title!r} raises {made.fault.summary} {where}")
    return body_html(PanelState(panel, made.fragment, drawn=True), state)


def _seen(drawn: Rendered) -> tuple[str, str, int]:
    """Return all there is to see of a picture, comparable."""
    # HoloViews puts columns in any order.
    data = ((name, sorted(columns.items())) for name, columns in drawn.data.items())
    return drawn.html, repr(print_of(sorted(data, key=lambda one: one[0]))), len(drawn.models)


def _inside(drawn: Rendered) -> list[tuple[str, str]]:
    """Return markup and models of one picture, comparable with themselves later."""
    models = ((model.id, repr(model.properties_with_values())) for model in drawn.models)
    return [("", drawn.html), *sorted(models)]


def _known(state: Snapshot) -> list[Any]:
    """Return raw and parsed values of a snapshot, comparable with themselves later."""
    return [print_of((one.raw, one.value)) for one in state.readings.values()]


def print_of(value: Any, depth: int = 40) -> Any:
    """Return a value as nested tuples and texts that stay when the value is changed."""
    if depth == 0:
        return repr(type(value))
    if type(value).__module__.partition(".")[0] in {"numpy", "pandas", "polars", "pyarrow"}:
        return _table_print(value)
    return (type(value).__name__, *_parts(value, depth - 1))


def _table_print(value: Any) -> Any:
    import pickle

    try:
        return pickle.dumps(value)
    except (TypeError, AttributeError, pickle.PicklingError):
        return repr(value)


def _parts(value: Any, depth: int) -> Iterator[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield field.name, print_of(getattr(value, field.name), depth)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield print_of(key, depth), print_of(inner, depth)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield print_of(inner, depth)
    elif isinstance(value, (set, frozenset)):
        yield from sorted(repr(print_of(inner, depth)) for inner in value)
    elif repr(value).startswith(f"<{type(value).__module__}.") and hasattr(value, "__dict__"):
        yield print_of(deepcopy(vars(value)), depth)
    else:
        yield repr(value)
