"""xz streams, unpacked by the agent itself: as the library does, and within its memory."""

from __future__ import annotations

import io
import lzma
import random
import struct
import zlib

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probing.stream import Bounded, unpacked
from guardian_agent.wire.observations import Reason

DATA = random.Random(1).randbytes(300_000) + bytes(700_000)


def read(packed: bytes, size: int = 100_000) -> bytes:
    stream = Bounded(unpacked(io.BytesIO(packed)), lambda: False)
    return b"".join(iter(lambda: stream.read(size), b""))


@pytest.mark.parametrize("size", [1000, 262_144, 5_000_000])
def test_reads_all(size):
    assert read(lzma.compress(DATA), size) == DATA


@pytest.mark.parametrize("between", [b"", bytes(4), bytes(400_000)])
def test_reads_streams_one_after_the_other(between):
    packed = lzma.compress(DATA) + between + lzma.compress(b"more") + bytes(8)
    assert read(packed) == DATA + b"more"


def test_leaves_alone_what_is_no_stream():
    assert read(lzma.compress(DATA) + b"garbage") == DATA


@pytest.mark.parametrize("cut", [7, 20, 150_000, -1, -13])
def test_one_that_is_cut_short_is_damaged(cut):
    with pytest.raises(ProbeError) as caught:
        read(lzma.compress(DATA)[:cut])
    assert caught.value.reason is Reason.DAMAGED


def test_a_flipped_bit_is_damage():
    packed = bytearray(lzma.compress(DATA))
    packed[200_000] ^= 1
    with pytest.raises(ProbeError) as caught:
        read(bytes(packed))
    assert caught.value.reason is Reason.DAMAGED


def test_the_best_that_xz_packs_by_itself_is_read():
    assert read(lzma.compress(b"text", preset=9 | lzma.PRESET_EXTREME)) == b"text"


def test_a_window_of_four_gibibytes_is_not_given():
    """The size of the window is one byte of the first block's header, which has a checksum."""
    packed = bytearray(lzma.compress(b"text", check=lzma.CHECK_NONE))
    size = (packed[12] + 1) * 4
    packed[packed.index(b"\x21\x01", 12, 12 + size) + 2] = 40
    packed[8 + size : 12 + size] = struct.pack("<I", zlib.crc32(bytes(packed[12 : 8 + size])))
    with pytest.raises(ProbeError) as caught:
        read(bytes(packed))
    assert caught.value.reason is Reason.QUOTA_EXCEEDED
