"""Cards that follow a store: in a Panel session by its callbacks, elsewhere by a thread."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn

from muntin.pages import Panel, Viewer
from muntin.panel.card import Card
from muntin.state.snapshots import Snapshot
from muntin.state.store import Store

#: Milliseconds between two signs of life to the browser.
BEAT = 2000


def pane(panel: Panel, state: Snapshot | Store, viewer: Viewer | None = None) -> Card:
    """Return a panel as a Panel object, to stand in any layout, template or notebook.

    ::

        pn.Column("# The fund", muntin.panel.pane(PANEL, store)).servable()

    From a snapshot it is a picture; from a store it follows the store until its session ends or
    nothing holds it any more. A page that loses its server says so on every figure. `viewer` is
    who looks, for views that ask for it.
    """
    viewer = viewer or Viewer()
    if isinstance(state, Snapshot):
        return Card(panel, state, viewer)
    card = Card(panel, state.snapshot, viewer)
    names = frozenset(feed.name for feed in panel.feeds)
    session = pn.state.curdoc
    if session is not None and session.session_context is not None:
        _follow_in_session(card, state, names, session)
    else:
        _follow_on_thread(card, state, names)
    return card


def _follow_in_session(card: Card, store: Store, names: frozenset[str], document: Any) -> None:
    """Update on the session's own loop, once for however many changes came meanwhile."""
    due = threading.Event()

    def update() -> None:
        due.clear()
        card.follow(store.snapshot)

    def wake(changed: frozenset[str]) -> None:
        if changed & names and not due.is_set():
            due.set()
            document.add_next_tick_callback(update)

    close = store.subscribe(wake)
    pn.state.on_session_destroyed(lambda _context: close())
    pn.state.add_periodic_callback(partial(_beat, card, store), BEAT)
    _beat(card, store)


def _beat(card: Card, store: Store) -> None:
    card.beat = store.clock() * 1000


def _follow_on_thread(card: Card, store: Store, names: frozenset[str]) -> None:
    """Update from a thread that ends with the card."""
    due, held = threading.Event(), weakref.ref(card)
    close: list[Callable[[], None]] = []

    def wake(changed: frozenset[str]) -> None:
        if held() is None:
            close.pop()() if close else None
        if changed & names or held() is None:
            due.set()

    def run() -> None:
        while True:
            due.wait()
            due.clear()
            shown = held()
            if shown is None:
                return
            shown.follow(store.snapshot)
            del shown

    close.append(store.subscribe(wake))
    weakref.finalize(card, due.set)
    threading.Thread(target=run, name=f"pane-{card.name}", daemon=True).start()


__all__ = ["pane"]
