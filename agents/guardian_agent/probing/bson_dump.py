"""What mongodump writes, read without the server: documents, and archives of them.

Sources: the BSON specification and the archive format of mongo-tools. A document begins with its
length and ends with a zero byte. An archive begins with a list of its collections; each block names
its own, and the block after a collection's last document says so: one without that was cut short.
A folder of `.bson` files has no such end: what is in it is whole, and what is missing nobody knows.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.probing.look import reading
from guardian_agent.probing.stream import Bounded, unpacked
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

MAGIC = struct.pack("<I", 0x8199E26D)
_END = b"\xff\xff\xff\xff"
_LEAST, _MOST = 5, 48 * 1024 * 1024
"""Of a document: the server takes 16 MiB, and dumps hold some that are larger."""
_MAX_COLLECTIONS = 1_000_000
_SIZES = {0x01: 8, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8}
"""Of values of fixed length, by their type."""
_TEXT, _TRUTH = 0x02, 0x08
_VIEW = "view"


@dataclass(frozen=True, slots=True, kw_only=True)
class BsonDump:
    """One dump on disk, to be read until `deadline` (a time of the monotonic clock)."""

    system: System
    path: str
    deadline: float

    def made_by(self) -> str:
        """Return the version of the tool that an archive names; "" for another dump."""
        with reading(self.path), self.system.files.open(self.path) as file:
            stream = self._bounded(unpacked(file))
            if _some(stream, len(MAGIC)) != MAGIC:
                return ""
            return str(fields(_document(stream) or b"").get("tool_version", ""))

    def opens(self) -> bool:
        """Say whether it begins, unpacked, with a document: anybody can read it then."""
        try:
            with reading(self.path), self.system.files.open(self.path) as file:
                stream = self._bounded(unpacked(file))
                head = _some(stream, len(MAGIC))
                if head == MAGIC:
                    head = _some(stream, len(MAGIC))
                return bool(fields(_rest(stream, head)))
        except ProbeError:
            return False

    def read_archive(self) -> int:
        """Read an archive to its end and return how many collections it has.

        Raises:
            ProbeError: DAMAGED when it is cut short or makes no sense, UNSUPPORTED for what is no
                archive, TIMEOUT.
        """
        with reading(self.path), self.system.files.open(self.path) as file:
            stream = self._bounded(unpacked(file))
            head = _some(stream, len(MAGIC))
            if head != MAGIC:
                whole = len(head) == len(MAGIC)
                raise ProbeError(Reason.UNSUPPORTED if whole else Reason.DAMAGED, "no archive")
            wanted = _collections(stream)
            _read_body(stream, wanted)
            return len(wanted)

    def read_documents(self) -> None:
        """Read one `.bson` file to its end; raise as `read_archive`."""
        with reading(self.path), self.system.files.open(self.path) as file:
            stream = self._bounded(unpacked(file))
            while _document(stream) is not None:
                pass

    def _bounded(self, source: object) -> Bounded:
        expired: Callable[[], bool] = lambda: self.system.clock.monotonic() > self.deadline  # noqa: E731
        return Bounded(source, expired)  # type: ignore[arg-type]


def fields(document: bytes) -> dict[str, object]:
    """Return the texts and truths of a flat document; what stands behind other values is not read.

    Raises:
        ProbeError: DAMAGED.
    """
    found: dict[str, object] = {}
    at = 4
    while at < len(document) - 1:
        kind = document[at]
        name, at = _name(document, at + 1)
        if kind == _TEXT:
            size = _length(document, at)
            found[name] = document[at + 4 : at + 3 + size].decode("utf-8", "backslashreplace")
            at += 4 + size
        elif kind in _SIZES:
            if kind == _TRUTH:
                found[name] = document[at : at + 1] == b"\x01"
            at += _SIZES[kind]
        else:
            break
    return found


def _collections(stream: Bounded) -> dict[tuple[object, object], bool]:
    """Return the collections that an archive says it has, none of them read to its end."""
    if "server_version" not in fields(_document(stream) or b""):
        raise _damaged("an archive without a head")
    found: dict[tuple[object, object], bool] = {}
    while (document := _document(stream, ends=True)) is not None:
        told = fields(document)
        if told.get("type") != _VIEW:
            found[told.get("db"), told.get("collection")] = False
        if len(found) > _MAX_COLLECTIONS:
            raise ProbeError(Reason.OUTPUT_LIMIT, "an archive of too many collections")
    return found


def _read_body(stream: Bounded, wanted: dict[tuple[object, object], bool]) -> None:
    """Read all blocks; every collection that is named must come to its end."""
    while (header := _document(stream)) is not None:
        told = fields(header)
        name = told.get("db"), told.get("collection")
        wanted[name] = bool(told.get("EOF"))
        while _document(stream, ends=True) is not None:
            pass
    if not all(wanted.values()):
        raise _damaged("a collection is cut short")


def _document(stream: Bounded, *, ends: bool = False) -> bytes | None:
    """Return the next document; None at the end: of a list where `ends`, else of the file."""
    head = _some(stream, 4)
    if head == _END and ends:
        return None
    if not head and not ends:
        return None
    return _rest(stream, head)


def _rest(stream: Bounded, head: bytes) -> bytes:
    """Return the document that begins with this length."""
    size = _length(head, 0)
    if not _LEAST <= size <= _MOST:
        raise _damaged("a document of no possible length")
    rest = _some(stream, size - 4)
    if len(rest) != size - 4 or rest[-1:] != b"\x00":
        raise _damaged("a document is cut short")
    return head + rest


def _some(stream: Bounded, count: int) -> bytes:
    """Read so many bytes, fewer only at the end."""
    parts, left = [], count
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _name(document: bytes, at: int) -> tuple[str, int]:
    end = document.find(b"\x00", at)
    if end < 0:
        raise _damaged("a name without an end")
    return document[at:end].decode("utf-8", "backslashreplace"), end + 1


def _length(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise _damaged("a length is cut short")
    (size,) = struct.unpack_from("<i", data, at)
    if size <= 0:
        raise _damaged("a length of nothing")
    return int(size)


def _damaged(message: str) -> ProbeError:
    return ProbeError(Reason.DAMAGED, message)


def files_below(system: System, folder: str) -> Iterator[str]:
    """Yield the `.bson` files of a dump in a folder: its own, and those of each database's folder.

    Raises:
        ProbeError: PATH_MISSING or PERMISSION_DENIED.
    """
    with reading(folder):
        for entry in system.files.scan(folder):
            if entry.is_file and entry.path.endswith((".bson", ".bson.gz")):
                yield entry.path
            elif entry.is_directory:
                for inner in system.files.scan(entry.path):
                    if inner.is_file and inner.path.endswith((".bson", ".bson.gz")):
                        yield inner.path
