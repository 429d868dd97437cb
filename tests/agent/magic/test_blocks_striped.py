"""Files of which an attacker encrypted every other piece."""

from __future__ import annotations

import zlib

import pytest
from guardian_agent.magic.randomness import looks_random
from guardian_agent.magic.stripes import is_mixed, is_striped
from guardian_agent.wire.facts.words import Encryption
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.made import noise
from tests.agent.magic.test_blocks import encrypted, look, prose

ROWS = b"".join(b"%07d;Ada Lovelace;ada@example.org;London\n" % number for number in range(2000))
PROGRAM = bytes(min(each & 15, each >> 4) for each in noise(65536))


def striped(data: bytes, piece: int, period: int = 2) -> bytes:
    """Return data with the first of every `period` pieces encrypted."""
    changed = bytearray(data)
    for place in range(0, len(data), piece * period):
        changed[place : place + piece] = noise(len(data[place : place + piece]), place)
    return bytes(changed)


@pytest.mark.parametrize("piece", [16, 32, 64, 256, 1024])
@pytest.mark.parametrize("data", [ROWS[:65536], PROGRAM], ids=["rows", "program"])
def test_every_other_piece_encrypted(data, piece):
    changed = striped(data, piece)
    assert not looks_random(changed)
    assert is_striped(changed)


@pytest.mark.parametrize(
    "data",
    [ROWS, PROGRAM, noise(65536), zlib.compress(prose(400_000)), bytes(65536), b"", noise(100)],
    ids=["rows", "program", "noise", "compressed", "zeros", "empty", "short"],
)
def test_data_of_one_piece_is_not_striped(data):
    assert not is_striped(data)


@pytest.mark.parametrize("piece", [16, 64, 1024])
def test_the_classifier_calls_it_mixed_and_readable(piece):
    found = look(striped(ROWS, piece))
    assert (found.state, found.kind, found.confidence) == (Encryption.PLAINTEXT, "mixed", "likely")


def test_windows_some_of_which_are_encrypted():
    assert is_mixed([striped(ROWS, 8192, 3)])
    assert not is_mixed([ROWS])
    assert not is_mixed([encrypted(65536)])
    assert not is_mixed([])


@given(st.binary(max_size=300), st.integers(0, 60))
def test_every_block_has_an_answer(block, times):
    assert is_striped(block * times) in {True, False}
    assert is_mixed([block * times]) in {True, False}
