"""PostgreSQL, started on loopback for these tests by a user who is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

PASSWORD = "hunter2-of-postgres"


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.fail("PostgreSQL is not installed: make postgresql")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A PostgreSQL server with a role that may only read."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.url = f"postgresql://reader@127.0.0.1:{self.port}/postgres"
        self._bin = binaries()
        self._data = folder / "data"
        self._owner: dict[str, Any] = {}
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            self._owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(folder, account.pw_uid, account.pw_gid)
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        words = [f"-D{self._data}", "-Uowner", f"--pwfile={secret}", "-Ascram-sha-256"]
        self._run("initdb", *words, "--no-sync", "-EUTF8", "--locale=C")
        self.start()
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO reader")
            connection.execute("CREATE TABLE state (name text PRIMARY KEY, body bytea)")

    def _run(self, name: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._bin / name), *words],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **self._owner,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        words = ["-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-F"]
        self._process = subprocess.Popen(
            [str(self._bin / "postgres"), *words],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._owner,
        )
        for _ in range(400):
            with suppress(psycopg.OperationalError), self.connect():
                return
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        raise AssertionError("PostgreSQL does not start")

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="owner",
            dbname="postgres",
            password=PASSWORD,
            autocommit=True,
        )

    def signal(self, number: int, workers: list[int]) -> None:
        """Send a signal to the server's first process, and to workers of it."""
        for pid in (self._process.pid, *workers):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self) -> None:
        """End the server as a crash of its machine would, as far as clients can tell."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def close(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        shutil.rmtree(self._data, ignore_errors=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Not below pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="muntin-postgresql-") as folder:
        made = Server(Path(folder))
        yield made
        made.close()
