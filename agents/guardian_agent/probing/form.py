"""In which form a database lies in a backup, by its first bytes."""

from __future__ import annotations

from guardian_agent.probe import Form
from guardian_agent.system.ports import Files

_HEAD_BYTES = 512
_ARCHIVES = ((0, b"PGDMP"), (257, b"ustar"))
"""Where in a file stands what tells pg_dump's custom and tar forms."""
_ONE_FILE = b"SQLite format 3\0"


def form_of(files: Files, path: str) -> Form:
    """Return the form of a dump; what is packed passes for plain, as only its reader unpacks it.

    Raises:
        OSError: it cannot be read.
    """
    if files.stat(path).is_directory:
        return Form.DIRECTORY
    with files.open(path) as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_ONE_FILE):
        return Form.FILE
    if any(head[offset:].startswith(mark) for offset, mark in _ARCHIVES):
        return Form.ARCHIVE
    return Form.PLAIN
