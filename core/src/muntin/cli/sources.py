"""The option ``--source NAME=URL``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from muntin.errors import ConfigError
from muntin.sources.redaction import redacted

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def named_sources(options: Iterable[str]) -> dict[str, str]:
    """Return URLs by name; raise ConfigError naming every option that is wrong."""
    found: dict[str, str] = {}
    problems = []
    for option in options:
        name, equals, url = option.partition("=")
        if not equals or not url or not _NAME.fullmatch(name):
            shown = redacted(option)
            problems.append(f"--source {shown!r}: give NAME=URL, as in quant=redis://127.0.0.1/0")
        elif name in found:
            problems.append(f"--source {name}: named twice")
        found[name] = url
    if problems:
        raise ConfigError(problems)
    return found
