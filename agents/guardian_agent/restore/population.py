"""The files that a restore test may draw from: the manifest that an earlier statement signed.

Of the manifest only the chunks are read in which the wanted files lie. What is read is held against
the signed root: an index that leads astray is made anew from the manifest, and a manifest that does
not amount to the root is not drawn from at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from guardian_agent.errors import StateError
from guardian_agent.restore.index import CHUNK, Index, index_of_lines, root_over
from guardian_agent.restore.manifest import fitting_index, leaf_of
from guardian_agent.restore.records import Record, parse_line, read_closing, to_line
from guardian_agent.restore.records import read as read_records
from guardian_agent.system.ports import Files
from guardian_agent.wire.merkle import multiproof, verify_multiproof
from guardian_agent.wire.names import Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A signed manifest: its file, its root, how many files it has (one at least) and bytes.

    `index` is None where it has none: then it is read whole, and nothing rotates.
    """

    path: str
    root: Hash
    files: int
    bytes: int
    index: Index | None


class Excerpt:
    """Some files of a manifest as an earlier statement signed them, with what proves them."""

    def __init__(
        self, records: Mapping[int, Record], leaves: Mapping[int, list[bytes]], index: Index
    ) -> None:
        self.records = records
        """By their place in the manifest."""
        self._leaves = leaves
        self._index = index

    def proof(self, places: Collection[int], files: int) -> list[bytes]:
        """Return the multiproof of the files at these places, of a manifest of `files`."""

        def subtree_root(first: int, end: int) -> bytes:
            chunk, inside = divmod(first, CHUNK)
            if inside == 0 and (end - first >= CHUNK or end == files):
                return self._index.root(chunk, -(-end // CHUNK))
            return root_over(self._leaves[chunk][inside : inside + end - first])

        return multiproof(subtree_root, files, places)


def read_population(files: Files, path: str) -> Population | None:
    """Return the manifest at `path`, or None where there is none or it has no file.

    Raises:
        StateError: it is damaged.
        OSError: it cannot be read.
    """
    if not files.exists(path):
        return None
    closing = read_closing(files, path)
    if closing.files == 0:
        return None
    index = fitting_index(files, path)
    if index is not None and index.summary.files != closing.files:
        index = None
    return Population(
        path=path, root=closing.root, files=closing.files, bytes=closing.bytes, index=index
    )


def read_excerpt(
    files: Files, population: Population, key: bytes, places: Collection[int]
) -> Excerpt:
    """Return the files at these places of the manifest.

    Raises:
        StateError: the manifest does not amount to the root that was signed.
        OSError: it cannot be read.
    """
    for index in _indexes(files, population, key):
        found = _excerpt(files, population, index, key, places)
        if found is not None:
            return found
    raise StateError(f"{population.path}: does not amount to the root that was signed")


def _indexes(files: Files, population: Population, key: bytes) -> Iterator[Index]:
    """Yield the index, and one made anew for where it leads astray."""
    if population.index is not None:
        yield population.index
    yield _index_anew(files, population, key)


def _index_anew(files: Files, population: Population, key: bytes) -> Index:
    """Read the whole manifest."""
    path = population.path
    lines = (
        (leaf_of(item, key), len(to_line(item)))
        for item in read_records(files, path)
        if isinstance(item, Record)
    )
    return index_of_lines(path, lines, population.root)


def _excerpt(
    files: Files, population: Population, index: Index, key: bytes, places: Collection[int]
) -> Excerpt | None:
    """Read the chunks of these places, or return None where they do not lead to the root."""
    wanted: dict[int, list[int]] = {}
    for place in sorted(places):
        wanted.setdefault(place // CHUNK, []).append(place)
    if max(wanted) >= index.chunks:
        return None
    records: dict[int, Record] = {}
    leaves: dict[int, list[bytes]] = {}
    with files.open(population.path) as manifest, files.open(index.path) as rows:
        for chunk, inside in wanted.items():
            manifest.seek(index.offset(chunk))
            lines = list(islice(manifest, CHUNK))
            for place in inside:
                record = _record(lines, place % CHUNK, population.path)
                if record is None:
                    return None
                records[place] = record
            leaves[chunk] = index.leaves(rows, chunk) or _leaves(lines, key, population.path)
            if len(leaves[chunk]) != min(CHUNK, population.files - chunk * CHUNK):
                return None
    excerpt = Excerpt(records, leaves, index)
    return excerpt if _leads_to_root(excerpt, population, key) else None


def _record(lines: Sequence[bytes], place: int, path: str) -> Record | None:
    try:
        item = parse_line(lines[place], path) if place < len(lines) else None
    except StateError:
        return None
    return item if isinstance(item, Record) else None


def _leaves(lines: Sequence[bytes], key: bytes, path: str) -> list[bytes]:
    """Return the leaves of a chunk's lines, where no index has them."""
    records = (_record(lines, place, path) for place in range(len(lines)))
    return [leaf_of(record, key) for record in records if record is not None]


def _leads_to_root(excerpt: Excerpt, population: Population, key: bytes) -> bool:
    proven = {place: leaf_of(record, key) for place, record in excerpt.records.items()}
    proof = excerpt.proof(proven, population.files)
    return verify_multiproof(proven, population.files, proof, bytes.fromhex(population.root))
