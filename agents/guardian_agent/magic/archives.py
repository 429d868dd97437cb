"""`ar`: Debian packages and static libraries, readable by what their members hold."""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, plaintext, unknown
from guardian_agent.magic.data import Data
from guardian_agent.wire.facts.words import Encryption

_MARK = b"!<arch>\n"
_HEADER = 60
_MEMBERS_LOOKED_INTO = 6
_INDEX = (b"/ ", b"//", b"/SYM64/")


def ar(data: Data) -> Classified | None:
    """Answer for an archive by its first members."""
    if not data.head.startswith(_MARK):
        return None
    place = len(_MARK)
    for _ in range(_MEMBERS_LOOKED_INTO):
        header = data.at(place, _HEADER)
        digits = header[48:58].strip()
        if header[58:60] != b"`\n" or not digits.isdigit():
            break
        size = int(digits)
        if header.startswith(b"debian-binary"):
            return plaintext("deb", "deb-structure")
        is_index = header.startswith(_INDEX)
        if is_index or data.part(place + _HEADER, size).state is Encryption.PLAINTEXT:
            return plaintext("ar", "ar-member-readable")
        place += _HEADER + size + size % 2
    return unknown("ar", "ar-members-unknown")
