"""How the command line was started; click passes it to every command as ``ctx.obj``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muntin.cli.dev import Child


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of the command line."""

    #: Runs a command in a server process of ``--dev``; a module's function, so that it pickles.
    run: Callable[[Sequence[str], Child], object]
    #: What the supervisor passed to this process; None unless it started it.
    child: Child | None = None


__all__ = ["Invocation"]
