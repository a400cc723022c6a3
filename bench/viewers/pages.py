"""Fetches a page the way a browser does: one connection, one request, compressed."""

from __future__ import annotations

import asyncio
import gzip


class Refused(Exception):
    """The server did not answer as it should."""


async def fetch(port: int, path: str, cookie: str = "") -> str:
    """Return what a GET answers; `cookie` is the header's value."""
    kept = f"Cookie: {cookie}\r\n" if cookie else ""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
            f"Accept: text/html,*/*\r\n{kept}Connection: close\r\n\r\n".encode()
        )
        async with asyncio.timeout(30):
            head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    finally:
        writer.close()
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise Refused(head.decode(errors="replace")[:200] or "an empty answer")
    head = head.lower()
    if b"transfer-encoding: chunked" in head:
        body = _joined(body)
    return (gzip.decompress(body) if b"encoding: gzip" in head else body).decode()


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        body, chunks = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body
