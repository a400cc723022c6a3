"""What Bokeh, param and HoloViews keep for the process, made each thread's own.

Their own servers draw on one thread. Here every page is drawn on a thread of its own, several at
the same time. This is part of the adapter `muntin.live.bokeh`, whose import applies it.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import bokeh.io.doc
import param
from bokeh.core.property import bases
from bokeh.core.property.bases import Property
from bokeh.core.property.validation import validate


def separate() -> None:
    """Separate what Bokeh and param keep; doing it again changes nothing."""
    separate_current_documents()
    separate_validation()
    separate_constants()


class _CurrentDocuments(threading.local):
    """Bokeh's stack of current documents, one for each thread.

    Bokeh keeps one list for the process. Two threads that draw at the same time pop each other's
    documents, and an entry that an exception leaves behind is every thread's current document
    until the process ends. The thread that replaces the list keeps what is in it: under ``panel
    serve`` that is a script that imports Muntin while it fills its document.
    """

    def __init__(self, thread: int, entered: Sequence[Any]) -> None:
        self._stack = list(entered) if threading.get_ident() == thread else []

    def __len__(self) -> int:
        return len(self._stack)

    def __getitem__(self, index: int) -> Any:
        return self._stack[index]

    def append(self, document: Any) -> None:
        """Make a reference to a document the current one."""
        self._stack.append(document)

    def pop(self) -> Any:
        """Return to the document before."""
        return self._stack.pop()


@contextmanager
def _patch_curdoc(doc: Any) -> Iterator[None]:
    """Make `doc` the current document; unlike Bokeh's own, also undone after an exception."""
    stack = bokeh.io.doc._PATCHED_CURDOCS
    stack.append(weakref.ref(doc))
    del doc
    try:
        yield
    finally:
        stack.pop()


def separate_current_documents() -> None:
    """Give every thread a current document of its own, which no exception leaves behind."""
    if isinstance(bokeh.io.doc._PATCHED_CURDOCS, _CurrentDocuments):
        return
    here, entered = threading.get_ident(), tuple(bokeh.io.doc._PATCHED_CURDOCS)
    bokeh.io.doc._PATCHED_CURDOCS = _CurrentDocuments(here, entered)  # type: ignore[assignment]  # as much of a list as Bokeh uses
    bokeh.io.doc.patch_curdoc = _patch_curdoc
    handler = sys.modules.get("bokeh.application.handlers.code")  # has taken the name already
    if handler is not None:
        handler.patch_curdoc = _patch_curdoc  # type: ignore[attr-defined]  # imported there


class _Validation(threading.local):
    """Whether this thread validates properties; None where it does as the process does."""

    on: bool | None = None


def separate_validation() -> None:
    """Have a thread that switches validation off for a moment do so for itself only.

    Bokeh keeps one switch for the process. HoloViews uses it while it draws, and then other threads
    set properties that are neither checked nor converted: a title stays a text. Two threads that
    use it at the same time can leave it off for good.
    """
    if hasattr(bases.validation_on, "own"):
        return
    own = _Validation()

    def validation_on() -> bool:
        return Property._should_validate if own.on is None else own.on

    def begin(self: Any, value: bool) -> None:
        self.old, own.on = own.on, value

    def finish(self: Any, *_: object) -> None:
        own.on = self.old

    validation_on.own = own  # type: ignore[attr-defined]  # marks that this has been done
    bases.validation_on = validation_on
    validate.__init__, validate.__exit__ = begin, finish  # type: ignore[method-assign]  # the class is imported elsewhere


class _Constants:
    """Constant parameters that are open for editing, and by how many threads.

    Opening is the class's affair: HoloViews opens one object to set another of its class.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: By identity, for parameters compare as what they hold.
        self._open: dict[int, int] = {}

    @contextmanager
    def open(self, parameterized: Any) -> Iterator[dict[str, Any]]:
        """Let constants of an object be set, until the last who edits its class is done.

        A copy that setting one makes, for the object alone, stays open: HoloViews sets it again.
        """
        found = parameterized.param.objects("existing")
        opened = {name: each for name, each in found.items() if self._begin(each)}
        try:
            yield opened
        finally:
            for each in opened.values():
                self._finish(each)

    @contextmanager
    def edit(self, parameterized: Any) -> Iterator[None]:
        """Let constants of an object be set; copies that setting them makes are constants again."""
        with self.open(parameterized) as opened:
            try:
                yield
            finally:
                now = parameterized.param.objects("existing")
                for name in opened.keys() & now.keys():
                    if now[name] is not opened[name]:
                        now[name].constant = True

    def _begin(self, each: Any) -> bool:
        with self._lock:
            if not each.constant and id(each) not in self._open:
                return False
            self._open[id(each)] = self._open.get(id(each), 0) + 1
            each.constant = False
            return True

    def _finish(self, each: Any) -> None:
        with self._lock:
            self._open[id(each)] -= 1
            if not self._open[id(each)]:
                del self._open[id(each)]
                each.constant = True


_CONSTANTS = _Constants()


def separate_constants() -> None:
    """Have `param.edit_constant` lock constants once all threads that edit them are done.

    With param's own, the second of two threads that edit objects of a class at the same time finds
    them locked when the first is done.
    """
    param.edit_constant = param.parameterized.edit_constant = _CONSTANTS.edit
    panel = sys.modules.get("panel.param")
    if panel is not None:
        panel.edit_constant = _CONSTANTS.edit  # type: ignore[attr-defined]  # imported there


def separate_holoviews() -> None:
    """Have HoloViews do the same once it is imported, and look through its registries safely."""
    for name in ("holoviews.core.util", "holoviews.plotting.util"):
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "disable_constant"):
            module.disable_constant = _CONSTANTS.open  # type: ignore[attr-defined]  # used or imported there
    for name, kind in (("holoviews.streams", "Stream"), ("holoviews.plotting.links", "Link")):
        registry = getattr(getattr(sys.modules.get(name), kind, None), "registry", None)
        if registry is not None:
            registry.items = partial(_items, registry)


def _items(registry: Any) -> list[tuple[Any, Any]]:
    """Return the pairs of a weak mapping that other threads may change meanwhile."""
    keys = (ref() for ref in registry.keyrefs())
    pairs = ((key, registry.get(key)) for key in keys if key is not None)
    return [(key, value) for key, value in pairs if value is not None]
