"""Marks that compressed formats leave in any piece of them, where their contents look random.

The contents of LZMA and of video are as random as ciphertext; the headers in between are not.
Sources: liblzma's `lzma2_encoder.c` (a chunk is closed once 61,440 bytes are written; 7-Zip closes
its own at 49,152 and some hundred more); ITU-T H.264, 7.3.1 and 7.3.3, and ISO/IEC 14496-15, 5.3
(samples are length-prefixed NAL units; of encoders whose slices are of one type, as x264's are).
"""

from __future__ import annotations

import re
from typing import Final

_LZMA2_CHUNK = re.compile(rb"[\x80-\x8b]..(?:\xef[\xfe\xff]|\xf0[\x00-\x02])\x00", re.DOTALL)
"""A chunk that resets nothing: up to 12 x 64 KiB unpacked, about 61,440 bytes packed, and the range
coder's first byte, which is always zero. By chance 14 in 10^9 places."""
_SLICE = re.compile(
    rb"\x00\x00..(?:[\x01\x21\x41\x61][\x9a\x9b\x9e\x9f]|[\x25\x45\x65]\x88)", re.DOTALL
)
"""A NAL unit of less than 64 KiB with the slice that starts a picture (macroblock 0), all of whose
slices are of one type. By chance 4 in 10^9 places."""
_CHUNK_OF_7_ZIP = re.compile(rb"(?=[\x80-\x8b]..[\xc0\xc1].\x00)", re.DOTALL)
"""The same of 7-Zip, whose chunks vary more: only one that another follows counts."""
_CHUNK_HEADER: Final = 5
_MARKS: Final = (_LZMA2_CHUNK, _SLICE)
_ALONE_IN: Final = 64 * 1024
"""One mark in so many bytes is chance less than once in a thousand blocks; in more, two must be."""
_LOOKED_AT: Final = 256 * 1024


def has_fragment_marks(block: bytes) -> bool:
    """Say whether a block is a piece of LZMA2 (xz, 7z) or of an MP4's video."""
    block = block[:_LOOKED_AT]
    wanted = 1 if len(block) <= _ALONE_IN else 2
    return any(len(mark.findall(block)) >= wanted for mark in _MARKS) or _has_chunks(block)


def _has_chunks(block: bytes) -> bool:
    """Say whether a chunk of 7-Zip ends where another begins."""
    for found in _CHUNK_OF_7_ZIP.finditer(block):
        place = found.start()
        packed = int.from_bytes(block[place + 3 : place + _CHUNK_HEADER], "big") + 1
        if _CHUNK_OF_7_ZIP.match(block, place + _CHUNK_HEADER + packed):
            return True
    return False
