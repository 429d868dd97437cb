"""Trees are RFC 6962's, and a proof holds for exactly what it proves."""

from __future__ import annotations

import hashlib

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire import merkle
from guardian_agent.wire.merkle import EMPTY, Frontier, leaf_hash, root_of
from hypothesis import assume, given
from hypothesis import strategies as st

HASHES = st.binary(min_size=32, max_size=32)
ALL = [leaf_hash(bytes([number])) for number in range(40)]
TREES = st.lists(HASHES, min_size=1, max_size=70)

# The leaves and roots that Certificate Transparency's own implementations are tested with.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
CT_LEAVES += ["606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves):
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    pair = naive_root(leaves[:split]) + naive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + pair).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size):
    leaves = [leaf_hash(bytes.fromhex(text)) for text in CT_LEAVES[:size]]
    assert root_of(leaves).hex() == CT_ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert EMPTY.root() == hashlib.sha256(b"").digest()


@given(st.lists(HASHES, max_size=70))
def test_the_frontier_equals_the_naive_tree(leaves):
    frontier = EMPTY
    for leaf in leaves:
        frontier = frontier.append(leaf)
    assert frontier.size == len(leaves)
    assert frontier.root() == naive_root(leaves)
    assert Frontier(size=frontier.size, hashes=frontier.hashes) == frontier


@pytest.mark.parametrize(("size", "hashes"), [(1, 0), (0, 1), (3, 1), (4, 2), (-1, 1)])
def test_a_damaged_frontier_is_refused(size, hashes):
    with pytest.raises(DecodeError, match="do not make a tree"):
        Frontier(size=size, hashes=(b"x" * 32,) * hashes)


def proof_of(leaves, indices):
    return merkle.multiproof(lambda first, end: naive_root(leaves[first:end]), len(leaves), indices)


def proves(leaves, indices, proof, root):
    wanted = {index: leaves[index] for index in indices}
    return merkle.verify_multiproof(wanted, len(leaves), proof, root)


@pytest.mark.parametrize("size", range(1, 41))
def test_every_leaf_is_proven(size):
    leaves, root = ALL[:size], naive_root(ALL[:size])
    for index in range(size):
        proof = proof_of(leaves, [index])
        assert proves(leaves, [index], proof, root)
        assert len(proof) <= (size - 1).bit_length()
    assert proof_of(leaves, range(size)) == []
    assert proves(leaves, range(size), [], root)


@given(TREES, st.data())
def test_one_proof_proves_many_leaves(leaves, data):
    indices = data.draw(st.sets(st.integers(0, len(leaves) - 1), min_size=1))
    proof, root = proof_of(leaves, indices), naive_root(leaves)
    assert proves(leaves, indices, proof, root)
    assert proof == proof_of(leaves, [*indices, *indices])
    singly = {each for index in indices for each in proof_of(leaves, [index])}
    assert set(proof) <= singly


@given(TREES, st.data())
def test_any_changed_hash_breaks_a_multiproof(leaves, data):
    indices = sorted(data.draw(st.sets(st.integers(0, len(leaves) - 1), min_size=1)))
    proof = proof_of(leaves, indices)
    parts = [*(leaves[index] for index in indices), *proof, naive_root(leaves)]
    at = data.draw(st.integers(0, len(parts) - 1))
    parts[at] = data.draw(HASHES.filter(lambda other: other != parts[at]))
    wanted = dict(zip(indices, parts, strict=False))
    *path, root = parts[len(indices) :]
    assert not merkle.verify_multiproof(wanted, len(leaves), path, root)


@given(TREES, st.data())
def test_a_multiproof_holds_at_its_places_only(leaves, data):
    assume(len(set(leaves)) == len(leaves))
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(-2, len(leaves) + 1).filter(lambda number: number != index))
    proof, root = proof_of(leaves, [index]), naive_root(leaves)
    moved = {other: leaves[index]}
    assert not merkle.verify_multiproof(moved, len(leaves), proof, root)


@given(TREES, st.data())
def test_a_multiproof_has_one_length(leaves, data):
    indices = data.draw(st.sets(st.integers(0, len(leaves) - 1), min_size=1))
    proof, root = proof_of(leaves, indices), naive_root(leaves)
    assert not proves(leaves, indices, [*proof, data.draw(HASHES)], root)
    if proof:
        assert not proves(leaves, indices, proof[:-1], root)


def test_a_proof_out_of_a_larger_tree_is_not_one_in_the_smaller():
    left, right = b"l" * 32, b"r" * 32
    root = naive_root([left, right])
    assert merkle.verify_multiproof({1: right}, 2, [left], root)
    assert not merkle.verify_multiproof({0: right}, 1, [left], root)


def test_nothing_is_proven_of_nothing():
    assert merkle.multiproof(lambda first, end: b"", 0, []) == []
    assert not merkle.verify_multiproof({}, 0, [], EMPTY.root())
    assert not merkle.verify_multiproof({}, 1, [ALL[0]], ALL[0])


@given(st.dictionaries(st.integers(), HASHES, max_size=4), st.integers(), st.lists(HASHES))
def test_nothing_stated_breaks_the_verifier(leaves, size, proof):
    assert merkle.verify_multiproof(leaves, size, proof, b"x" * 32) is False


@pytest.mark.parametrize("size", range(41))
def test_every_earlier_tree_is_proven_consistent(size):
    new = naive_root(ALL[:size])
    for earlier in range(size + 1):
        proof = merkle.consistency_proof(ALL[:size], earlier)
        assert merkle.verify_consistency(earlier, naive_root(ALL[:earlier]), size, new, proof)


@given(TREES, st.data())
def test_any_changed_hash_breaks_a_consistency_proof(leaves, data):
    size = data.draw(st.integers(0, len(leaves)))
    proof = merkle.consistency_proof(leaves, size)
    parts = [naive_root(leaves[:size]), *proof]
    if size:  # Every tree extends the empty one.
        parts.append(naive_root(leaves))
    at = data.draw(st.integers(0, len(parts) - 1))
    parts[at] = data.draw(HASHES.filter(lambda other: other != parts[at]))
    old, *rest = parts
    *path, new = rest if size else [*rest, naive_root(leaves)]
    assert not merkle.verify_consistency(size, old, len(leaves), new, path)


@given(TREES, st.data())
def test_a_rewritten_leaf_breaks_consistency(leaves, data):
    size = data.draw(st.integers(1, len(leaves)))
    at = data.draw(st.integers(0, size - 1))
    rewritten = [*leaves]
    rewritten[at] = data.draw(HASHES.filter(lambda other: other != leaves[at]))
    old, new = naive_root(leaves[:size]), naive_root(rewritten)
    proof = merkle.consistency_proof(rewritten, size)
    assert not merkle.verify_consistency(size, old, len(leaves), new, proof)


@given(TREES, st.data())
def test_a_consistency_proof_has_one_length(leaves, data):
    size = data.draw(st.integers(1, len(leaves)))
    proof = merkle.consistency_proof(leaves, size)
    old, new = naive_root(leaves[:size]), naive_root(leaves)
    longer = [*proof, data.draw(HASHES)]
    assert not merkle.verify_consistency(size, old, len(leaves), new, longer)
    if proof:
        assert not merkle.verify_consistency(size, old, len(leaves), new, proof[:-1])


def test_a_tree_never_shrinks():
    leaves = [bytes([number]) * 32 for number in range(5)]
    old, new = naive_root(leaves), naive_root(leaves[:3])
    assert not merkle.verify_consistency(5, old, 3, new, [])
    assert not merkle.verify_consistency(-1, old, 3, new, [])


def test_growth_of_a_larger_tree_is_not_that_of_a_smaller():
    leaves = [bytes([number]) * 32 for number in range(8)]
    old, new, proof = (
        naive_root(leaves[:7]),
        naive_root(leaves),
        merkle.consistency_proof(leaves, 7),
    )
    assert merkle.verify_consistency(7, old, 8, new, proof)
    assert not merkle.verify_consistency(3, old, 4, new, proof)


def test_an_unproven_step_is_not_believed():
    leaves = [bytes([number]) * 32 for number in range(3)]
    assert not merkle.verify_consistency(3, naive_root(leaves), 5, b"x" * 32, [])


@pytest.mark.parametrize("size", [-1, 4])
def test_a_tree_it_never_was_cannot_be_proven(size):
    with pytest.raises(IndexError, match="never had"):
        merkle.consistency_proof([b"x" * 32] * 3, size)
