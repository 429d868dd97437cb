"""Percona XtraBackup's and MariaDB's streams: chunks of files, each of which may be encrypted.

A chunk is a mark, flags, a type, the path, and for payloads a length, an offset and a check sum.
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, encrypted, plaintext, unknown
from guardian_agent.magic.data import Data, number
from guardian_agent.wire.facts.words import Encryption

_MARK = b"XBSTCK01"
_PATH_MOST = 512
_CHUNKS_LOOKED_INTO = 16


def xbstream(data: Data) -> Classified | None:
    """Answer for a stream by the chunks at its start."""
    if not data.head.startswith(_MARK):
        return None
    states: set[Encryption] = set()
    place = 0
    for _ in range(_CHUNKS_LOOKED_INTO):
        chunk = data.at(place, 14)
        length = number(chunk[10:14])
        if not chunk.startswith(_MARK) or length > _PATH_MOST:
            break
        place += 14 + length
        if chunk[9:10] == b"E":  # the file's end
            continue
        payload = number(data.at(place, 8))
        place += 8 + 8 + 4
        if payload:
            states.add(data.part(place, min(payload, data.size - place)).state)
        place += payload
    return _verdict(states, is_complete=place == data.size)


def _verdict(states: set[Encryption], *, is_complete: bool) -> Classified:
    if Encryption.PLAINTEXT in states:
        return plaintext("xbstream", "xbstream-file-readable")
    if states == {Encryption.ENCRYPTED} and is_complete:
        return encrypted("xbstream", "xbstream-files-encrypted")
    return unknown("xbstream", "xbstream-files-unknown")
