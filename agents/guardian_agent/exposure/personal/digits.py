"""Check digits of identity, tax and insurance numbers, from their public definitions.

Each takes the number in its compact form (`0-9` and capital letters, no separators), of a length
that its layouts allow, and says whether it can be one. None of them raises on other bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import mul
from typing import Final

_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
_PLAIN: Final = bytes.maketrans(b"0123456789", bytes(range(10)))


def is_number(value: bytes, *lengths: int) -> bool:
    """Whether it consists of ASCII digits alone, and of how many."""
    return len(value) in lengths and value.isdigit()


def weighted(value: bytes, weights: Iterable[int]) -> int:
    """Sum of the first digits, each times its weight."""
    return sum(map(mul, value.translate(_PLAIN), weights))


def luhn(value: bytes) -> bool:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, digits summed."""
    if not value.isdigit():
        return False
    plain = sum(value[::-2].translate(_PLAIN))
    return (plain + sum(value[-2::-2].translate(_DOUBLED))) % 10 == 0


def is_date(month: int, day: int) -> bool:
    """Whether a year can have that day."""
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1]


def as_digits(value: bytes) -> Iterable[int]:
    """Its digits as numbers."""
    return value.translate(_PLAIN)


def iso_7064_mod_11_10(value: bytes) -> bool:
    """ISO/IEC 7064, the hybrid system MOD 11,10."""
    check = 5
    for digit in as_digits(value):
        check = ((check or 10) * 2 % 11 + digit) % 10
    return check == 1
