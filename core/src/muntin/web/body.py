"""Bodies: compressed once for all who ask, with room for a few personal bytes at the end.

A page is the same for everybody who may see the same of it; only the last few hundred bytes are a
viewer's own. They are put behind the compressed bytes as they are, in a block that says so (RFC
1951, section 3.2.4; RFC 7932, section 9.2), so a new viewer costs no compression.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import brotli

from muntin.web.assets import compressed

#: No extra fields, no time, no name, and an unknown system (RFC 1952, section 2.3).
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
#: The most that a block of either format holds as it is.
_BLOCK = 65535
#: Ends a stream of brotli: the last block, and it is empty.
_BROTLI_END = b"\x03"


@dataclass(frozen=True)
class Body:
    """The bytes of an answer in every encoding, each made once and only if asked for."""

    plain: bytes
    #: Stands in the tags of the scripts, and has to stand in the policy that goes with the body.
    nonce: str = ""

    @cached_property
    def brotli(self) -> bytes:
        """The bytes compressed with brotli."""
        return bytes(brotli.compress(self.plain, quality=5))

    @cached_property
    def gzip(self) -> bytes:
        """The bytes compressed with gzip."""
        return gzip.compress(self.plain, 6, mtime=0)

    @cached_property
    def open_brotli(self) -> bytes:
        """The bytes as a stream of brotli that may go on."""
        packer = brotli.Compressor(quality=5)
        return bytes(packer.process(self.plain) + packer.flush())

    @cached_property
    def open_deflate(self) -> tuple[bytes, int]:
        """The bytes as a stream of deflate that may go on, and their checksum."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(self.plain) + packer.flush(zlib.Z_FULL_FLUSH)
        return packed, zlib.crc32(self.plain)

    def encoded(self, accepted: str, tail: bytes = b"") -> tuple[bytes, str]:
        """Return the bytes, `tail` behind them, and the ``Content-Encoding``, as accepted."""
        if not tail:
            return compressed(accepted, lambda: self.brotli, lambda: self.gzip, lambda: self.plain)
        ways: tuple[Callable[[], bytes], ...] = (
            lambda: with_brotli_tail(self.open_brotli, tail),
            lambda: self._gzip_with(tail),
            lambda: self.plain + tail,
        )
        return compressed(accepted, *ways)

    def _gzip_with(self, tail: bytes) -> bytes:
        packed, check = self.open_deflate
        size = (len(self.plain) + len(tail)) & 0xFFFFFFFF
        end = zlib.crc32(tail, check).to_bytes(4, "little") + size.to_bytes(4, "little")
        return _GZIP_HEAD + packed + _stored(tail) + end


def with_brotli_tail(stream: bytes, tail: bytes) -> bytes:
    """Return a flushed stream of brotli, ended by `tail` in blocks that are not compressed."""
    parts = [stream]
    for start in range(0, len(tail), _BLOCK):
        block = tail[start : start + _BLOCK]
        # Not the last (1 bit), a length of four nibbles (2 bits), the length less one (16 bits),
        # not compressed (1 bit); the next byte begins the block.
        parts += [((len(block) - 1) << 3 | 1 << 19).to_bytes(3, "little"), block]
    return b"".join([*parts, _BROTLI_END])


def _stored(tail: bytes) -> bytes:
    """Return bytes as the last blocks of a stream of deflate, not compressed."""
    parts = []
    for start in range(0, len(tail), _BLOCK):
        block = tail[start : start + _BLOCK]
        last = start + _BLOCK >= len(tail)
        size = len(block)
        parts += [bytes([last]), size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little")]
        parts.append(block)
    return b"".join(parts)
