"""Muntin for Panel users: panels and pages of Muntin in Panel's own apps and notebooks.

`pane` is one panel as a Panel object, `template` the pages of the installed plugins in a Panel
template. Whole Panel apps on Muntin's pages are in `muntin.panel.broadcast`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muntin.panel.live import pane
    from muntin.panel.templates import MuntinTemplate, template

__all__ = ["MuntinTemplate", "pane", "template"]

#: The module of each name. None is called as a name is: a module that is imported becomes an
#: attribute of its package, and would hide it.
_LATE = {"MuntinTemplate": "templates", "pane": "live", "template": "templates"}


def __getattr__(name: str) -> Any:
    """Load what needs Panel only when it is asked for."""
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"muntin.panel.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
