"""Merkle trees as RFC 6962 section 2.1 defines them, for manifests and the evidence log.

A leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right): the two prefixes keep a
node from passing for a leaf. The left subtree of a node is always the largest complete one that
leaves something for the right; the empty tree's root is SHA-256 of nothing.

Many leaves are proven at once by one multiproof, a growing tree by RFC 9162's consistency proof
(section 2.1.4.2). Verifiers answer False for whatever does not prove the claim, and never raise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from guardian_agent.errors import DecodeError


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that stands for `data`."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What must be kept of a tree to append to it: the roots of its complete subtrees.

    `hashes` are largest subtree first; their sizes are the binary digits of `size`. A million
    leaves need twenty hashes.

    Raises:
        DecodeError: as many hashes as `size` asks for are not there.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if self.size < 0 or self.size.bit_count() != len(self.hashes):
            raise DecodeError(f"{len(self.hashes)} subtrees do not make a tree of {self.size}")

    def append(self, leaf_hash: bytes) -> Frontier:
        """Return the frontier of the tree that has one leaf more."""
        kept, node = list(self.hashes), leaf_hash
        for _ in range(_trailing_ones(self.size)):
            node = _node_hash(kept.pop(), node)
        return Frontier(self.size + 1, (*kept, node))

    def root(self) -> bytes:
        """Return the root: the subtrees joined from the smallest up."""
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        *rest, node = self.hashes
        for left in reversed(rest):
            node = _node_hash(left, node)
        return node


EMPTY = Frontier(size=0, hashes=())
"""The tree without leaves."""


def _trailing_ones(number: int) -> int:
    """Return how many complete subtrees a new last leaf closes."""
    return (number ^ (number + 1)).bit_length() - 1


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over `leaf_hashes`."""
    frontier = EMPTY
    for leaf in leaf_hashes:
        frontier = frontier.append(leaf)
    return frontier.root()


def split(size: int) -> int:
    """Return how many leaves the left subtree of a tree with `size` > 1 leaves has."""
    return 1 << ((size - 1).bit_length() - 1)


def multiproof(
    subtree_root: Callable[[int, int], bytes], size: int, indices: Collection[int]
) -> list[bytes]:
    """Return what proves many leaves of one tree at once.

    The roots of all largest subtrees without a wanted leaf, from left to right: 299 leaves of
    40,000 need about 1,850 hashes; one path for each would have 4,800.

    Args:
        subtree_root: returns the root of the subtree over leaves `[first, end)`.
        size: leaves in the tree.
        indices: the wanted leaves, each below `size`.
    """
    wanted = sorted(set(indices))

    def walk(first: int, end: int, inside: Sequence[int]) -> list[bytes]:
        if not inside:
            return [subtree_root(first, end)]
        if end - first == 1:
            return []
        middle = first + split(end - first)
        left = [index for index in inside if index < middle]
        return [*walk(first, middle, left), *walk(middle, end, inside[len(left) :])]

    return walk(0, size, wanted) if size else []


def verify_multiproof(
    leaves: Mapping[int, bytes], size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether `proof` shows that the tree (`size`, `root`) has these leaves at these places.

    All of them, with nothing left over.
    """
    if not leaves or not all(0 <= index < size for index in leaves):
        return False
    hashes = iter(proof)

    def walk(first: int, end: int, inside: Sequence[int]) -> bytes | None:
        if not inside:
            return next(hashes, None)
        if end - first == 1:
            return leaves[first]
        middle = first + split(end - first)
        left = [index for index in inside if index < middle]
        one = walk(first, middle, left)
        other = walk(middle, end, inside[len(left) :])
        return None if one is None or other is None else _node_hash(one, other)

    return walk(0, size, sorted(leaves)) == root and next(hashes, None) is None


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return what proves that the first `old_size` leaves are still as they were.

    The proof of RFC 6962 section 2.1.2, lower hash first; empty where nothing is to prove (an
    empty or an equal tree).

    Raises:
        IndexError: the tree has fewer leaves than `old_size`.
    """
    if not 0 <= old_size <= len(leaf_hashes):
        raise IndexError(f"a tree of {len(leaf_hashes)} never had {old_size} leaves")
    if old_size in (0, len(leaf_hashes)):
        return []
    return _subproof(old_size, leaf_hashes, known=True)


def _subproof(old_size: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """Return RFC 6962's SUBPROOF; `known`: the verifier has this subtree's root already."""
    if old_size == len(leaves):
        return [] if known else [root_of(leaves)]
    middle = split(len(leaves))
    if old_size <= middle:
        return [*_subproof(old_size, leaves[:middle], known=known), root_of(leaves[middle:])]
    return [
        *_subproof(old_size - middle, leaves[middle:], known=False),
        root_of(leaves[:middle]),
    ]


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether `proof` shows that the new tree begins with all of the old one's leaves."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY.root()
    if old_size == new_size:
        return not proof and old_root == new_root
    return _extends(old_size, old_root, new_size, new_root, proof)


def _extends(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Verify for 0 < old_size < new_size, rebuilding both roots from the one path."""
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)  # A complete old tree is a node of the new one: left out.
    if not path:
        return False
    closed = _trailing_ones(old_size - 1)
    position, last = (old_size - 1) >> closed, (new_size - 1) >> closed
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = _node_hash(sibling, old), _node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = _node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
