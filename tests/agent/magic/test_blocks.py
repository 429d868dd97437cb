"""Blocks cut out of compressed data and of ciphertext; the figures come from the benchmark."""

from __future__ import annotations

import bz2
import lzma
import random
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.magic.bits import STEPS, bit_deviation
from guardian_agent.magic.blocks import DOUBTFUL, SURE, Verdict, judge
from guardian_agent.magic.fragments import has_fragment_marks
from guardian_agent.magic.headless import starts_headless
from guardian_agent.wire.facts.words import Encryption
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.made import noise

WORDS = [noise(2 + number % 7, number).hex().encode() for number in range(600)]


def prose(count: int, seed: int = 7) -> bytes:
    """Return words as a language has them: few of them often, many seldom."""
    chooser = random.Random(seed)
    words = chooser.choices(WORDS, [1 / (rank + 1) for rank in range(len(WORDS))], k=count // 8)
    return b" ".join(words)


def encrypted(count: int, seed: int = 3) -> bytes:
    key = algorithms.AES(noise(32, seed))
    return Cipher(key, modes.CTR(noise(16, seed))).encryptor().update(prose(count)[:count])


def look(data: bytes) -> Classified:
    return classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])


CODECS = {
    "gzip": lambda data: zlib.compress(data, 6),
    "gzip-fast": lambda data: zlib.compress(data, 1),
    "bzip2": bz2.compress,
}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [16 * 1024, 60 * 1024])
def test_a_piece_of_compressed_data_is_no_ciphertext(codec, size):
    packed = CODECS[codec](prose(900_000))
    assert judge(packed[5_001 : 5_001 + size]) is not Verdict.LOOKS_RANDOM


@pytest.mark.parametrize("size", [2048, 4096, 16 * 1024, 60 * 1024, 300 * 1024])
def test_ciphertext_looks_random_and_nothing_more_is_said(size):
    assert judge(encrypted(2 * size)[:size]) is Verdict.LOOKS_RANDOM


def test_ciphertext_is_called_compressed_less_than_once_in_a_thousand_blocks():
    verdicts = [judge(noise(4096, seed)) for seed in range(400)]
    assert verdicts.count(Verdict.COMPRESSED) == 0
    assert verdicts.count(Verdict.LOOKS_RANDOM) >= 397


def test_coin_tosses_deviate_as_the_normal_distribution_says():
    deviations = [bit_deviation(noise(4096, seed)) for seed in range(300)]
    assert -0.2 < sum(deviations) / 300 < 0.2
    assert 0.85 < (sum(each * each for each in deviations) / 300) ** 0.5 < 1.15
    assert sum(each > DOUBTFUL for each in deviations) <= 2


def test_a_single_biased_bit_in_thirty_two_is_seen():
    tossed = bytearray(noise(65536))
    tossed[::4] = bytes(each | 1 for each in tossed[::4])
    assert bit_deviation(bytes(tossed)) > SURE


def test_every_pattern_is_measured_once():
    pattern, seen = 1, {1}
    for bit, span in STEPS:
        pattern ^= 1 << bit
        assert pattern.bit_length() == span
        seen.add(pattern)
    assert seen == set(range(1, 256, 2))


def test_lzma_has_no_statistic_but_its_chunks():
    packed = lzma.compress(noise(900_000).hex().encode(), preset=1)
    assert bit_deviation(packed[100_000:130_000]) < DOUBTFUL
    assert judge(packed[100_000 : 100_000 + 64 * 1024]) is Verdict.COMPRESSED
    assert judge(packed[100_000 : 100_000 + 200 * 1024]) is Verdict.COMPRESSED


def test_chunks_of_7_zip_count_where_one_follows_another():
    def chunk(packed: int, seed: int) -> bytes:
        return b"\x84\x12\x34" + (packed - 1).to_bytes(2, "big") + b"\0" + noise(packed - 1, seed)

    packed = chunk(49_160, 1) + chunk(49_320, 2) + chunk(49_158, 3)
    assert has_fragment_marks(packed[1000:])
    assert not has_fragment_marks(packed[1000:49_000])
    assert not has_fragment_marks(packed[1000:60_000] + packed[60_100:])


def test_the_video_of_an_mp4_shows_its_slices():
    units = [b"\x41\x9a" + noise(7000, seed) for seed in range(5)]
    video = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    assert has_fragment_marks(video)
    assert not has_fragment_marks(noise(64 * 1024))


def test_one_mark_is_not_enough_in_a_large_block():
    marked = noise(100_000) + b"\x00\x00\x12\x34\x65\x88" + noise(100_000, 2)
    assert not has_fragment_marks(marked)
    assert has_fragment_marks(marked[90_000:110_000])


@pytest.mark.parametrize(
    "packed",
    [
        zlib.compress(prose(40_000))[2:],
        lzma.compress(prose(90_000), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1}]),
        lzma.compress(prose(90_000), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}]),
    ],
    ids=["deflate", "lzma", "lzma2"],
)
def test_a_codec_without_its_header_still_decodes(packed):
    assert starts_headless(packed)
    assert judge(packed) is Verdict.COMPRESSED


def test_the_classifier_says_compressed_only_of_several_blocks():
    packed = bz2.compress(prose(900_000))[5000:]
    found = look(packed)
    assert (found.state, found.rule) == (Encryption.PLAINTEXT, "compressed-bits")
    assert found.confidence == "likely"
    assert look(packed[: 20 * 1024]).state is Encryption.UNKNOWN
    assert look(noise(90_000)).rule == "looks-random"
    assert look(noise(40_000) + packed + noise(40_000)).state is Encryption.UNKNOWN


@pytest.mark.parametrize("start", [b"", b"\x00", b"\x01", b"\xe0\x00\x10\x00\x10\x5d", b"\xff"])
def test_noise_decodes_as_nothing(start):
    assert not any(starts_headless(start + noise(65536, seed)) for seed in range(40))


def test_a_cipher_without_chaining_is_not_taken_for_compression():
    record = b"Ada Lovelace    London          "
    rows = b"".join(record + b"%016d" % (number % 40) for number in range(2000))
    sealed = Cipher(algorithms.AES(noise(32)), modes.ECB()).encryptor().update(rows)
    assert judge(sealed) is Verdict.NEITHER


@pytest.mark.parametrize(
    "block",
    [b"", noise(2047), bytes(8192), prose(40_000), bytes(range(256)) * 64, b"\x00" + noise(2)],
    ids=["empty", "short", "zeros", "prose", "counter", "three"],
)
def test_what_is_not_random_and_not_dense_is_neither(block):
    assert judge(block) is Verdict.NEITHER


@given(st.binary(max_size=5000), st.integers(1, 3))
def test_every_block_has_a_verdict(block, times):
    assert judge(block * times) in Verdict
