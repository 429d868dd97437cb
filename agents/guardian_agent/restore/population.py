"""The files that a restore test may draw from: the manifest that an earlier statement signed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from guardian_agent.errors import StateError
from guardian_agent.restore.manifest import leaf_of
from guardian_agent.restore.records import Closing, Record, read
from guardian_agent.system.ports import Files
from guardian_agent.wire.merkle import inclusion_proofs, verify_inclusion
from guardian_agent.wire.names import Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A signed manifest: its file, its root, and how many files it has (one at least)."""

    path: str
    root: Hash
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One file as an earlier statement signed it, with its inclusion path, lower hash first."""

    record: Record
    proof: tuple[bytes, ...]


def read_population(files: Files, path: str) -> Population | None:
    """Return the manifest at `path`, or None where there is none or it has no file.

    Raises:
        StateError: it is damaged.
        OSError: it cannot be read.
    """
    if not files.exists(path):
        return None
    found = None
    for item in read(files, path):
        if isinstance(item, Closing) and item.files > 0:
            found = Population(path=path, root=item.root, files=item.files)
    return found


def signed_files(
    files: Files, population: Population, key: bytes, indices: Collection[int]
) -> dict[int, Signed]:
    """Return the files at these places of the manifest, each with its proof.

    Raises:
        StateError: the manifest does not amount to the root that was signed.
        OSError: it cannot be read.
    """
    wanted = frozenset(indices)
    records: dict[int, Record] = {}

    def leaves() -> Iterator[bytes]:
        for index, item in enumerate(read(files, population.path)):
            if isinstance(item, Record):
                if index in wanted:
                    records[index] = item
                yield leaf_of(item, key)

    proofs = inclusion_proofs(leaves(), wanted)
    root = bytes.fromhex(population.root)
    for index in wanted:
        leaf = leaf_of(records[index], key) if index in records else b""
        if not verify_inclusion(leaf, index, population.files, proofs.get(index, []), root):
            raise StateError(f"{population.path}: does not amount to the root that was signed")
    return {index: Signed(record=records[index], proof=tuple(proofs[index])) for index in wanted}
