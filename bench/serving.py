"""Starts a server on its core, waits for its first page, and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.catalogue import MUNTIN, Peer
from bench.machine import ROOT, on_server_core
from bench.process import free_port
from bench.viewers.pages import Refused, fetch
from bench.viewers.socket import Heard


@dataclass(frozen=True, slots=True)
class Place:
    """What a server is started with."""

    state: Path
    #: File with Muntin's bytes of one update, for the broadcast.
    template: Path


@dataclass(slots=True)
class Running:
    """A server that answers; `restart` puts another process in its place, on the same port."""

    peer: Peer
    place: Place
    port: int
    log: IO[bytes]
    extra: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    #: Seconds from the start of its process to its first page.
    started_in: float = 0.0

    @property
    def pid(self) -> int:
        """Number of its process."""
        assert self.process is not None
        return self.process.pid

    async def join(self, heard: Heard, **how: Any) -> Any:
        """Come in as a browser does."""
        return await self.peer.join(self.port, heard, **how)

    def start(self) -> float:
        """Start the process; return when."""
        command = self.peer.command(self.place.state, self.place.template, self.port)
        paths = [str(ROOT)] if self.peer is not MUNTIN else []
        paths += [one for one in [self.extra.get("BENCH_PATHS", "")] if one]
        environment = {
            **os.environ, "STATE_DIR": str(self.place.state), **self.extra,
            "PYTHONPATH": os.pathsep.join(paths),
        }  # fmt: skip
        began = time.perf_counter()
        self.process = subprocess.Popen(
            on_server_core(command), stdout=self.log, stderr=self.log, env=environment,
            start_new_session=True,
        )  # fmt: skip
        return began

    async def ready(self, began: float) -> None:
        """Wait for the first page; raise if none comes."""
        assert self.process is not None
        while time.perf_counter() < began + 40:
            with contextlib.suppress(OSError, Refused, TimeoutError):
                await fetch(self.port, self.peer.path)
                self.started_in = time.perf_counter() - began
                return
            if self.process.poll() is not None:
                break
            await asyncio.sleep(0.01)
        raise Refused(f"{self.peer.label} did not serve a page")

    def kill(self) -> None:
        """End it and its children at once, as a crash does."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    async def end(self) -> None:
        """Ask it to end; kill what is left after five seconds."""
        assert self.process is not None
        self.process.terminate()
        for _ in range(100):
            if self.process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        self.kill()


@contextlib.asynccontextmanager
async def serving(
    peer: Peer, place: Place, extra: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Start a server, wait for its first page, and end it afterwards."""
    with tempfile.TemporaryFile() as log:
        server = Running(peer, place, free_port(), log, extra or {})
        try:
            await server.ready(server.start())
            yield server
        except (OSError, Refused, TimeoutError, AssertionError):
            log.seek(0)
            print(f"--- what {peer.label} said ---\n{log.read().decode()[-3000:]}")
            raise
        finally:
            await server.end()
