"""A server that ends while private pages are open."""

from __future__ import annotations

import asyncio
import logging

import pytest
from core.tests.kit import NAV
from core.tests.web import views
from core.tests.web.kit import Serve

from muntin import Page, Panel


async def turns() -> None:
    """Let everything run that is ready, and what becomes ready by it."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_a_change_at_the_end_is_no_fault(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(Page("mine", "Mine", (Panel("A", views.text, (NAV,)),), scope="private"))
    server.publish(NAV, nav=1.5)
    server.ask("/mine")

    async def end() -> None:
        server.app.rooms["mine"].stop()

    server.run(end())
    server.publish(NAV, nav=2.5)
    server.run(turns())

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
