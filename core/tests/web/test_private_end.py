"""A server that ends while private pages are open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from muntin import Feed, Page, Panel, Snapshot

NAV: Feed[dict[str, Any]] = Feed("nav", dict)


def view(state: Snapshot) -> object:
    return str(state[NAV]["nav"])


async def turns() -> None:
    """Let everything run that is ready, and what becomes ready by it."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_a_change_at_the_end_is_no_fault(
    serve: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(Page("mine", "Mine", (Panel("A", view, (NAV,)),), scope="private"))
    server.publish(NAV, nav=1.5)
    server.ask("/mine")

    async def end() -> None:
        server.app.rooms["mine"].stop()

    server.run(end())
    server.publish(NAV, nav=2.5)
    server.run(turns())

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
