"""The file that ``pytest --muntin-conform NAME`` collects: every check, of the plugins named."""

from __future__ import annotations

from muntin.testing.conformance import *  # noqa: F403  # one line, as in a plugin's own tests
