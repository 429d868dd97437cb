"""International bank account numbers (ISO 13616): length by country, mod 97."""

from __future__ import annotations

import re
from typing import Final

_LENGTHS: Final = (
    b"15NO 16BE 18DK 18FI 18FK 18FO 18GL 18NL 18SD 19MK 19SI 20AT 20BA 20EE 20KZ 20LT 20LU 20MN "
    b"20XK 21CH 21HR 21LI 21LV 22BG 22BH 22CR 22DE 22GB 22GE 22IE 22ME 22RS 22VA 23AE 23GI 23IL "
    b"23IQ 23OM 23SO 23TL 24AD 24CZ 24ES 24MD 24PK 24RO 24SA 24SE 24SK 24TN 24VG 25LY 25PT 25ST "
    b"26IS 26TR 27BI 27DJ 27FR 27GR 27IT 27MC 27SM 28AL 28AZ 28BY 28CY 28DO 28GT 28HN 28HU 28LB "
    b"28NI 28PL 28SV 29BR 29EG 29PS 29QA 29UA 30JO 30KW 30MU 30YE 31MT 31SC 32LC 33RU"
)
LENGTH_OF: Final = {each[2:]: int(each[:2]) for each in _LENGTHS.split()}
"""How long an account number of a country is, from SWIFT's registry."""

_WRITTEN: Final = re.compile(rb"[A-Za-z]{2}[0-9]{2}(?:[ -]?[0-9A-Za-z]){11,30}")


def iban(value: bytes) -> bool:
    """Whether a compact number has its country's length and the right check digits."""
    if len(value) != LENGTH_OF.get(value[:2]) or not value[2:4].isdigit():
        return False
    if not (value.isalnum() and value.isascii() and value.isupper()):
        return False
    moved = value[4:] + value[:4]
    return int("".join(str(int(chr(each), 36)) for each in moved)) % 97 == 1


def iban_at(view: bytes, place: int) -> bytes | None:
    """Return the valid account number that starts there, compact; None when there is none.

    It is cut at its country's length, for words may follow after a blank, as long as no letter or
    digit follows directly.
    """
    length = LENGTH_OF.get(view[place : place + 2].upper())
    if length is None or view[place - 1 : place].isalnum():
        return None
    written = _WRITTEN.match(view, place)
    if written is None:
        return None
    end = _end(view, place, length, written.end())
    value = view[place:end].translate(None, b" -").upper()
    return value if not view[end : end + 1].isalnum() and iban(value) else None


def _end(view: bytes, place: int, length: int, limit: int) -> int:
    """Where its last letter or digit ends."""
    end = place + length
    while end < limit:
        missing = length - len(view[place:end].translate(None, b" -"))
        if not missing:
            break
        end += missing
    return end
