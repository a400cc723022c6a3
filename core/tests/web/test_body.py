"""Bodies with a personal end: what a client unpacks is always the one behind the other."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.web.body import Body

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes,
}  # fmt: skip


@pytest.mark.parametrize("accepted", list(UNPACK))
@given(head=st.binary(max_size=2000), tail=st.binary(max_size=600))
def test_end_stands_behind_what_all_share(accepted: str, head: bytes, tail: bytes) -> None:
    data, encoding = Body(head).encoded(accepted, tail)

    assert encoding == accepted.replace("identity", "")
    assert UNPACK[accepted](data) == head + tail


@pytest.mark.parametrize("accepted", list(UNPACK))
@pytest.mark.parametrize("size", [0, 1, 65534, 65535, 65536, 200_000])
def test_end_may_be_longer_than_a_block(accepted: str, size: int) -> None:
    tail = bytes(index * index % 251 for index in range(size))
    data, _ = Body(b"<p>shared</p>" * 500).encoded(accepted, tail)

    assert UNPACK[accepted](data) == b"<p>shared</p>" * 500 + tail


@pytest.mark.parametrize("accepted", ["br", "gzip"])
def test_what_all_share_is_compressed_once(accepted: str) -> None:
    body = Body(b"<p>shared</p>" * 5000)
    one, other = (body.encoded(accepted, tail)[0] for tail in (b"a" * 9, b"b" * 9))

    assert one[:-20] == other[:-20]
    assert len(one) < 500
    assert body.encoded(accepted, b"a" * 9)[0] == one
