"""What ends a command because of something that the user can mend."""

from __future__ import annotations

import click


class CommandError(click.ClickException):
    """A mistake of the user: one sentence on standard error, exit code 2, no traceback."""

    exit_code = 2


__all__ = ["CommandError"]
