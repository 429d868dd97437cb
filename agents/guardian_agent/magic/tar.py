"""tar (POSIX ustar and GNU): names lie open; what the members hold decides."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data
from guardian_agent.wire.facts.words import Encryption

BLOCK = 512
_MEMBERS_LOOKED_INTO = 24
_REGULAR = {b"0", b"\x00", b"7"}
_DESCRIBING = {b"x", b"g", b"L", b"K"}
"""Names and attributes of the member that follows."""
_DESCRIPTION_MOST = 16 * 1024
_PADDING_MOST = 64 * 1024


def tar(data: Data) -> Classified | None:
    """Answer for a tar archive; its first header's checksum must hold."""
    if not _is_header(data.head[:BLOCK]):
        return None
    states: set[Encryption] = set()
    place = 0
    for _ in range(_MEMBERS_LOOKED_INTO):
        header = data.at(place, BLOCK)
        if len(header) == BLOCK and not any(header):
            return _verdict(states, is_complete=_ends(data, place))
        if not _is_header(header):
            break
        size = _size(header)
        if header[156:157] in _REGULAR and size:
            states.add(data.part(place + BLOCK, size).state)
        elif size and (header[156:157] not in _DESCRIBING or size > _DESCRIPTION_MOST):
            states.add(Encryption.UNKNOWN)
        if Encryption.PLAINTEXT in states:
            break
        place += BLOCK + -(-size // BLOCK) * BLOCK
    return _verdict(states, is_complete=False)


def _ends(data: Data, place: int) -> bool:
    """Say whether nothing but zeros stands behind the last member; `tar -A` appends archives."""
    left = data.known - place
    padding = data.at(place, left) if left <= _PADDING_MOST else b""
    return len(padding) == left and not any(padding)


def _verdict(states: set[Encryption], *, is_complete: bool) -> Classified:
    if Encryption.PLAINTEXT in states:
        return plaintext("tar", "tar-member-readable")
    if is_complete and states == {Encryption.ENCRYPTED}:
        return encrypted("tar", "tar-members-encrypted")
    return unknown("tar", "tar-members-unknown")


def _is_header(block: bytes) -> bool:
    """Check the sum of all bytes, its own field counted as blanks."""
    if len(block) < BLOCK or not any(block):
        return False
    try:
        told = int(block[148:156].strip(b" \x00") or b"x", 8)
    except ValueError:
        return False
    return told == sum(block[:148]) + 8 * 32 + sum(block[156:])


def _size(header: bytes) -> int:
    field = header[124:136]
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    try:
        return int(field.strip(b" \x00") or b"0", 8)
    except ValueError:
        return 0
