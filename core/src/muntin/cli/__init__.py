"""The command line, and what a plugin's command needs to serve pages.

A plugin adds commands by the hook ``muntin_commands``. `serving_options` adds the options
``--address``, ``--port``, ``--dev`` and ``--trace`` to such a command and passes it a `Launcher`;
`CommandError` ends a command with a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muntin.cli.errors import CommandError
    from muntin.cli.launcher import Launcher
    from muntin.cli.options import serving_options

#: Options that leave ``muntin plugins`` on the path that does not import click.
_WITHOUT_CLICK = frozenset({"--json", "--pages"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 is success, 1 a failed check, 2 a user's mistake."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["plugins"] and _WITHOUT_CLICK.issuperset(words[1:]):
        sys.exit(_list_plugins(words[1:]))
    from muntin.cli.app import run

    run(words)


def _list_plugins(words: list[str]) -> int:
    """Print the list of plugins without click, whose import takes longer than all the rest."""
    from muntin.cli.plugins.plugin_cache import cached

    text = None if "--pages" in words else cached(words)
    if text is not None:
        print(text)
        return 0
    from muntin.cli.plugins.listing import print_listing

    return print_listing(as_json="--json" in words, with_pages="--pages" in words)


def __getattr__(name: str) -> Any:
    """Import click, and what builds on it, only for commands that need it."""
    if name == "CommandError":
        from muntin.cli.errors import CommandError

        return CommandError
    if name == "Launcher":
        from muntin.cli.launcher import Launcher

        return Launcher
    if name == "serving_options":
        from muntin.cli.options import serving_options

        return serving_options
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["CommandError", "Launcher", "main", "serving_options"]
