"""Who gets at one file, for people who ask which: by its mode, its folders, and keys beside it."""

from __future__ import annotations

from guardian_agent.exposure.doors.who import LOCAL_USERS, OWNER
from guardian_agent.exposure.reach.beside import is_named_like_key
from guardian_agent.exposure.reach.folders import OTHERS_READ, Folders
from guardian_agent.exposure.walk import Place
from guardian_agent.magic import Classified
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

_LOCKED = (Encryption.ENCRYPTED, Encryption.WEAK)
_MOST_KEY_BYTES = 64 * 1024


class GettingAt:
    """Answers for the files of one folder after the other."""

    def __init__(self, files: Files) -> None:
        self._folders = Folders(files)
        self._path: str | None = None
        self._keys: frozenset[str] = frozenset()

    def readable_by(self, place: Place, name: str) -> Slug | None:
        """Say who can fetch a file's bytes; None where that cannot be seen."""
        try:
            mode = place.folder.stat(name).mode
        except OSError:
            return None
        is_open = mode & OTHERS_READ and self._folders.are_open(place.path)
        return LOCAL_USERS if is_open else OWNER

    def has_key_beside(self, place: Place, name: str, found: Classified) -> bool:
        """Say whether a small file named like a key lies in the folder of what needs one."""
        if found.state not in _LOCKED:
            return False
        if place.path != self._path:
            self._path, self._keys = place.path, frozenset(_keys(place))
        return bool(self._keys - {name})


def _keys(place: Place) -> list[str]:
    return [each for each in place.names if is_named_like_key(each) and _is_small(place, each)]


def _is_small(place: Place, name: str) -> bool:
    try:
        return 0 < place.folder.stat(name).size <= _MOST_KEY_BYTES
    except OSError:
        return False
