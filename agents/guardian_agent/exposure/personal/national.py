"""National numbers of people with check digits (and three known by their form alone)."""

from __future__ import annotations

from collections import Counter
from typing import Final

from guardian_agent.exposure.personal.digits import (
    as_digits,
    is_date,
    is_number,
    iso_7064_mod_11_10,
    luhn,
    weighted,
)

_NIE: Final = {b"X": b"0", b"Y": b"1", b"Z": b"2"}
_SPANISH: Final = b"TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH: Final = b"0123456789ABCDEFHJKLMNPRSTUVWXY"
_FINNISH_SIGNS: Final = frozenset(b"%c" % sign for sign in b"ABCDEFUVWXY")
_ITALIAN_ODD: Final = bytes.fromhex("01000507090d0f111315020412140b0306080c0e100a16191817")
"""What a letter counts at an odd place, A to Z; a digit counts like the letter of its rank."""
_ITALIAN_MONTHS: Final = b"ABCDEHLMPRST"
_CHINESE: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIHEDRAL: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)


def _permuted(times: int) -> tuple[int, ...]:
    """Verhoeff's permutation of the digits, so many times over."""
    digits = tuple(range(10))
    for _ in range(times):
        digits = tuple((1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit] for digit in digits)
    return digits


_PERMUTATIONS: Final = tuple(_permuted(times) for times in range(8))


def us_social_security(value: bytes) -> bool:
    """USA: no check digit; areas 000, 666 and 9xx, group 00 and serial 0000 are never given."""
    if not is_number(value, 9) or value[:1] == b"9":
        return False
    return value[:3] not in {b"000", b"666"} and value[3:5] != b"00" and value[5:] != b"0000"


def british_insurance(value: bytes) -> bool:
    """Great Britain, NINO: no check digit; letters that are not given out, suffix A to D."""
    if len(value) != 9 or not value[2:8].isdigit() or value[8:] not in {b"A", b"B", b"C", b"D"}:
        return False
    first, second = value[:1], value[1:2]
    given = first.isalpha() and second.isalpha() and first not in b"DFIQUV"
    never = {b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"}
    return given and second not in b"DFIQUVO" and value[:2] not in never


def british_health(value: bytes) -> bool:
    """England, Wales, Man, NHS number: weights 10 to 2, mod 11."""
    if not is_number(value, 10) or len(set(value)) == 1:
        return False
    check = -weighted(value, range(10, 1, -1)) % 11
    return check == value[9] - 48


def german_tax(value: bytes) -> bool:
    """Germany, identification number: one digit twice or thrice in ten, ISO 7064 MOD 11,10."""
    if not is_number(value, 11) or value[:1] == b"0":
        return False
    often = sorted(Counter(value[:10]).values(), reverse=True)
    return often[0] in {2, 3} and often[1:2] == [1] and iso_7064_mod_11_10(value)


def french_insurance(value: bytes) -> bool:
    """France, NIR: sex, year, month, place; key 97 - n mod 97; Corsica writes 2A and 2B."""
    digits = value.replace(b"2A", b"19", 1) if value[5:7] == b"2A" else value
    digits = digits.replace(b"2B", b"18", 1) if value[5:7] == b"2B" else digits
    if not is_number(digits, 15) or digits[:1] not in b"123478":
        return False
    month = int(digits[3:5])
    known_month = 1 <= month <= 12 or month == 20 or 30 <= month <= 42 or month >= 50
    return known_month and 97 - int(digits[:13]) % 97 == int(digits[13:])


def spanish_identity(value: bytes) -> bool:
    """Spain, DNI and NIE: a letter by mod 23."""
    digits = _NIE.get(value[:1], value[:1]) + value[1:8]
    if len(value) != 9 or not digits.isdigit() or digits == b"00000000":
        return False
    return _SPANISH[int(digits) % 23] == value[8]


def italian_fiscal(value: bytes) -> bool:
    """Italy, codice fiscale: names, birth date, place, a letter by odd and even places."""
    if len(value) != 16 or not (value.isalnum() and value.isascii() and value.isupper()):
        return False
    letters, digits = value[:6] + value[8:9] + value[11:12] + value[15:], value[6:8] + value[9:11]
    if not letters.isalpha() or not digits.isdigit() or not value[12:15].isdigit():
        return False
    day = int(value[9:11])
    if value[8:9] not in _ITALIAN_MONTHS or not (1 <= day <= 31 or 41 <= day <= 71):
        return False
    places = [int(bytes([each]), 36) for each in value[:15]]
    return (_italian_sum(places) % 26) == value[15] - ord("A")


def _italian_sum(places: list[int]) -> int:
    """Digits count like the letters A to J."""
    ranks = [place if place < 10 else place - 10 for place in places]
    return sum(_ITALIAN_ODD[rank] for rank in ranks[::2]) + sum(ranks[1::2])


def polish_pesel(value: bytes) -> bool:
    """Poland, PESEL: birth date with the century in the month, weights 1 3 7 9, mod 10."""
    if not is_number(value, 11) or not is_date(int(value[2:4]) % 20, int(value[4:6])):
        return False
    return weighted(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def dutch_citizen(value: bytes) -> bool:
    """The Netherlands, BSN: weights 9 to 2 and -1, mod 11."""
    if not is_number(value, 9) or int(value) < 10_000_000:
        return False
    return weighted(value, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def belgian_national(value: bytes) -> bool:
    """Belgium, national number: 97 - n mod 97, a 2 in front for those born since 2000."""
    if not is_number(value, 11) or not is_date(int(value[2:4]), int(value[4:6])):
        return False
    check = int(value[9:])
    return check in {97 - int(value[:9]) % 97, 97 - int(b"2" + value[:9]) % 97}


def turkish_identity(value: bytes) -> bool:
    """Turkey, T.C. kimlik: the tenth from odd and even places, the eleventh from all."""
    if not is_number(value, 11) or value[:1] == b"0":
        return False
    digits = list(as_digits(value))
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return tenth == digits[9] and sum(digits[:10]) % 10 == digits[10]


def brazilian_cpf(value: bytes) -> bool:
    """Brazil, CPF: two check digits, mod 11; eleven equal digits are none."""
    if not is_number(value, 11) or len(set(value)) == 1:
        return False
    first = weighted(value, range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(value, range(11, 1, -1)) * 10 % 11 % 10
    return [first, second] == [digit - 48 for digit in value[9:]]


def chinese_identity(value: bytes) -> bool:
    """China (GB 11643): birth date in the middle, ISO 7064 MOD 11-2, X for 10."""
    if len(value) != 18 or not value[:17].isdigit() or value[:1] in b"09":
        return False
    if value[6:8] not in {b"19", b"20"} or not is_date(int(value[10:12]), int(value[12:14])):
        return False
    return b"10X98765432"[weighted(value, _CHINESE) % 11] == value[17]


def indian_aadhaar(value: bytes) -> bool:
    """India, Aadhaar: Verhoeff; none starts with 0 or 1, none reads the same backwards."""
    if not is_number(value, 12) or value[:1] in b"01" or value == value[::-1]:
        return False
    check = 0
    for place, digit in enumerate(as_digits(value[::-1])):
        check = _DIHEDRAL[check][_PERMUTATIONS[place % 8][digit]]
    return check == 0


def ukrainian_taxpayer(value: bytes) -> bool:
    """Ukraine, RNOKPP: weights -1 5 7 9 4 6 10 5 7, mod 11 mod 10."""
    if not is_number(value, 10) or len(set(value)) == 1:
        return False
    return weighted(value, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == value[9] - 48


def swedish_personal(value: bytes) -> bool:
    """Sweden, personnummer: birth date (a coordination number adds 60 to the day), Luhn."""
    short = value[-10:]
    if not is_number(value, 10, 12):
        return False
    day = int(short[4:6])
    return is_date(int(short[2:4]), day - 60 if day > 60 else day) and luhn(short)


def finnish_identity(value: bytes) -> bool:
    """Finland, henkilötunnus: birth date, century's sign, number, a character by mod 31."""
    value = value[:6] + value[-4:] if value[6:7] in _FINNISH_SIGNS else value
    if len(value) != 10 or not value[:9].isdigit() or value[6:9] < b"002":
        return False
    known = is_date(int(value[2:4]), int(value[:2]))
    return known and _FINNISH[int(value[:9]) % 31] == value[9]
