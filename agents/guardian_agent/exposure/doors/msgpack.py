"""As much of MessagePack as borg wraps a key in: one map of texts to bytes, texts and integers."""

from __future__ import annotations

_MOST_ENTRIES = 16


def read_map(data: bytes) -> dict[bytes, bytes | int]:
    """Return the map that `data` begins with; raise `ValueError` for anything else."""
    if not data or data[0] & 0xF0 != 0x80:
        raise ValueError("no small map")
    found: dict[bytes, bytes | int] = {}
    place = 1
    for _ in range(min(data[0] & 0x0F, _MOST_ENTRIES)):
        key, place = _item(data, place)
        value, place = _item(data, place)
        if not isinstance(key, bytes):
            raise ValueError("a key that is no text")  # noqa: TRY004 - a fault of the data
        found[key] = value
    return found


def _item(data: bytes, place: int) -> tuple[bytes | int, int]:
    """Return the text, bytes or integer at a place, and where it ends."""
    if place >= len(data):
        raise ValueError("cut short")
    mark = data[place]
    place += 1
    if mark <= 0x7F:
        return mark, place
    if mark & 0xE0 == 0xA0:
        return _bytes(data, place, mark & 0x1F)
    width = {0xC4: 1, 0xC5: 2, 0xD9: 1, 0xDA: 2}.get(mark)
    if width is not None:
        length = int.from_bytes(data[place : place + width])
        return _bytes(data, place + width, length)
    width = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}.get(mark)
    if width is None:
        raise ValueError("another type")
    number, end = _bytes(data, place, width)
    return int.from_bytes(number), end


def _bytes(data: bytes, place: int, length: int) -> tuple[bytes, int]:
    found = data[place : place + length]
    if len(found) < length:
        raise ValueError("cut short")
    return found, place + length
