"""Who can fetch a copy's bytes on this machine, and who holds its key."""

from __future__ import annotations

from collections.abc import Iterable

from guardian_agent.exposure.reach.folders import OTHERS_ENTER, OTHERS_READ, Folders
from guardian_agent.system.ports import Entry, Files
from guardian_agent.wire.names import Slug

LOCAL_USERS = Slug("local-users")
OWNER = Slug("owner")
ON_SERVER = Slug("on-server")
BESIDE_DATA = Slug("beside-data")

_MOST_ENTRIES = 2000
"""Looked at in a repository before it is left open who can read it."""
_NO_DATA = frozenset({"README", "config"})
"""What a repository tells everybody about itself."""


def fetched_by(path: str, files: Files) -> Slug | None:
    """Say who can read a file, or any file of a folder: `local-users` or `owner`.

    The modes of all folders above count: a file that everybody may read lies safe in a folder that
    nobody else may enter. Members of a group count as the owner, who put them there.

    Returns:
        None where it cannot be seen.
    """
    place = files.real(path)
    try:
        entry = files.stat(place)
        if not Folders(files).are_open(place.rpartition("/")[0] or "/"):
            return OWNER
        if entry.is_directory:
            return _of_folder(entry, files)
    except OSError:
        return None
    return LOCAL_USERS if entry.mode & OTHERS_READ else OWNER


def _of_folder(folder: Entry, files: Files) -> Slug | None:
    """Look for a file that everybody may read, through folders that everybody may enter."""
    waiting = [folder]
    for _ in range(_MOST_ENTRIES):
        if not waiting:
            return OWNER
        entry = waiting.pop()
        if entry.is_directory and entry.mode & OTHERS_ENTER:
            waiting += files.scan(entry.path)
        elif entry.is_file and entry.mode & OTHERS_READ and _holds_data(entry):
            return LOCAL_USERS
    return None


def _holds_data(entry: Entry) -> bool:
    return entry.size > 0 and entry.path.rpartition("/")[2] not in _NO_DATA


def key_held(path: str | None, keys: Iterable[str], files: Files) -> Slug | None:
    """Say where the key of a copy lies: `beside-data` in its folder or the one above, else here.

    Returns:
        None where no key is known to be on this machine.
    """
    places = [files.real(key) for key in keys]
    if not places:
        return None
    data = "" if path is None else files.real(path)
    return BESIDE_DATA if any(data and _is_beside(each, data) for each in places) else ON_SERVER


def _is_beside(key: str, data: str) -> bool:
    return key.startswith(f"{data}/") or key.rpartition("/")[0] == data.rpartition("/")[0]
