"""What is packed is sealed only where all of it is: to the end of each stream, and of the last."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import struct
import subprocess
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic import made
from tests.agent.magic.asking import look
from tests.agent.magic.made import TEXT, noise

SEALED = made.age(noise(300))
LARGE = made.age(noise(200_000))
HUGE = made.age(noise(1_000_000))
DUMP = TEXT * 3
MARK = b"\x04\x22\x4d\x18\x60\x40\x82"


def lz4(*blocks: bytes) -> bytes:
    stored = (struct.pack("<I", len(each) | 1 << 31) + each for each in blocks)
    return MARK + b"".join(stored) + bytes(4)


def zstd(*blocks: bytes) -> bytes:
    """A frame of raw blocks."""
    last = len(blocks) - 1
    heads = [
        (len(each) << 3 | (at == last)).to_bytes(3, "little") for at, each in enumerate(blocks)
    ]
    return b"\x28\xb5\x2f\xfd\x00\x58" + b"".join(map(bytes.__add__, heads, blocks))


def halves(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[place : place + 60_000] for place in range(0, len(data), 60_000))


READABLE = {
    "gzip-third-member": gzip.compress(SEALED) + gzip.compress(LARGE) + gzip.compress(DUMP),
    "gzip-behind-much": gzip.compress(LARGE + DUMP),
    "gzip-member-behind-much": gzip.compress(LARGE) + gzip.compress(DUMP),
    "gzip-behind-noise": gzip.compress(noise(9000)) + gzip.compress(DUMP),
    "bzip2-behind-much": bz2.compress(LARGE) + bz2.compress(DUMP),
    "xz-behind-much": lzma.compress(LARGE + DUMP),
    "zlib-behind-much": zlib.compress(LARGE + DUMP),
}
NOT_KNOWN = {
    "gzip-too-long-to-see": gzip.compress(HUGE),
    "gzip-much-in-little": gzip.compress(SEALED) + gzip.compress(bytes(90_000_000)),
    "gzip-of-many-members": gzip.compress(SEALED) * 500,
    "gzip-cut-short": gzip.compress(LARGE)[:-5000],
    "gzip-before-a-mark": gzip.compress(SEALED) + b"Ada Lovelace\n" * 9,
    "zlib-before-text": zlib.compress(LARGE) + DUMP,
    "lz4-second-block": lz4(LARGE[:60_000], DUMP[:60_000]),
    "lz4-second-frame": lz4(*halves(LARGE)) + lz4(DUMP),
    "zstd-second-block": zstd(LARGE[:60_000], DUMP[:60_000]),
    "zstd-second-frame": zstd(*halves(LARGE)) + zstd(DUMP[:60_000]),
}
SEALED_TO_THE_END = {
    "gzip": gzip.compress(LARGE),
    "gzip-two-members": gzip.compress(LARGE) + gzip.compress(SEALED),
    "gzip-padded": gzip.compress(LARGE) + bytes(4096),
    "gzip-beside-nothing": gzip.compress(LARGE) + gzip.compress(b""),
    "bzip2": bz2.compress(LARGE),
    "bzip2-of-one-block": bz2.compress(made.age(noise(700_000))),
    "xz": lzma.compress(LARGE),
    "lzma": lzma.compress(LARGE, lzma.FORMAT_ALONE),
    "zlib": zlib.compress(LARGE),
    "lz4": lz4(*halves(LARGE)),
    "zstd": zstd(*halves(LARGE)),
}


@pytest.mark.parametrize("case", READABLE)
def test_readable_data_behind_ciphertext_is_found(case: str) -> None:
    assert look(READABLE[case]).state == "plaintext"


@pytest.mark.parametrize("case", NOT_KNOWN)
def test_what_was_not_seen_to_its_end_is_not_called_encrypted(case: str) -> None:
    assert look(NOT_KNOWN[case]).state in {"unknown", "plaintext"}


@pytest.mark.parametrize("case", SEALED_TO_THE_END)
def test_ciphertext_to_the_end_stays_encrypted(case: str) -> None:
    assert look(SEALED_TO_THE_END[case]).state == "encrypted"


def test_one_weak_stream_among_sealed_ones_is_weak() -> None:
    weak = made.flip_zip_flags(made.zipped(zipfile.ZIP_STORED, a=noise(5000)), 1)
    assert look(gzip.compress(SEALED) + gzip.compress(weak)).state == "weak"


@given(st.binary(max_size=300))
def test_whatever_follows_has_an_answer(rest: bytes) -> None:
    assert look(gzip.compress(SEALED) + rest).state in {"encrypted", "unknown", "plaintext"}


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("zstd") is None, reason="zstd is not installed")
@pytest.mark.parametrize("more", [b"", DUMP])
def test_frames_that_zstd_itself_wrote(more: bytes) -> None:
    command = ["zstd", "-q", "-c"]
    packed = b"".join(
        subprocess.run(command, input=each, capture_output=True, check=True).stdout
        for each in (LARGE, more)
        if each
    )
    assert (look(packed).state == "encrypted") == (not more)
