"""The kinds of numbers that are looked for: how they are written, checked and called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from guardian_agent.exposure.personal import contact, national, russian
from guardian_agent.exposure.personal.cards import card
from guardian_agent.wire.names import Slug

CARD, IBAN, EMAIL, PHONE = Slug("card"), Slug("iban"), Slug("email"), Slug("phone")
ITALIAN_FISCAL = Slug("codice-fiscale-it")

BEFORE: Final = rb"(?<![0-9A-Za-z])(?<![0-9][.\-])"
AFTER: Final = rb"(?![0-9A-Za-z])(?![.\-][0-9])"
_SEPARATORS: Final = bytes(code for code in range(256) if not bytes([code]).isalnum())
_CODES: Final = {
    "9": rb"[0-9]",
    "A": rb"[A-Za-z]",
    "X": rb"[0-9A-Za-z]",
    " ": rb"(?:[ \-]|\xc2\xa0)",
    ".": rb"\.",
    "-": rb"-",
    "+": rb"[-+]",
}


def form_of(layout: str) -> bytes:
    """Return a layout as a regular expression: 9 a digit, A a letter, X either, blank or dash."""
    return b"".join(_CODES[each] for each in layout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of number.

    Attributes:
        name: what it is called in facts.
        layouts: how it is written, digit by digit; the first ones win.
        valid: checks it without separators, letters as capitals.
        least: how many different ones must pass in one column to count without a word beside
            them: so many that chance does it once in a hundred million. 0: never without a word.
        form: what finds it behind a word.
        plausible: looks at it as it is written, separators and all.
    """

    name: Slug
    layouts: tuple[str, ...]
    valid: Callable[[bytes], bool]
    least: int
    form: re.Pattern[bytes]
    plausible: Callable[[bytes], bool] = bool

    def value_of(self, written: bytes) -> bytes | None:
        """Return the number without separators when it is valid, else None."""
        value = compact(written)
        return value if self.plausible(written) and self.valid(value) else None


def compact(written: bytes) -> bytes:
    """Return a number without separators, letters as capitals."""
    return written.translate(None, _SEPARATORS).upper()


def _kind(name: str, layouts: str, valid: Callable[[bytes], bool], least: int) -> Kind:
    written = tuple(layouts.split(" | "))
    inner = b"|".join(form_of(layout) for layout in written)
    form = re.compile(BEFORE + b"(?:" + inner + b")" + AFTER)
    return Kind(name=Slug(name), layouts=written, valid=valid, least=least, form=form)


def _plain(least: int, most: int) -> str:
    return " | ".join("9" * count for count in range(most, least - 1, -1))


_CARD: Final = (
    "9999 9999 9999 9999 999 | 9999 9999 9999 9999 | 9999 999999 99999 | 9999 999999 9999"
)

KINDS: Final[tuple[Kind, ...]] = (
    _kind("card", f"{_CARD} | {_plain(13, 19)}", card, 8),
    _kind("inn", "999999999999 | 9999999999", russian.inn, 8),
    _kind("snils", "999-999-999 99 | 999 999 999 99 | 99999999999", russian.snils, 4),
    _kind("ogrn", "999999999999999 | 9999999999999", russian.ogrn, 8),
    _kind("ssn-us", "999-99-9999 | 999 99 9999 | 999999999", national.us_social_security, 0),
    _kind("nino-gb", "AA 99 99 99 A | AA999999A", national.british_insurance, 0),
    _kind("nhs-gb", "999 999 9999 | 9999999999", national.british_health, 8),
    _kind("tin-de", "99 999 999 999 | 99999999999", national.german_tax, 8),
    _kind(
        "nir-fr",
        "9 99 99 9X 999 999 99 | 999999X999999 99 | 999999X99999999",
        national.french_insurance,
        4,
    ),
    _kind(
        "dni-es",
        "99999999A | 99999999-A | A9999999A | A9999999-A | A-9999999-A",
        national.spanish_identity,
        6,
    ),
    _kind(
        "codice-fiscale-it",
        "AAAAAA99A99A999A | AAA AAA 99A99 A999A",
        national.italian_fiscal,
        0,
    ),
    _kind("pesel-pl", "99999999999", national.polish_pesel, 8),
    _kind("bsn-nl", "999999999 | 9999.99.999", national.dutch_citizen, 8),
    _kind("nn-be", "99.99.99-999.99 | 99999999999", national.belgian_national, 4),
    _kind("kimlik-tr", "99999999999", national.turkish_identity, 4),
    _kind("cpf-br", "999.999.999-99 | 99999999999", national.brazilian_cpf, 4),
    _kind("id-cn", "99999999999999999X", national.chinese_identity, 6),
    _kind("aadhaar-in", "9999 9999 9999 | 999999999999", national.indian_aadhaar, 8),
    _kind("rnokpp-ua", "9999999999", national.ukrainian_taxpayer, 8),
    _kind(
        "personnummer-se",
        "99999999+9999 | 999999+9999 | 999999999999 | 9999999999",
        national.swedish_personal,
        8,
    ),
    _kind("hetu-fi", "999999+999X | 999999A999X", national.finnish_identity, 6),
)
"""Numbers with a form that needs a word beside it, or a column of its like."""

PASSPORT: Final = Kind(
    name=Slug("passport-ru"),
    layouts=("99 99 999999", "9999 999999", "9999999999"),
    valid=russian.passport,
    least=0,
    form=re.compile(
        BEFORE
        + rb"[0-9]{2}[ \-]?[0-9]{2}(?:[ \-]{0,2}|[^0-9A-Za-z\n][^0-9\n]{1,24})[0-9]{6}"
        + AFTER
    ),
)
LOCAL_PHONE: Final = Kind(
    name=PHONE,
    layouts=(),
    valid=bytes.isdigit,
    plausible=contact.local_phone,
    least=0,
    # What begins with a plus is found without a word; taken here, so that no rest of it is.
    form=re.compile(
        rb"(?<![0-9A-Za-z.])(?:\+[0-9]|\([0-9]++\)|[0-9])[0-9]*+"
        rb"(?:(?:[ ().\-/]|\xc2\xa0){1,3}[0-9]++)*+" + AFTER
    ),
)
BY_NAME: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (*KINDS, PASSPORT, LOCAL_PHONE)}
