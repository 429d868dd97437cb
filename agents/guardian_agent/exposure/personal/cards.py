"""Payment cards: issuer ranges with their lengths, and Luhn (ISO/IEC 7812-1)."""

from __future__ import annotations

from typing import Final

from guardian_agent.exposure.personal.digits import luhn

_RANGES: Final = (
    # first and last four digits of an issuer's numbers, and how long those are
    (2200, 2204, range(16, 20)),  # Mir
    (2221, 2720, range(16, 17)),  # Mastercard
    (3000, 3059, (14, 16, 17, 18, 19)),  # Diners Club
    (3095, 3095, (14, 16, 17, 18, 19)),  # Diners Club
    (3400, 3499, range(15, 16)),  # American Express
    (3528, 3589, range(16, 20)),  # JCB
    (3600, 3699, range(14, 20)),  # Diners Club
    (3700, 3799, range(15, 16)),  # American Express
    (3800, 3999, (14, 16, 17, 18, 19)),  # Diners Club
    (4000, 4999, (13, 16, 19)),  # Visa
    (5018, 5018, range(13, 20)),  # Maestro
    (5020, 5020, range(13, 20)),  # Maestro
    (5038, 5038, range(13, 20)),  # Maestro
    (5100, 5599, range(16, 17)),  # Mastercard
    (5893, 5893, range(13, 20)),  # Maestro
    (6011, 6011, range(16, 20)),  # Discover
    (6200, 6299, range(16, 20)),  # UnionPay
    (6304, 6304, range(13, 20)),  # Maestro
    (6440, 6599, range(16, 20)),  # Discover
    (6759, 6759, range(13, 20)),  # Maestro
    (6761, 6763, range(13, 20)),  # Maestro
    (8100, 8171, range(16, 20)),  # UnionPay
)
_LENGTHS: Final = {
    b"%d" % issuer: frozenset(lengths)
    for first, last, lengths in _RANGES
    for issuer in range(first, last + 1)
}


def card(value: bytes) -> bool:
    """Whether an issuer gives out such numbers, and the check digit is right."""
    return len(value) in _LENGTHS.get(value[:4], ()) and luhn(value)
