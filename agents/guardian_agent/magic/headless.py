"""Compressed data whose header is missing: a decoder that reads on and on is no chance."""

from __future__ import annotations

from typing import Final

LEAST_OUT: Final = 4096
"""Random bytes stop deflate within some hundred bytes: a match points before the beginning."""
LEAST_LZMA: Final = 64 * 1024
"""LZMA makes long runs of random bytes first."""
_FED: Final = 64 * 1024


def starts_headless(block: bytes) -> bool:
    """Say whether a block is the start of raw deflate, LZMA or LZMA2 data."""
    return _is_deflate(block[:_FED]) or _is_lzma(block[:_FED])


def _is_deflate(block: bytes) -> bool:
    import zlib  # noqa: PLC0415 - a pass without such data does not pay for it

    try:
        return len(zlib.decompressobj(-15).decompress(block, LEAST_OUT)) == LEAST_OUT
    except zlib.error:
        return False


def _is_lzma(block: bytes) -> bool:
    """LZMA's range coder starts with a zero byte, LZMA2 with a chunk that resets everything."""
    first = block[:1]
    if first not in {b"\x00", b"\x01"} and first < b"\xe0":
        return False
    import lzma  # noqa: PLC0415

    kind = lzma.FILTER_LZMA1 if first == b"\x00" else lzma.FILTER_LZMA2
    filters = [{"id": kind, "dict_size": 1 << 23}]
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
        return len(decoder.decompress(block, LEAST_LZMA)) == LEAST_LZMA
    except lzma.LZMAError:
        return False
