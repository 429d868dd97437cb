"""Bech32, the writing of age's identities (BIP 173, without its limit of length)."""

from __future__ import annotations

from guardian_agent.exposure.doors.lock import CannotTryError

_DIGITS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6
_MOST_CHARACTERS = 200


def decode_bech32(text: str) -> tuple[str, bytes]:
    """Return the prefix, in lower case, and the bytes; raise `CannotTryError` for other text."""
    if len(text) > _MOST_CHARACTERS or text not in {text.lower(), text.upper()}:
        raise CannotTryError
    prefix, one, rest = text.lower().rpartition("1")
    digits = [_DIGITS.find(each) for each in rest]
    if not one or -1 in digits or len(digits) <= _CHECKSUM or not prefix.isascii():
        raise CannotTryError
    expanded = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    if _polymod(expanded + digits) != 1:
        raise CannotTryError
    return prefix, _eights(digits[:-_CHECKSUM])


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> place & 1 else 0
    return checksum


def _eights(digits: list[int]) -> bytes:
    """Turn digits of five bits into bytes; bits left over are padding."""
    number = 0
    for digit in digits:
        number = number << 5 | digit
    bits = 5 * len(digits)
    return (number >> bits % 8).to_bytes(bits // 8)
