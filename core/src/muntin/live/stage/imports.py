"""What views import when they run: ready and whole, before a view is taken to have failed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import TypeVar

from muntin.live.stage.faults import FAULTS

T = TypeVar("T")

#: In the words of Python's own errors: an import that another thread has not finished, and one that
#: two threads have begun at different ends.
_UNFINISHED = re.compile(
    r"(?:partially initialized module |deadlock detected by _ModuleLock\()'([\w.]+)'"
)


def with_imports(job: Callable[[], T]) -> T:
    """Return what a job returns, done again if it has met a library that was not ready.

    That is HoloViews without its backend, if the job itself was the first to import it, and any
    module that another thread was importing. Raises what the job raises otherwise.
    """
    ready = _holoviews_ready()
    waited: set[str] = set()
    while True:
        try:
            return job()
        except FAULTS as error:
            if not ready and _holoviews_ready():
                ready = True
                continue
            name = _unfinished(error)
            if not name or name in waited:
                raise
            waited.add(name)
            with suppress(ImportError, RuntimeError):
                import_module(name)  # returns once it is whole


def _holoviews_ready() -> bool:
    """Return True if HoloViews has been imported, with its backend loaded."""
    if "holoviews" not in sys.modules:
        return False
    from muntin.live.bokeh import prepare_holoviews  # views of figures alone need no Bokeh

    return prepare_holoviews()


def _unfinished(error: BaseException) -> str:
    """Return the name of the module that was not whole; empty if that was not the reason."""
    if not isinstance(error, (ImportError, AttributeError, RuntimeError)):
        return ""
    found = _UNFINISHED.search(str(error))
    return found[1] if found else ""
