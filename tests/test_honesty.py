"""The honesty bench's short form: faults on a real server, judged in Chromium."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bench.honesty.faults import FAULTS
from bench.honesty.peers import PEERS
from bench.honesty.watch import Watch

#: One fault of the content, one of the documents, one of the server.
SHORT = ("zero", "torn", "server-killed")


async def _watched(folder: Path) -> dict[str, tuple[float, str]]:
    watch = Watch(folder, None, lambda _words: None)
    async with watch.running(PEERS[:1]):
        for fault in FAULTS:
            if fault.name in SHORT:
                await watch.run(fault, 8.0)
        return {
            name: (result.seconds, result.example)
            for name, result in watch.served[0].results.items()
        }


@pytest.mark.browser
def test_no_false_or_unmarked_figure_is_shown(tmp_path: Path) -> None:
    found = asyncio.run(_watched(tmp_path))
    assert found == dict.fromkeys(SHORT, (0.0, ""))
