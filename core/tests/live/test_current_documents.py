"""Which document is the current one: Bokeh's own answer is one list for the whole process."""

from __future__ import annotations

import threading

import pytest
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.io.doc import patch_curdoc

from muntin.live import bokeh as adapter


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
        adapter.separate_current_documents()
        assert curdoc() is document
