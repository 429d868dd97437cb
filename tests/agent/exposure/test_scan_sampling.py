"""Large files are looked at inside, where nobody can foresee it, and past their holes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from guardian_agent.exposure.sampling import BLOCK, Sample
from guardian_agent.magic import Classified, classify
from guardian_agent.system import Entry

SIZE = 4 << 20
WORDS = b"name;mail;street\nAda Lovelace;ada@example.org;12 St James's Square\n"
KEY = b"k" * 32


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(size)


class Disk:
    """A file whose data lies in some places and whose rest is a hole."""

    def __init__(self, size: int, *parts: tuple[int, bytes]) -> None:
        self.entry = Entry("/f", True, False, False, size, 1, 1, 7, 0o600, 1)
        self.read_at: list[int] = []
        self._size = size
        self._parts = sorted(parts)

    def read(self, offset: int, count: int) -> bytes:
        self.read_at.append(offset)
        found = bytearray(min(count, max(0, self._size - offset)))
        for place, data in self._parts:
            begin, end = max(place, offset), min(place + len(data), offset + len(found))
            if begin < end:
                found[begin - offset : end - offset] = data[begin - place : end - place]
        return bytes(found)

    def next_data(self, offset: int) -> int:
        ends = [(place, place + len(data)) for place, data in self._parts]
        ahead = [max(place, offset) for place, end in ends if end > offset]
        return min(ahead, default=self.entry.size)

    def close(self) -> None:
        """Nothing is open."""


def look(disk: Disk, key: bytes = KEY, by: Callable[..., Classified] = classify) -> Classified:
    return Sample(disk).classified(by, key)


def told(found: Classified) -> tuple[str, str]:
    return found.state.value, found.kind


def test_ciphertext_all_the_way_is_encrypted() -> None:
    found = look(Disk(SIZE, (0, b"Salted__" + noise(SIZE - 8))))
    assert told(found) == ("encrypted", "openssl")


def test_words_behind_an_encrypted_beginning_are_found() -> None:
    words = WORDS * (SIZE // 4 // len(WORDS))
    body = bytearray(b"Salted__" + noise(SIZE - 8))
    # Between the places that lie evenly, and before the end.
    for place in (SIZE // 16, SIZE * 5 // 12, SIZE * 3 // 4):
        body[place : place + len(words) // 2] = words[: len(words) // 2]
    assert told(look(Disk(SIZE, (0, bytes(body)))))[0] != "encrypted"


def test_words_between_random_bytes_are_found_whatever_is_read_evenly() -> None:
    words = WORDS * (SIZE // 2 // len(WORDS))
    body = bytearray(noise(SIZE))
    body[SIZE // 4 : SIZE // 4 + len(words)] = words
    random = classify(noise(1 << 16), noise(1 << 16), SIZE, lambda _, count: noise(count))
    assert told(random) == ("unknown", "random")
    found = look(Disk(SIZE, (0, bytes(body))), by=lambda *_: random)
    assert told(found) == ("plaintext", "mixed")


def test_places_inside_depend_on_a_key() -> None:
    disks = [Disk(SIZE, (0, noise(SIZE))) for _ in range(3)]
    for disk, key in zip(disks, (KEY, KEY, b"other"), strict=True):
        look(disk, key)
    assert disks[0].read_at == disks[1].read_at
    assert disks[0].read_at != disks[2].read_at


def test_a_file_of_holes_is_judged_by_what_is_written() -> None:
    terabyte = 1 << 40
    disk = Disk(terabyte, (terabyte * 2 // 3, WORDS * 300))
    assert told(look(disk)) == ("plaintext", "sparse")
    assert len(disk.read_at) < 40
    assert told(look(Disk(terabyte, (terabyte // 3, noise(1 << 16))))) == ("unknown", "sparse")
    assert told(look(Disk(terabyte))) == ("unknown", "zeros")


def test_a_small_file_is_read_once() -> None:
    disk = Disk(2000, (0, WORDS * 30))
    look(disk)
    assert disk.read_at == [0]


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 131_072, 131_073, 150_000])
def test_whatever_its_size_a_file_reads_as_it_is(size: int) -> None:
    data = noise(size)
    sample = Sample(Disk(size, (0, data)))
    assert sample.size == size
    for offset in (0, 1, 65_530, 65_536, size - 70_000, size - 65_536, size - 9, size):
        if offset >= 0:
            assert sample.read(offset, 20) == data[offset : offset + 20]
            assert sample.read(offset, BLOCK * 9) == data[offset : offset + BLOCK * 9]


def test_a_file_that_was_cut_short_meanwhile_is_as_long_as_it_is_now() -> None:
    disk = Disk(100_000, (0, WORDS))
    disk.entry = disk.entry._replace(size=500_000)
    sample = Sample(disk)
    assert (sample.size, sample.tail) == (500_000, b"")  # no rule believes what is missing
    disk = Disk(3, (0, b"abc"))
    disk.entry = disk.entry._replace(size=500_000)
    assert Sample(disk).size == 3
