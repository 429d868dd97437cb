"""Bytes on the way: packed by zlib where it pays, unpacked under the limits of rule V1.

The limits hold before anything is parsed, and the unpacker never makes more than it may: a
gigabyte of zeros packs to one megabyte.
"""

from __future__ import annotations

import zlib

from guardian_agent.errors import DecodeError, TooLargeError
from guardian_agent.wire.statement import MAX_BYTES, MAX_RATIO, MAX_WIRE_BYTES

DEFLATE = "deflate"
"""HTTP's name for zlib's format (RFC 9110 section 8.4.1.2)."""

_WORTH_PACKING = 8 * 1024


def pack(raw: bytes) -> tuple[bytes, str | None]:
    """Return what to send and its content encoding ("deflate", or None for `raw` itself).

    Small bytes are sent as they are, and so are those that would unpack to more than
    `MAX_RATIO` times their size, because the other side would refuse them.
    """
    if len(raw) <= _WORTH_PACKING:
        return raw, None
    packed = zlib.compress(raw)
    if len(packed) < len(raw) <= MAX_RATIO * len(packed):
        return packed, DEFLATE
    return raw, None


def fits(raw: bytes) -> bool:
    """Say whether `raw` may travel: small enough by rule V1 as it is, and as it is sent."""
    return len(raw) <= MAX_BYTES and len(pack(raw)[0]) <= MAX_WIRE_BYTES


def unpack(body: bytes, encoding: str | None) -> bytes:
    """Return the bytes that `pack` was given.

    Raises:
        TooLargeError: more than `MAX_WIRE_BYTES` came, or they would unpack to more than
            `MAX_BYTES` or `MAX_RATIO` times their size.
        DecodeError: another encoding, or not exactly one zlib stream.
    """
    if len(body) > MAX_WIRE_BYTES:
        raise TooLargeError(f"{len(body)} bytes came, {MAX_WIRE_BYTES} allowed")
    if encoding is None:
        return body
    if encoding != DEFLATE:
        raise DecodeError(f"unknown content encoding; {DEFLATE} or none expected")
    return _inflate(body, min(MAX_BYTES, MAX_RATIO * len(body)))


def _inflate(body: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(body, limit + 1)
    except zlib.error:
        raise DecodeError("not a zlib stream") from None
    if len(raw) > limit:
        raise TooLargeError(f"unpacks to more than the {limit} bytes allowed")
    if not stream.eof or stream.unused_data:
        raise DecodeError("cut short, or more than one zlib stream")
    return raw
