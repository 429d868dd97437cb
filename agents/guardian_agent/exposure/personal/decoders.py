"""The standard library's decoders, made alike: each gives a bounded piece and keeps the rest."""

from __future__ import annotations

from typing import Any, Protocol


class Decoder(Protocol):
    """One compressed stream."""

    @property
    def eof(self) -> bool:
        """Whether the stream ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more data."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What followed the stream's end."""
        ...

    def decompress(self, data: bytes, max_length: int = ...) -> bytes:
        """Take more data (or none) and return at most so many decoded bytes."""
        ...


def decoder_of(codec: str, memory: int) -> Decoder:
    """Return a new decoder of `gzip`, `zlib`, `raw` (deflate alone), `bzip2`, `xz` or `lzma`."""
    import bz2  # noqa: PLC0415 - a pass without such files does not pay for it
    import lzma  # noqa: PLC0415

    match codec:
        case "bzip2":
            return bz2.BZ2Decompressor()
        case "xz":
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=memory)
        case "lzma":
            return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=memory)
        case _:
            return _Deflate({"gzip": 31, "zlib": 15, "raw": -15}[codec])


class _Deflate:
    """Deflate, which keeps no data of its own that it had no room for."""

    def __init__(self, bits: int) -> None:
        import zlib  # noqa: PLC0415

        self._decoder: Any = zlib.decompressobj(bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._decoder.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._decoder.unused_data)

    def decompress(self, data: bytes, max_length: int = 0) -> bytes:
        out: bytes = self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)
        # Of a repetition that did not fit, the rest comes without any more data.
        self.needs_input = len(out) < max_length and not self._decoder.unconsumed_tail
        return out
