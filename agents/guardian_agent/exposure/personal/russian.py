"""Numbers of Russian people and firms: INN, SNILS, OGRN, passport."""

from __future__ import annotations

from typing import Final

from guardian_agent.exposure.personal.digits import is_number, weighted

_FIRM: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_PERSON: Final = (7, *_FIRM)
_PERSON_LAST: Final = (3, *_PERSON)
_FIRST_WITH_CHECK: Final = 1_001_998
_OLDEST_FORM, _YEAR_OF_FORMS_AHEAD = 97, 40


def inn(value: bytes) -> bool:
    """Taxpayer number: region, then one check digit of 10 or two of 12 (order MMV-7-6/435)."""
    if not is_number(value, 10, 12) or value[:2] == b"00":
        return False
    if len(value) == len(_FIRM) + 1:
        return _check(value, _FIRM)
    return _check(value, _PERSON) and _check(value, _PERSON_LAST)


def snils(value: bytes) -> bool:
    """Pension insurance number: weights 9 to 1, mod 101, where 100 stands for 00."""
    if not is_number(value, 11) or int(value[:9]) <= _FIRST_WITH_CHECK:
        return False
    return weighted(value, range(9, 0, -1)) % 101 % 100 == int(value[9:])


def ogrn(value: bytes) -> bool:
    """State registration number of a firm (13 digits) or a sole trader (15)."""
    if not is_number(value, 13, 15) or value[3:5] == b"00":
        return False
    length = len(value)
    first, divisor = (b"15", 11) if length == 13 else (b"3", 13)
    return value[:1] in first and int(value[:-1]) % divisor % 10 == int(value[-1:])


def passport(value: bytes) -> bool:
    """Inner passport: no check digit; region, the form's year of printing, a number."""
    if not is_number(value, 10) or value[:2] == b"00":
        return False
    year = int(value[2:4])
    printed = year >= _OLDEST_FORM or year <= _YEAR_OF_FORMS_AHEAD
    return printed and int(value[4:]) > 100


def _check(value: bytes, weights: tuple[int, ...]) -> bool:
    return weighted(value, weights) % 11 % 10 == value[len(weights)] - 48
