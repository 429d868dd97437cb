"""Decoding compressed data with the standard library, never more than asked."""

from __future__ import annotations

from typing import Protocol

MOST_OUT = 64 * 1024
"""Bytes that are decoded at most: enough to tell what it is, no room for a bomb."""
MOST_OUT_WHOLE = 8 * 1024 * 1024
"""Bytes that are decoded where all is wanted."""
MOST_STREAMS = 64


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inflated(codec: str, data: bytes) -> bytes | None:
    """Return up to `MOST_OUT` decoded bytes; None when the data does not decode.

    Data that merely ends too early gives what came out of it. `codec` is `gzip`, `zlib`, `raw`
    (deflate without a header), `bzip2`, `xz` or `lzma`.
    """
    import lzma  # noqa: PLC0415 - a pass without such files does not pay for it
    import zlib  # noqa: PLC0415

    try:
        return _decoder(codec).decompress(data, MOST_OUT)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        return None


def streams(codec: str, data: bytes) -> list[bytes] | None:
    """Return what each of the concatenated streams holds; zeros behind the last are padding.

    Returns:
        None where one of them is broken or cut short, or they are too many or too long.
    """
    import lzma  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    found: list[bytes] = []
    left = MOST_OUT_WHOLE
    while data.strip(b"\x00"):
        decoder = _decoder(codec)
        try:
            out = decoder.decompress(data, left + 1)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
            return None
        left -= len(out)
        if not decoder.eof or left < 0 or len(found) == MOST_STREAMS:
            return None
        found.append(out)
        data = decoder.unused_data
    return found


def _decoder(codec: str) -> _Decoder:
    import bz2  # noqa: PLC0415
    import lzma  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    match codec:
        case "bzip2":
            return bz2.BZ2Decompressor()
        case "xz":
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 28)
        case "lzma":
            return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=1 << 28)
        case _:
            bits = {"gzip": 31, "zlib": 15, "raw": -15}[codec]
            return zlib.decompressobj(bits)
