"""Secrets that lie beside the data: whoever takes the folder takes them along.

Small files named like a key or a password are looked at, in the folder of a file, or in a
repository's own folder and the one it lies in. What they hold is tried, and never kept.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from guardian_agent.errors import StateError
from guardian_agent.exposure.reach.beside import is_named_like_key
from guardian_agent.system.ports import Entry, Files

MOST_FILES = 16
MOST_SECRETS = 32
MOST_ENTRIES = 10_000
"""Names looked at in one folder."""
_MOST_BYTES = 4096
_MOST_SECRET = 1024
_LINES = 4
_WRAPPED = ("BORG_KEY ", "-----BEGIN ")
"""Keys that are no passwords, whatever they are taken for."""
_ASSIGNED = re.compile(r"^(?:export\s+)?\w*PASS\w*\s*[=:]\s*[\"']?(.*?)[\"']?$", re.IGNORECASE)


def secrets_beside(path: str, files: Files) -> tuple[bytes, ...]:
    """Return what stands in the keys and password files beside a file or repository."""
    found: dict[bytes, None] = {}
    for text in texts_beside(path, files):
        for secret in _secrets(text):
            if 0 < len(secret) <= _MOST_SECRET:
                found.setdefault(secret)
    return tuple(found)[:MOST_SECRETS]


def texts_beside(path: str, files: Files) -> Iterator[str]:
    """Yield the small files named like a key that lie beside `path` or, for a folder, in it."""
    for entry in _named_like_keys(path, files):
        with contextlib.suppress(OSError, StateError):
            yield files.read(entry.path, _MOST_BYTES).decode("utf-8", "surrogateescape")


def _named_like_keys(path: str, files: Files) -> Iterator[Entry]:
    left = MOST_FILES
    for folder in _folders(path, files):
        for entry in _entries(folder, files):
            name = entry.path.rpartition("/")[2]
            is_key = entry.is_file and 0 < entry.size <= _MOST_BYTES and is_named_like_key(name)
            if is_key and entry.path != path and left:
                left -= 1
                yield entry


def _folders(path: str, files: Files) -> tuple[str, ...]:
    above = path.rpartition("/")[0] or "/"
    return (path, above) if files.stat(path, follow=True).is_directory else (above,)


def _entries(folder: str, files: Files) -> Iterator[Entry]:
    with contextlib.suppress(OSError):
        for number, entry in enumerate(files.scan(folder)):
            if number >= MOST_ENTRIES:
                return
            yield entry


def _secrets(text: str) -> Iterator[bytes]:
    """Yield what may be meant: the text as it is, its lines, and what is assigned in them."""
    if text.startswith(_WRAPPED):
        return
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith("#")][:_LINES]
    for each in (text.rstrip("\r\n"), *told):
        yield each.encode("utf-8", "surrogateescape")
    for line in told:
        assigned = _ASSIGNED.match(line)
        if assigned is not None:
            yield assigned[1].encode("utf-8", "surrogateescape")
