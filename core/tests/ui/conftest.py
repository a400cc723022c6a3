"""Lets the tests of the components share modules."""

from __future__ import annotations

import sys
from pathlib import Path

# These tests are no package.
sys.path.insert(0, str(Path(__file__).parents[3]))
