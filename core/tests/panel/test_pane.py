"""`muntin.panel.pane`: one panel as a Panel object, from a snapshot or live from a store."""

from __future__ import annotations

import gc
import threading
from typing import Any

import panel as pn
import pytest
from bokeh.models import Plot

import muntin.panel
from muntin import Feed, Field, Node, Page, Panel, Snapshot, ui
from muntin.sources import read
from muntin.testing import FakeStore, snapshot


def parse(raw: Any) -> Field[float]:
    return Node(raw, "vault").number("balance", unit="usd")


VAULT = Feed("vault", parse, example={"balance": 1250.5, "ts": 1764188000})


def balance(state: Snapshot) -> Any:
    return ui.metrics(ui.Metric("balance", "Balance", state[VAULT]))


def draw(points: Any) -> Plot:
    from bokeh.plotting import figure

    made = figure()
    made.line("x", "y", source=points)
    return made


def chart(state: Snapshot) -> Any:
    value = state[VAULT].value
    return ui.Chart(draw, {"points": {"x": [0, 1], "y": [0, value]}}, "Balance over time")


def failing(state: Snapshot) -> Any:
    if state[VAULT].value == 2:
        raise ValueError("two")
    return balance(state)


PANEL = Panel("Balance", balance, (VAULT,))


def store_of(value: float) -> FakeStore:
    store = FakeStore([VAULT])
    put(store, value)
    return store


def put(store: FakeStore, value: float) -> None:
    now = store.snapshot.now
    store.publish(read(VAULT, {"balance": value, "ts": now.timestamp()}, now))


def test_a_snapshot_is_drawn_with_provenance() -> None:
    card = muntin.panel.pane(PANEL, snapshot(VAULT, balance=5))

    assert 'data-metric="balance"' in card.html
    assert 'data-path="balance"' in card.html
    assert 'data-status="live"' in card.html


def test_it_stands_in_a_layout_of_panels() -> None:
    row: Any = pn.Row("# Fund", muntin.panel.pane(PANEL, snapshot(VAULT, balance=5)))

    assert "5.00" in str(row.get_root().children[1].data.html)


def test_it_follows_a_store() -> None:
    store = store_of(5)
    card = muntin.panel.pane(PANEL, store)
    drawn = threading.Event()
    card.param.watch(lambda event: drawn.set(), "html")

    put(store, 6)

    assert drawn.wait(30)
    assert "6.00" in card.html


def test_a_card_that_nobody_holds_lets_go_of_its_store() -> None:
    store = store_of(5)
    before = set(threading.enumerate())
    card = muntin.panel.pane(PANEL, store)
    [thread] = set(threading.enumerate()) - before
    del card
    gc.collect()

    thread.join(30)
    assert not thread.is_alive()


def test_a_chart_keeps_its_model_and_gets_new_data() -> None:
    card = muntin.panel.pane(Panel("Line", chart, (VAULT,)), snapshot(VAULT, balance=5))
    [before] = card.charts
    card.follow(snapshot(VAULT, balance=7))

    [after] = card.charts
    assert after is before
    assert list(after.object.renderers[0].data_source.data["y"]) == [0, 7]
    assert card.slots == ["line.chart"]


def test_a_view_that_fails_keeps_its_last_good_picture() -> None:
    card = muntin.panel.pane(Panel("Odd", failing, (VAULT,)), snapshot(VAULT, balance=1))
    card.follow(snapshot(VAULT, balance=2))

    assert "Not updated since" in card.html
    assert "1.00" in card.html
    assert "two" not in card.html


def test_a_missing_document_is_said() -> None:
    card = muntin.panel.pane(PANEL, FakeStore([VAULT]).snapshot)

    assert "Waiting for vault" in card.html


def test_importing_every_name_leaves_each_callable() -> None:
    from muntin.panel.templates import template

    assert muntin.panel.template is template
    assert muntin.panel.template is template  # the import of its module has not replaced it
    assert callable(muntin.panel.pane)


@pytest.mark.parametrize(
    "shown",
    [PANEL, Page("vault", "Vault", (PANEL,)), ui.Note("A sentence.")],
    ids=lambda one: type(one).__name__,
)
def test_a_notebook_displays_it(shown: Any) -> None:
    from muntin.panel.notebook import viewable

    assert viewable(shown).get_root() is not None
    assert "muntin" in str(shown._repr_mimebundle_()).lower()
