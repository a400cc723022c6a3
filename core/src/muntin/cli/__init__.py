"""The command line: ``muntin serve``, ``demo``, ``plugins``, ``check``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

#: What a plain ``muntin plugins`` may be followed by on the quick road.
_QUICK = frozenset({"--json", "--pages"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 is success, 1 a failed check, 2 a user's mistake."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["plugins"] and _QUICK.issuperset(words[1:]):
        # click takes longer to import than all plugins together; scripts call this often.
        from muntin.cli.recall import recall

        kept = None if "--pages" in words else recall(words[1:])
        if kept is not None:
            print(kept)
            sys.exit(0)
        from muntin.cli.listing import quickly

        sys.exit(quickly(as_json="--json" in words, with_pages="--pages" in words))
    from muntin.cli.app import app

    app.main(args=words, prog_name="muntin")


__all__ = ["main"]
