from __future__ import annotations

import pytest
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.wire.observations import Encryption
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.magic.made import noise

HEADER, INDEX, INODE = 8, 17855, 3


def page(size: int, number: int, kind: int, body: bytes = b"") -> bytes:
    """Return a page: its number, its kind, and what it holds."""
    head = bytearray(94)
    head[4:8] = number.to_bytes(4, "big")
    head[24:26] = kind.to_bytes(2, "big")
    return (bytes(head) + body).ljust(size, b"\0")


def table(
    size: int = 16384, *, index: bytes = b"\1\0\2\0\x1ainfimum\0\2\0\x0b\0\0supremum"
) -> bytes:
    """Return a table's file as it lies on the disk, its rows on page 3."""
    rows = b"Customer 1, Customer 2" * 10
    pages = [(HEADER, b""), (5, b""), (INODE, b""), (INDEX, index + rows)]
    return b"".join(page(size, number, *each) for number, each in enumerate(pages))


def look(data: bytes) -> Classified:
    return classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])


@pytest.mark.parametrize("size", [4096, 8192, 16384, 32768, 65536])
def test_a_table_in_the_clear(size):
    found = look(table(size))
    assert (found.state, found.rule) == (Encryption.PLAINTEXT, "innodb-page")


def test_a_table_whose_rows_are_encrypted_is_not_known_to_be_readable():
    assert look(table(index=noise(16000))).state is Encryption.UNKNOWN


def test_an_index_page_in_the_wrong_place_is_none():
    data = table()
    moved = data[: 3 * 16384] + page(16384, 7, INDEX, b"infimum\0supremum" + noise(15000))
    assert look(moved).state is Encryption.UNKNOWN


def test_a_file_of_another_kind_is_none():
    data = bytearray(table())
    data[24:26] = INODE.to_bytes(2, "big")
    assert look(bytes(data)).kind != "innodb"


@given(st.binary(max_size=200), st.integers(0, 4 * 16384))
def test_whatever_it_holds_there_is_an_answer(junk, place):
    data = table()
    assert look(data[:place] + junk + data[place:])
