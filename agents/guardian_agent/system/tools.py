"""Which programs may be run: those that nobody but root and we could have replaced.

An agent that runs as root whatever lies first on the path hands root to whoever may write there
(CVE-2024-47091). So a tool counts only if the file, every symbolic link on the way to it and every
directory above them belong to root or to us and cannot be written by group or others. A directory
with the sticky bit (`/tmp`) passes: only its owner may replace what is in it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.wire.facts.words import Reason

SEARCH_PATH = (
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
)
_MAX_LINKS = 16
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def find_trusted(name: str, folders: Sequence[str] = SEARCH_PATH) -> str | None:
    """Return the first trusted executable called `name`, or None when there is none at all.

    Args:
        name: a bare name, looked up in `folders`, or an absolute path.
        folders: where to look, in this order; the environment's PATH does not count.

    Raises:
        ProbeError: TOOL_UNTRUSTED when there are some, but none that can be trusted.
    """
    doubts = []
    for candidate in _candidates(name, folders):
        doubt = _doubt(candidate)
        if doubt is None:
            return candidate
        doubts.append(doubt)
    if doubts:
        advice = "make root its owner and take write permission from group and others"
        raise ProbeError(Reason.TOOL_UNTRUSTED, f"{name} is not run: {doubts[0]}; {advice}")
    return None


def _candidates(name: str, folders: Sequence[str]) -> list[str]:
    if "/" in name:
        paths = [name] if os.path.isabs(name) else []
    else:
        paths = [os.path.join(folder, name) for folder in folders]
    return [path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)]


def _doubt(path: str) -> str | None:
    """Say what speaks against `path`, or None."""
    trusted = (0, os.geteuid())
    for part in _way(path):
        found = os.lstat(part)
        if found.st_uid not in trusted:
            return f"{part} belongs to user {found.st_uid}"
        if found.st_mode & _WRITABLE_BY_OTHERS and not _harmless(found.st_mode):
            return f"{part} can be written by others (mode {stat.S_IMODE(found.st_mode):04o})"
    return None


def _harmless(mode: int) -> bool:
    """A link's own mode means nothing; in a sticky directory only owners replace things."""
    return stat.S_ISLNK(mode) or (stat.S_ISDIR(mode) and bool(mode & stat.S_ISVTX))


def _way(path: str) -> Iterator[str]:
    """Yield every file, link and directory that decides what `path` is."""
    for _ in range(_MAX_LINKS):
        folder = os.path.realpath(os.path.dirname(path))
        yield from _upwards(os.path.dirname(path))
        yield from _upwards(folder)
        path = os.path.join(folder, os.path.basename(path))
        yield path
        if not os.path.islink(path):
            return
        path = os.path.normpath(os.path.join(folder, os.readlink(path)))
    raise ProbeError(Reason.TOOL_UNTRUSTED, f"{path}: too many symbolic links")


def _upwards(folder: str) -> Iterator[str]:
    while folder != "/":
        yield folder
        folder = os.path.dirname(folder)
    yield "/"
