"""Numbers as people say them."""

from __future__ import annotations


def count(number: int, thing: str) -> str:
    """Say a number of things ("1 file", "12 files")."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def size(number: int) -> str:
    """Say a number of bytes ("1.2 GiB")."""
    amount = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:  # noqa: PLR2004 - binary units
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def plain(word: str) -> str:
    """Return a word of the wire as people write it."""
    return word.replace("_", " ")
