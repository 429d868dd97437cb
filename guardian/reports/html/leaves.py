"""What stands between the words: numbers, shares, sizes, lengths of time, moments, names.

Each has one form in English, as `words` and the checks write it, and is said anew by the rules of
another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import format_unit

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT = [name[:3] for name in MONTHS]

_NUMBER = r"-?[0-9][0-9,]*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
_DAY = rf"(?:[0-9]{{1,2}} (?:{'|'.join(_SHORT)}) [0-9]{{4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
_SPAN = r"-?[0-9]+ (?:days?|d|h|min|s)(?: [0-9]+ (?:h|min|s))?|under a second"
FORMS = {
    "n": _NUMBER,
    "share": rf"{_NUMBER} %",
    "size": rf"{_NUMBER} (?:bytes|kB|MB|GB|TB|PB)",
    "span": f"(?:{_SPAN})",
    "day": _DAY,
    "moment": rf"{_DAY},? [0-9]{{2}}:[0-9]{{2}}(?: UTC)?",
    "month": rf"(?:{'|'.join(MONTHS)}) [0-9]{{4}}",
    "name": r"[a-zA-Z0-9][a-zA-Z0-9._+/:@-]*",
    "kind": r"[a-z0-9][a-z0-9._+-]*",
    "place": r"[a-z0-9._-]+(?:, [a-z0-9._-]+)?(?:, copy [a-z0-9._-]+)?",
    "text": ".+?",
    "rest": ".+",
    "list": ".+",
}
"""By kind of hole, what may stand in it."""
_UNITS = {
    "day": "duration-day", "days": "duration-day", "d": "duration-day",
    "h": "duration-hour", "min": "duration-minute", "s": "duration-second",
    "bytes": "digital-byte", "kB": "digital-kilobyte", "MB": "digital-megabyte",
    "GB": "digital-gigabyte", "TB": "digital-terabyte", "PB": "digital-petabyte",
}  # fmt: skip
"""By short word in English, the unit's name in Unicode's tables."""
_SPELT = ("duration-day", "digital-byte")
"""Units that are written out, as no short word is understood."""


def said(text: str, locale: Locale) -> str | None:
    """Return a number, time or size in the language; None where the text is none of them."""
    for kind, say in _SAY.items():
        if re.fullmatch(FORMS[kind], text, re.ASCII):
            return say(text, locale)
    return None


def number(text: str) -> int:
    """Return the number that picks a plural."""
    return int(abs(Decimal(text.replace(",", ""))))


def _number(text: str, locale: Locale) -> str:
    plain = text.replace(",", "")
    if "e" in plain:
        return plain
    digits = "0" * len(plain.partition(".")[2])
    shown = format_decimal(Decimal(plain), format=f"#,##0.{digits}".rstrip("."), locale=locale)
    return _spaced(shown)


def _share(text: str, locale: Locale) -> str:
    return f"{_number(text.removesuffix(' %'), locale)} %"


def _measure(text: str, locale: Locale) -> str:
    """Say a size or a length of time, unit by unit ("2 days 4 h")."""
    words = text.split(" ")
    pairs = zip(words[::2], words[1::2], strict=True)
    return " ".join(_unit(number, _UNITS[unit], locale) for number, unit in pairs)


def _unit(number: str, unit: str, locale: Locale) -> str:
    length: Literal["long", "short"] = "long" if unit in _SPELT else "short"
    value = Decimal(number.replace(",", ""))
    said = format_unit(value, unit, length, format="#,##0.###", locale=locale)
    return _spaced(said)


def _span(text: str, locale: Locale) -> str | None:
    return None if text.startswith("under") else _measure(text, locale)


def _day(text: str, locale: Locale) -> str | None:
    day = _read_day(text)
    return None if day is None else _spaced(format_date(day, "d MMM y", locale=locale))


def _moment(text: str, locale: Locale) -> str | None:
    """Say a moment; the zone stands where it stood."""
    found = re.fullmatch(rf"({_DAY})(,? [0-9]{{2}}:[0-9]{{2}}(?: UTC)?)", text, re.ASCII)
    day = None if found is None else _day(found[1], locale)
    return None if found is None or day is None else f"{day}, {found[2].lstrip(', ')}"


def _month(text: str, locale: Locale) -> str:
    name, year = text.split(" ")
    day = date(int(year) or 1, MONTHS.index(name) + 1, 1)
    return _spaced(format_date(day, "LLLL y", locale=locale))


def _read_day(text: str) -> date | None:
    try:
        if text[4:5] == "-":
            return date.fromisoformat(text)
        day, name, year = text.split(" ")
        return date(int(year), _SHORT.index(name) + 1, int(day))
    except ValueError:
        return None


def _spaced(text: str) -> str:
    """Write plain spaces: the report shows every character that cannot be seen as such."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


_SAY: dict[str, Callable[[str, Locale], str | None]] = {
    "n": _number,
    "share": _share,
    "size": _measure,
    "span": _span,
    "day": _day,
    "moment": _moment,
    "month": _month,
}
