"""BitLocker (libbde's notes): a suspended volume has the same header, and its key in the clear.

The metadata lists the protectors of the volume's master key. One of the kind "clear key" is enough
for anybody to open the volume, however many others there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.binary import reads_inside
from guardian_agent.magic.data import Data, number

_MARK = b"-FVE-FS-"
_TO_GO = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
_BLOCK_HEADER, _HEADER = 64, 48
_METADATA_MOST = 64 * 1024
_MASTER_KEY, _MASTER_KEY_VALUE = 2, 8
_PROTECTION = 26
_CLEAR_KEY = 0
_CIPHERS = range(0x8000, 0x8006)
"""AES-CBC with and without diffuser, XTS-AES."""


def bitlocker(data: Data) -> Classified | None:
    """Answer for a volume with BitLocker's header, by its metadata."""
    place = _metadata(data.head)
    if place is None:
        return None
    block = data.at(place, _BLOCK_HEADER + _HEADER)
    size = number(block[64:68])
    if not block.startswith(_MARK) or not _HEADER <= size <= _METADATA_MOST:
        return unknown("bitlocker", "bitlocker-clear-key-possible")
    entries = data.at(place + _BLOCK_HEADER + _HEADER, size - _HEADER)
    protectors = set(_protectors(entries))
    if _CLEAR_KEY in protectors:
        return plaintext("bitlocker", "bitlocker-clear-key")
    if not protectors or number(block[100:102]) not in _CIPHERS:
        return unknown("bitlocker", "bitlocker-metadata-unknown")
    if reads_inside(data, len(data.head)):
        return unknown("bitlocker", "bitlocker-half-converted")
    return encrypted("bitlocker", "bitlocker-protectors")


def _metadata(head: bytes) -> int | None:
    """Return where the first metadata block lies; None when this is no such volume."""
    if head[3:11] == _MARK:
        return number(head[176:184])
    if head[3:11] == b"MSWIN4.1" and head[424:440] == _TO_GO:
        return number(head[440:448])
    return None


def _protectors(entries: bytes) -> Iterator[int]:
    """Yield the kind of each protector of the master key."""
    place = 0
    while place + 8 <= len(entries):
        entry = entries[place : place + number(entries[place : place + 2])]
        if len(entry) < 8:
            return
        if number(entry[2:4]) == _MASTER_KEY and number(entry[4:6]) == _MASTER_KEY_VALUE:
            yield number(entry[8 + _PROTECTION : 8 + _PROTECTION + 2])
        place += len(entry)
