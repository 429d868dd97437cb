"""Payment cards: issuer ranges with their lengths, and Luhn (ISO/IEC 7812-1)."""

from __future__ import annotations

from typing import Final

from guardian_agent.exposure.personal.digits import luhn

_LONG: Final = frozenset({16, 17, 18, 19})
_16: Final = frozenset({16})
_RANGES: Final[tuple[tuple[int, int, frozenset[int]], ...]] = (
    (2200_00, 2204_99, _LONG),  # Mir
    (2221_00, 2720_99, _16),  # Mastercard
    (3000_00, 3059_99, frozenset({14, 16, 17, 18, 19})),  # Diners Club
    (3095_00, 3095_99, frozenset({14, 16, 17, 18, 19})),  # Diners Club
    (3400_00, 3499_99, frozenset({15})),  # American Express
    (3528_00, 3589_99, _LONG),  # JCB
    (3600_00, 3699_99, frozenset({14, 15, 16, 17, 18, 19})),  # Diners Club
    (3700_00, 3799_99, frozenset({15})),  # American Express
    (3800_00, 3999_99, frozenset({14, 16, 17, 18, 19})),  # Diners Club
    (4000_00, 4999_99, frozenset({13, 16, 19})),  # Visa
    (5018_00, 5018_99, frozenset(range(13, 20))),  # Maestro
    (5020_00, 5020_99, frozenset(range(13, 20))),  # Maestro
    (5038_00, 5038_99, frozenset(range(13, 20))),  # Maestro
    (5100_00, 5599_99, _16),  # Mastercard
    (5893_00, 5893_99, frozenset(range(13, 20))),  # Maestro
    (6011_00, 6011_99, _LONG),  # Discover
    (6200_00, 6299_99, _LONG),  # UnionPay
    (6304_00, 6304_99, frozenset(range(13, 20))),  # Maestro
    (6440_00, 6599_99, _LONG),  # Discover
    (6759_00, 6759_99, frozenset(range(13, 20))),  # Maestro
    (6761_00, 6763_99, frozenset(range(13, 20))),  # Maestro
    (8100_00, 8171_99, _LONG),  # UnionPay
)


def card(value: bytes) -> bool:
    """Whether an issuer gives out such numbers, and the check digit is right."""
    if not value.isdigit():
        return False
    issuer = int(value[:6])
    issued = any(low <= issuer <= high and len(value) in of for low, high, of in _RANGES)
    return issued and luhn(value)
