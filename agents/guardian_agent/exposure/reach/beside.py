"""Keys that lie beside what they protect: whoever takes the folder has both."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from guardian_agent.exposure.reach.secrets import KEY
from guardian_agent.magic import Classified
from guardian_agent.wire.facts.words import Encryption

BESIDE = "key-beside-data"

_MOST_KEY_BYTES = 64 * 1024
_KEY_NAME = re.compile(
    r"(?i)(?:.*[._-])?(?:pass(?:word|phrase|wd)?|secret|keyfile|identity|unlock)(?:[._-].*)?"
    r"|.*\.(?:key|pass|pw|passphrase|password)|keys?\.txt"
)
_PARTS = (b"pass", b"secret", b"key", b"identity", b"unlock", b".pw")
"""Every such name has one of these in it."""


class Beside:
    """Collects, file by file, in which folders a key lies with something encrypted.

    A file is taken for a key where a private key is in it, or where it is small, readable and
    named like one.
    """

    def __init__(self) -> None:
        self._locked: set[str] = set()
        self._with_keys: set[str] = set()

    def note(self, path: str, size: int, found: Classified, ways: Collection[str]) -> None:
        """Take one file; `ways` are those found for it."""
        folder, _, name = path.rpartition("/")
        if found.state in (Encryption.ENCRYPTED, Encryption.WEAK):
            self._locked.add(folder)
        elif KEY in ways or _is_key(name, size, found):
            self._with_keys.add(folder)

    @property
    def folders(self) -> int:
        """How many folders hold a key beside something that needs one."""
        return len(self._locked & self._with_keys)


def _is_key(name: str, size: int, found: Classified) -> bool:
    readable = found.state in (Encryption.PLAINTEXT, Encryption.UNKNOWN)
    return readable and 0 < size <= _MOST_KEY_BYTES and is_named_like_key(name)


def is_named_like_key(name: str) -> bool:
    """Say whether a file's name is one that people give to keys and passwords."""
    return _KEY_NAME.fullmatch(name) is not None


def may_name_keys(names: Sequence[bytes]) -> bool:
    """Say whether one of some names can be such: fast, for in most folders none is."""
    letters = b"\0".join(names).lower()
    # Outside of ASCII there are letters that count as one of these, whatever their case.
    return not letters.isascii() or any(part in letters for part in _PARTS)
