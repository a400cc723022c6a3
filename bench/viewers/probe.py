"""Asks for a cheap address every 5 ms: what a loop that is blocked cannot answer.

A process of its own, so that it is not late when the viewers are busy.
``python -SP bench/viewers/probe.py PORT PATH`` ends with its standard input, and prints the longest
and the p99 of the answers, in ms.
"""

from __future__ import annotations

import select
import socket
import sys
import time

PERIOD = 0.005


def run(port: int, path: str) -> list[float]:
    """Return how long each answer took, seconds; ask until the standard input ends."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    took: list[float] = []
    with socket.create_connection(("127.0.0.1", port), 30) as end:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        due = time.perf_counter()
        while not select.select([sys.stdin], [], [], max(0.0, due - time.perf_counter()))[0]:
            due = max(due + PERIOD, time.perf_counter())
            began = time.perf_counter()
            end.sendall(request)
            if not end.recv(65536):
                break
            took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    answers = sorted(run(int(sys.argv[1]), sys.argv[2])) or [float("nan")]
    print(1000 * answers[-1], 1000 * answers[int(0.99 * (len(answers) - 1))])
