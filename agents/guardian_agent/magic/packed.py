"""Compressed data: a decoder that reads it proves that no key is needed for this layer.

What comes out is classified again: gzip around an age file is encrypted, around a dump it is not.
"""

from __future__ import annotations

from collections.abc import Callable

from guardian_agent.magic.answer import Classified, renamed, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.magic.inflate import MOST_OUT, inflated, streams
from guardian_agent.magic.to_the_end import everything, judged
from guardian_agent.wire.facts.words import Encryption

LEAST_OUT = 4096
"""Shorter output counts only when the data ended with it: chance decodes a few bytes."""

MORE_IN = 640 * 1024
"""Read beyond the head when it gave nothing: bzip2 decodes whole blocks of up to 900 KB."""

Look = Callable[[bytes], bool]


def _is_zlib(head: bytes) -> bool:
    """RFC 1950: method 8, window up to 32 KiB, check bits, no preset dictionary."""
    return head[:1] == b"\x78" and number(head[:2], "big") % 31 == 0 and not head[1] & 0x20


def _is_lzma(head: bytes) -> bool:
    """lzma-alone: lc/lp/pb 0x5d, a power-of-two dictionary, a size that is -1 or plausible."""
    dictionary = number(head[1:5])
    length = number(head[5:13])
    is_power = dictionary >= 4096 and not dictionary & (dictionary - 1)
    return head[:1] == b"\x5d" and is_power and (length == (1 << 64) - 1 or length < 1 << 48)


CODECS: tuple[tuple[str, Look], ...] = (
    ("gzip", lambda head: head.startswith(b"\x1f\x8b\x08") and not number(head[3:4]) & 0xE0),
    ("bzip2", lambda head: head[:3] == b"BZh" and head[4:10] == b"\x31\x41\x59\x26\x53\x59"),
    ("xz", lambda head: head.startswith(b"\xfd7zXZ\x00")),
    ("lzma", _is_lzma),
    ("zlib", _is_zlib),
)


def packed(data: Data) -> Classified | None:
    """Answer for data that one of the decoders reads; None when none does."""
    for codec, looks in CODECS:
        if looks(data.head):
            return _decode(data, codec)
    return None


def _decode(data: Data, codec: str) -> Classified | None:
    content = data.head
    out = inflated(codec, content)
    if not data.whole and out is not None and len(out) < LEAST_OUT:
        content = everything(data) or data.head + data.at(len(data.head), MORE_IN)
        out = inflated(codec, content)
    if out is None:
        return None
    if len(out) < LEAST_OUT and not data.whole:
        return _short_streams(data, codec, content)
    inner = data.inside(out, complete=data.whole and len(out) < MOST_OUT) if out else _NOTHING
    if inner.state is Encryption.PLAINTEXT:
        return renamed(inner, codec, f"{codec}-holds-{inner.kind}")
    return _to_the_end(data, codec, content, inner)


def _short_streams(data: Data, codec: str, content: bytes) -> Classified | None:
    """Judge a short first stream by all that follow; None where they do not decode."""
    found = _all_streams(data, codec, content)
    return None if found is None else judged(data, codec, found)


def _to_the_end(data: Data, codec: str, content: bytes, inner: Classified) -> Classified:
    """Judge by all of it where the beginning is sealed, or tells nothing."""
    found = judged(data, codec, _all_streams(data, codec, content))
    if inner.state is Encryption.ENCRYPTED or found.state is not Encryption.UNKNOWN:
        return found
    return renamed(inner, codec, f"{codec}-holds-{inner.kind}")


def _all_streams(data: Data, codec: str, content: bytes) -> list[bytes] | None:
    """Decode all of the data, of which `content` was read."""
    whole = content if len(content) == data.size else everything(data)
    return None if whole is None else streams(codec, whole)


_NOTHING = unknown("nothing", "gave-nothing")
