"""What libraries keep for the process is each thread's own: documents, validation, constants."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import holoviews as hv
import param
import pytest
from bokeh.core.property.validation import validate
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.io.doc import patch_curdoc
from bokeh.models.annotations import Title
from bokeh.plotting import figure

from muntin.live import threads
from muntin.live.bokeh import prepare_holoviews


def test_an_exception_in_a_callback_leaves_no_current_document_behind() -> None:
    before, document = curdoc(), Document()

    def fails(event: object) -> None:
        raise ValueError("no")

    document.on_change(fails)
    with pytest.raises(ValueError, match="no"):
        document.title = "changed"

    assert curdoc() is before


def test_a_callback_for_a_destroyed_document_leaves_no_current_document_behind() -> None:
    before, document = curdoc(), Document()
    document.callbacks.destroy()  # as at the end of a session

    with pytest.raises(AttributeError):
        document.add_next_tick_callback(lambda: None)

    del document
    assert curdoc() is before


def test_threads_do_not_see_each_others_current_document() -> None:
    mine, theirs = Document(), Document()
    inside, done = threading.Event(), threading.Event()
    seen: list[bool] = []

    def other() -> None:
        with patch_curdoc(theirs):
            inside.set()
            assert done.wait(10)
            seen.append(curdoc() is theirs)

    thread = threading.Thread(target=other)
    with patch_curdoc(mine):
        thread.start()
        assert inside.wait(10)
        seen.append(curdoc() is mine)
    done.set()
    thread.join()

    assert seen == [True, True]


def test_current_documents_are_separated_once() -> None:
    document = Document()
    with patch_curdoc(document):
        threads.separate()
        assert curdoc() is document


#: What Bokeh does not accept.
WRONG: Any = {"min_border": "wide"}


def between(first: Callable[[threading.Event], None], second: Callable[[], None]) -> None:
    """Run `second` on this thread while `first` waits on another, until its event is set."""
    inside, done = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    class Step(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            inside.set()
            return done.wait(timeout or 10)

    def run() -> None:
        try:
            first(Step())
        except BaseException as error:  # noqa: BLE001  # told to the test below
            failed.append(error)
            inside.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert inside.wait(10)
    try:
        second()
    finally:
        done.set()
        thread.join()
    assert failed == []


def test_a_thread_without_validation_leaves_that_of_others_on() -> None:
    def without(step: threading.Event) -> None:
        with validate(False):
            assert step.wait(10)

    def checked() -> None:
        assert isinstance(figure(title="A title").title, Title)
        with pytest.raises(ValueError, match="expected"):
            figure(**WRONG)

    between(without, checked)
    checked()


def test_validation_without_bounds_is_off_within_its_thread() -> None:
    with validate(False):
        made: Any = figure(**WRONG)

    assert made.min_border == "wide"


class Held(param.Parameterized):
    number = param.Integer(default=1, constant=True)


@pytest.mark.parametrize("library", ["param", "holoviews"])
def test_two_threads_edit_constants_of_a_class_at_the_same_time(library: str) -> None:
    """With the libraries' own, the second object is locked again when the first is done."""
    prepare_holoviews()
    edit: Any = param.edit_constant if library == "param" else hv.core.util.disable_constant
    one, two = Held(), Held()  # type: ignore[no-untyped-call]  # param's
    begun, done = threading.Event(), threading.Event()

    def first() -> None:
        with edit(one):
            begun.set()
            assert done.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    with edit(two):
        done.set()
        thread.join()
        two.number = 3

    assert two.number == 3
    with pytest.raises(TypeError, match="Constant"):
        Held().number = 9  # type: ignore[no-untyped-call]  # param's


def test_a_constant_that_was_edited_is_one_again() -> None:
    held = Held()  # type: ignore[no-untyped-call]  # param's
    with param.edit_constant(held):
        held.number = 2

    with pytest.raises(TypeError, match="Constant"):
        held.number = 3


def test_streams_are_listed_while_other_threads_make_some() -> None:
    """HoloViews' own loop over them ends with an error then."""
    prepare_holoviews()
    registry: Any = hv.streams.Stream.registry
    over = threading.Event()

    def make() -> None:
        while not over.is_set():
            kept = [Held() for _ in range(500)]  # type: ignore[no-untyped-call]  # param's
            for each in kept:
                registry[each] = []

    thread = threading.Thread(target=make)
    thread.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(5000):
            assert isinstance(registry.items(), list)
    finally:
        sys.setswitchinterval(interval)
        over.set()
        thread.join()
