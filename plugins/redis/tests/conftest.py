"""Debian's redis-server, started on loopback for these tests."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis

PASSWORD = "hunter2-of-redis"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A Redis server that asks for a password and keeps what it was given when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.client = redis.Redis(port=self.port, password=PASSWORD)
        self.start()

    def start(self) -> None:
        words = f"--port {self.port} --bind 127.0.0.1 --requirepass {PASSWORD} --dir {self._folder}"
        kept = "--save  --appendonly yes --appendfsync always --loglevel warning"
        self._process = subprocess.Popen(
            ["redis-server", *words.split(), *kept.split(" ")], stdout=subprocess.DEVNULL
        )
        for _ in range(400):
            with suppress(redis.RedisError):
                if self.client.ping():
                    return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.02)
        raise AssertionError("redis-server does not start")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.client.close()
        self.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which("redis-server") is None:
        pytest.fail("redis-server is not installed: make redis")
    made = Server(tmp_path_factory.mktemp("redis"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _emptied(server: Server) -> None:
    server.client.flushall()
