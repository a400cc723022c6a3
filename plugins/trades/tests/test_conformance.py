"""What every plugin promises."""

from __future__ import annotations

from muntin.testing.conformance import *  # noqa: F403  # the checks that come with Muntin
