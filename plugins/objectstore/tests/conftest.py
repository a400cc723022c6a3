"""A small server that speaks S3, started on loopback for these tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

KEY, SECRET = "testing", "hunter2-of-s3"


class Server:
    """An S3 server with one bucket."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.port = 0
        self.start()

    def start(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()
        _, self.port = self._server.get_host_and_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def empty(self) -> None:
        for one in self.client.list_objects_v2(Bucket="fund").get("Contents", []):
            self.client.delete_object(Bucket="fund", Key=one["Key"])

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    made = Server()
    made.client.create_bucket(Bucket="fund")
    yield made
    made.stop()


@pytest.fixture
def server(running: Server) -> Server:
    running.empty()
    return running
