"""The manifest's own file in the agent's state: one line for each live file, one to close it.

    ["/srv/files/a",5,1700000000000000000,1700000000000000000,42,"9f86d0..."]
    {"root":"...","files":1,"bytes":5}

It holds paths and never leaves the server. It serves twice: the next manifest takes unchanged
files' hashes from it, and a restore test draws from it what an earlier statement signed. The last
line says which root that was, so a torn file is recognised and not used.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from guardian_agent.errors import DecodeError, StateError
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash

LAST_LINE_BYTES = 1024
"""Our own last lines are shorter."""
_COMPACT = json.JSONEncoder(separators=(",", ":"))
"""ASCII only: a name that is no text stays reversible as an escaped surrogate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One live file as a manifest saw it; `content` is its SHA-256 in hexadecimal, if read."""

    path: str
    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    content: str | None

    def is_unchanged(self, entry: Entry) -> bool:
        """Say whether nothing of what the kernel tells about the file has changed since."""
        return self == record_of(entry, self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The last line: what the manifest above it amounts to."""

    root: Hash
    files: int
    bytes: int


def record_of(entry: Entry, content: str | None) -> Record:
    """Return the record of a live file; times before 1970 count as 1970: the wire has no sign."""
    return Record(
        path=entry.path,
        size=entry.size,
        modified_ns=max(0, entry.modified_ns),
        changed_ns=max(0, entry.changed_ns),
        inode=entry.inode,
        content=content,
    )


def to_line(record: Record) -> bytes:
    """Return a record as one line of the file."""
    values = [
        record.path,
        record.size,
        record.modified_ns,
        record.changed_ns,
        record.inode,
        record.content,
    ]
    return _COMPACT.encode(values).encode("ascii") + b"\n"


def closing_line(closing: Closing) -> bytes:
    """Return the last line of the file."""
    return to_json(closing) + b"\n"


def last_line(source: BinaryIO) -> bytes:
    """Return the last line of a file that may be long, without reading what is before it."""
    end = source.seek(0, io.SEEK_END)
    source.seek(max(0, end - LAST_LINE_BYTES))
    return source.read().removesuffix(b"\n").rpartition(b"\n")[2]


def read_closing(files: Files, path: str) -> Closing:
    """Return what a manifest file says that it amounts to, reading its end alone.

    Raises:
        StateError: it has no closing line.
        OSError: it cannot be read.
    """
    with files.open(path) as source:
        closing = parse_line(last_line(source), path)
    if not isinstance(closing, Closing):
        raise StateError(f"{path}: ends without its closing line")
    return closing


def read(files: Files, path: str) -> Iterator[Record | Closing]:
    """Yield the records of a manifest file in their order, and its closing line.

    Raises:
        StateError: a line without the agreed form, or no closing line: the file was torn.
        OSError: it cannot be read.
    """
    closed = False
    with files.open(path) as lines:
        for line in lines:
            if closed:
                raise StateError(f"{path}: goes on after its closing line")
            item = parse_line(line, path)
            closed = isinstance(item, Closing)
            yield item
    if not closed:
        raise StateError(f"{path}: ends without its closing line")


def parse_line(line: bytes, path: str) -> Record | Closing:
    """Return what one line of the manifest file `path` says; raise `StateError`."""
    try:
        values = json.loads(line)
        if isinstance(values, dict):
            return build(Closing, values)
    except (ValueError, DecodeError):
        values = None
    match values:
        case [
            str(name),
            int(size),
            int(modified_ns),
            int(changed_ns),
            int(inode),
            str() | None as content,
        ]:
            return Record(
                path=name,
                size=size,
                modified_ns=modified_ns,
                changed_ns=changed_ns,
                inode=inode,
                content=content,
            )
        case _:
            raise StateError(f"{path}: damaged: a line is no record")
