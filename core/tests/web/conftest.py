"""Servers of a test, and of a test module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from core.tests.web import kit

from muntin.site import Site


@pytest.fixture(scope="module")
def make_server() -> Iterator[kit.Serve]:
    """Return what starts a server for some pages; all end with the module."""
    with kit.servers() as serve:
        yield serve


@pytest.fixture
def serve() -> Iterator[kit.Serve]:
    """Return what starts a server for some pages; it ends with the test."""
    with kit.servers() as serve:
        yield serve


@pytest.fixture
def make_site() -> Callable[..., Site]:
    """Return what builds a site of some pages, without a server."""
    return kit.make_site
