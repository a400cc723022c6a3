"""HTTP requests as strategies: each part may be ordinary, odd or hostile."""

from __future__ import annotations

from hypothesis import strategies as st

#: What a page's server is asked for, and what it should never find.
TARGETS = (
    "/", "/page", "/page/", "/page/ws", "/page/ws?rev=1", "/mine", "/mine/ws", "/healthz",
    "/readyz", "/metrics", "/-/", "/-/feeds", "/-/plugins", "/-/panels", "/login", "/logout",
    "/static/0123456789abcdef/page.js", "/static/extensions/panel/panel.min.js",
    "//", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%00",
    "/page%0d%0aX: y", "/page?rev=%ff",
    "/page/ws?rev=99999999999999999999&of=x", "*", "http://evil.example/page", "/" + "x" * 9000,
    "/page?" + "a=1&" * 2000, "/\u00e9", "/page#fragment", "",
)  # fmt: skip

METHODS = (
    "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
    "get", "G\tT", "",
)  # fmt: skip

VERSIONS = ("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 ", "http/1.1", "")

HEADERS = (
    "Connection: close", "Connection: keep-alive", "Connection: Upgrade", "Upgrade: websocket",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Key: x",
    "Sec-WebSocket-Protocol: bokeh, token", "Sec-WebSocket-Protocol: ,,,",
    "Sec-WebSocket-Extensions: permessage-deflate", "Origin: http://evil.example", "Origin: null",
    "Content-Length: 0", "Content-Length: 5", "Content-Length: -1", "Content-Length: +5",
    "Content-Length: 5, 5", "Content-Length: 0x5", "Content-Length: 99999999999",
    "Content-Length: \u0665", "Transfer-Encoding: chunked", "Transfer-Encoding: Chunked",
    "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding : chunked",     "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: multipart/form-data; boundary=x",
    "Content-Encoding: gzip", "Expect: 100-continue", "Cookie: muntin=x",
    "Cookie: " + "a=b; " * 300,
    'Cookie: "unfinished', "Authorization: Basic eA==", "Range: bytes=0-", "If-None-Match: *",
    "If-Modified-Since: yesterday", "Accept-Encoding: br, gzip", "Accept-Encoding: \u00e9",
    "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-User: root",
    "Host: evil.example", "Host: 127.0.0.1", "Host: [::1", "Host:", 'Forwarded: for="[::1]"',
    " folded: yes", "No colon", ": no name", "Na me: x", "X: \x00", "X: \x7f", "X" * 9000 + ": y",
)  # fmt: skip

BODIES = (
    b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"fffffffffffffffff\r\n", b"-1\r\n\r\n",
    b"5;x=y\r\nhello\r\n", b"0\r\nTrailer: x\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"\x1f\x8b\x08\x00", b"x" * 70_000,
)  # fmt: skip


@st.composite
def requests(draw: st.DrawFn, host: str) -> bytes:
    """Return one request, or what pretends to be one."""
    line = " ".join(draw(st.sampled_from(part)) for part in (METHODS, TARGETS, VERSIONS))
    headers = draw(st.lists(st.sampled_from(HEADERS), max_size=5))
    if draw(st.integers(0, 9)):
        headers.insert(0, f"Host: {host}")
    end = draw(st.sampled_from(("\r\n", "\r\n", "\r\n", "\n", "\r")))
    head = end.join([line, *headers, "", ""])
    return head.encode("latin-1", "replace") + draw(st.sampled_from(BODIES))


@st.composite
def handshakes(draw: st.DrawFn, host: str) -> bytes:
    """Return the request for a WebSocket."""
    query = draw(st.sampled_from(("?rev=1", "?rev=1", "", "?rev=0", "?rev=1&of=another")))
    protocol = draw(st.sampled_from(("", "Sec-WebSocket-Protocol: bokeh\r\n")))
    return (
        f"GET /page/ws{query} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
        f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{protocol}"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
