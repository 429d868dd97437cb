"""Kinds of personal data, as people call them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_SAID = 4
"""Kinds that one sentence holds."""

KINDS: dict[str, str] = {
    "card": "payment card number",
    "iban": "bank account number",
    "email": "e-mail address",
    "phone": "phone number",
    "inn": "Russian tax number",
    "snils": "Russian insurance number",
    "ogrn": "Russian company number",
    "passport-ru": "Russian passport number",
    "ssn-us": "US social security number",
    "nino-gb": "British insurance number",
    "nhs-gb": "British health number",
    "tin-de": "German tax number",
    "nir-fr": "French insurance number",
    "codice-fiscale-it": "Italian fiscal code",
    "dni-es": "Spanish identity number",
    "pesel-pl": "Polish identity number",
    "bsn-nl": "Dutch citizen number",
    "nn-be": "Belgian national number",
    "kimlik-tr": "Turkish identity number",
    "cpf-br": "Brazilian tax number",
    "id-cn": "Chinese identity number",
    "aadhaar-in": "Indian identity number",
    "rnokpp-ua": "Ukrainian tax number",
    "hetu-fi": "Finnish identity number",
    "personnummer-se": "Swedish identity number",
}
"""By kind, what one of them is called."""


def kinds_found(kinds: Sequence[tuple[str, int]]) -> str:
    """Say how many values of which kinds, the most frequent first ("3 payment card numbers").

    Args:
        kinds: (kind, different values) as stated.
    """
    ranked = sorted(kinds, key=lambda each: (-each[1], each[0]))
    said = [f"{values:,} {name(kind, values)}" for kind, values in ranked[:MOST_SAID]]
    left = len(ranked) - MOST_SAID
    return ", ".join([*said, *([f"and {left} more kinds"] if left > 0 else [])])


def name(kind: str, values: int) -> str:
    """Return what a kind is called ("payment card numbers", "British health number")."""
    single = KINDS.get(kind, f"{kind.replace('-', ' ')} number")
    plural = f"{single}es" if single.endswith("s") else f"{single}s"
    return single if values == 1 else plural
