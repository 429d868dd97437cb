"""The index beside a manifest: where each of its chunks begins, and what to know of each file.

A manifest is a file of lines, as long as the live data has files. With its index a restore test
reads the few lines that it draws and no others, whatever the size: a chunk is 16 lines, and for
each the index has the offset of the first and the root of the subtree over them. Sixteen is a power
of two, so the tree over the chunks' roots is the tree over the lines.

    rows      per file: size, last touched, first seen, number, whether it can be compared, leaf
    chunks    per 16 files: offset in the manifest, root
    summary   one line of JSON

A file keeps its number from manifest to manifest as long as it is there, so that a ledger of tests
is an array. The numbers of files that went are given to new ones. The index is never trusted: what
is drawn is held against the signed root, and a torn or damaged index is not used at all.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, NamedTuple

from guardian_agent.errors import DecodeError
from guardian_agent.restore.records import last_line
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.merkle import EMPTY
from guardian_agent.wire.names import Hash, ShortHash

CHUNK = 16
"""Lines a chunk has. A draw reads whole chunks, and all chunks' roots are kept."""
MAX_FREE = 65_536
"""Numbers of vanished files that are kept for new ones."""
MAX_NUMBERS = 2**26
"""Beyond these a new numbering is begun: a ledger of them has 256 MiB."""

_ROW = struct.Struct("<QIIIB32s")
_CHUNK = struct.Struct("<Q32s")
_BLOCK = 4096
_LATEST = 2**32 - 1


class Row(NamedTuple):
    """What the index knows of one file; a tuple, as there may be millions. Times in seconds.

    `touched` is the later of its contents' and its inode's change, `seen` when a manifest first
    had it under this number, `comparable` whether it has a hash and a name that is text, `leaf` its
    hash in the manifest's tree.
    """

    size: int
    touched: int
    seen: int
    number: int
    comparable: bool
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The index's last line: which manifest it is of, and the digest of all before it."""

    root: Hash
    files: int
    bytes: int
    numbering: ShortHash
    """Names one counting of files: numbers of another one mean other files."""
    numbers: int
    """All numbers are below this."""
    digest: Hash


class Numbers:
    """Gives a number to each file that is new, and takes back those of files that went."""

    def __init__(self, numbering: ShortHash, count: int, now: int) -> None:
        self.numbering = numbering
        self.count = count
        self._now = now
        self._free: deque[int] = deque(maxlen=MAX_FREE)

    def free(self, number: int) -> None:
        """Take back the number of a file that is there no more."""
        self._free.append(number)

    def give(self) -> tuple[int, int]:
        """Return a number, and since when it is the new file's.

        A number had before counts from the next second: no test of its former file does.
        """
        if self._free:
            return self._free.popleft(), self._now + 1
        self.count += 1
        return self.count - 1, self._now


class Indexer:
    """Writes the index while its manifest is written, and computes the root on the way."""

    def __init__(self, out: BinaryIO | None) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self._tree = EMPTY
        self._leaves: list[bytes] = []
        self._offset = self._begins = 0
        self._chunks = io.BytesIO()
        self.files = 0
        self.bytes = 0

    def add(self, length: int, row: Row) -> None:
        """Take the next line of the manifest: its length in bytes, and its row."""
        self._put(_ROW.pack(*row))
        self._leaves.append(row.leaf)
        self._offset += length
        self.files += 1
        self.bytes += row.size
        if len(self._leaves) == CHUNK:
            self._end_chunk()

    def root(self) -> Hash:
        """Return the root over all lines so far; nothing is added after it."""
        if self._leaves:
            self._end_chunk()
        return Hash(self._tree.root().hex())

    def close(self, numbers: Numbers) -> None:
        """Write the chunks and the summary."""
        root = self.root()
        self._put(self._chunks.getvalue())
        summary = Summary(
            root=root,
            files=self.files,
            bytes=self.bytes,
            numbering=numbers.numbering,
            numbers=numbers.count,
            digest=Hash(self._digest.hexdigest()),
        )
        if self._out is not None:
            self._out.write(b"\n" + to_json(summary) + b"\n")

    def _end_chunk(self) -> None:
        root = root_over(self._leaves)
        self._tree = self._tree.append(root)
        self._chunks.write(_CHUNK.pack(self._begins, root))
        self._leaves.clear()
        self._begins = self._offset

    def _put(self, data: bytes) -> None:
        if self._out is not None:
            self._digest.update(data)
            self._out.write(data)


class Index:
    """A whole index; its chunks are held in memory, its rows are read when they are wanted."""

    def __init__(self, path: str, summary: Summary, chunks: bytes) -> None:
        self.path = path
        self.summary = summary
        self._chunks = chunks

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return len(self._chunks) // _CHUNK.size

    def offset(self, chunk: int) -> int:
        """Return where a chunk's first line begins in the manifest."""
        begins: int = _CHUNK.unpack_from(self._chunks, chunk * _CHUNK.size)[0]
        return begins

    def root(self, first: int, end: int) -> bytes:
        """Return the root of the tree over the chunks `[first, end)`."""
        wanted = self._chunks[first * _CHUNK.size : end * _CHUNK.size]
        return root_over([root for _, root in _CHUNK.iter_unpack(wanted)])

    def leaves(self, source: BinaryIO, chunk: int) -> list[bytes]:
        """Return the leaves of one chunk, out of the opened index."""
        source.seek(chunk * CHUNK * _ROW.size)
        wanted = max(0, min(CHUNK, self.summary.files - chunk * CHUNK))
        block = source.read(wanted * _ROW.size)
        whole = block[: len(block) // _ROW.size * _ROW.size]
        return [Row._make(row).leaf for row in _ROW.iter_unpack(whole)]

    def rows(self, files: Files) -> Iterator[Row]:
        """Yield the row of each file, in the manifest's order; raise `OSError`."""
        return map(Row._make, self.plain_rows(files))

    def plain_rows(self, files: Files) -> Iterator[tuple[int, int, int, int, bool, bytes]]:
        """Yield the same as plain tuples: for all files at each test, three times as fast."""
        with files.open(self.path) as source:
            left = self.summary.files
            while left and (block := source.read(min(left, _BLOCK) * _ROW.size)):
                yield from _ROW.iter_unpack(block)
                left -= len(block) // _ROW.size


def root_over(hashes: list[bytes]) -> bytes:
    """Return the root of the tree over some leaves or subtrees of one size, at least one.

    As `merkle.root_of`, level by level: a last one without a partner rises unhashed.
    """
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        odd = hashes[len(hashes) & ~1 :]
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return hashes[0]


def moment_of(nanoseconds: int) -> int:
    """Return a time in seconds as a row holds it."""
    return max(0, min(nanoseconds // 10**9, _LATEST))


def read_index(files: Files, path: str) -> Index | None:
    """Return the index at `path` if it is there and whole."""
    try:
        with files.open(path) as source:
            summary = build(Summary, read_json(last_line(source)))
            return _checked(source, path, summary)
    except (OSError, DecodeError):
        return None


def index_of_lines(path: str, lines: Iterator[tuple[bytes, int]], root: Hash) -> Index:
    """Return an index without rows, made from a manifest's leaves and their lines' lengths."""
    chunks, begins, count = io.BytesIO(), 0, 0
    while some := list(islice(lines, CHUNK)):
        chunks.write(_CHUNK.pack(begins, root_over([leaf for leaf, _ in some])))
        begins += sum(length for _, length in some)
        count += len(some)
    nobody = ShortHash("0" * 32)
    summary = Summary(root=root, files=0, bytes=0, numbering=nobody, numbers=0, digest=root)
    return Index(path, summary, chunks.getvalue())


def _checked(source: BinaryIO, path: str, summary: Summary) -> Index | None:
    """Hold what stands before the summary against its digest; keep the chunks."""
    digest = hashlib.sha256()
    rows, chunks = summary.files * _ROW.size, -(-summary.files // CHUNK) * _CHUNK.size
    source.seek(0)
    left = rows
    while left and (block := source.read(min(left, _BLOCK * _ROW.size))):
        digest.update(block)
        left -= len(block)
    kept = source.read(chunks)
    digest.update(kept)
    return Index(path, summary, kept) if digest.hexdigest() == summary.digest else None
