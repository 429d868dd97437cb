"""Drawn files are believed only at their places in the manifest, with the facts signed there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.manifest import leaf_bytes, verify_draws
from guardian_agent.wire.merkle import leaf_hash, multiproof, root_of
from guardian_agent.wire.observations import Draw, DrawResult
from hypothesis import given
from hypothesis import strategies as st

FILES = [(f"{n:032x}", n * 7, 1_000 + n, f"{n:064x}" if n % 3 else None) for n in range(11)]
LEAVES = [leaf_hash(leaf_bytes(*file)) for file in FILES]
ROOT = root_of(LEAVES).hex()
INDICES = st.sets(st.integers(0, len(FILES) - 1), min_size=1)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)


def drawn(index):
    path_hash, size, modified_ns, content = FILES[index]
    return Draw(
        index=index,
        path_hash=path_hash,
        size=size,
        modified_ns=modified_ns,
        content=content,
        result=DrawResult.MATCHED,
    )


def proof_of(indices):
    found = multiproof(lambda first, end: root_of(LEAVES[first:end]), len(LEAVES), indices)
    return [each.hex() for each in found]


def holds(draws, proof, root=ROOT, files=11):
    return verify_draws(draws, proof, root, files)


def test_a_leaf_has_one_form():
    assert leaf_bytes("ab" * 16, 3, 5, None) == b'["abababababababababababababababab",3,5,null]'
    assert leaf_bytes("", 0, 0, "00") == b'["",0,0,"00"]'


@given(INDICES, st.randoms())
def test_one_proof_proves_all_draws_in_any_order(indices, random):
    order = sorted(indices)
    random.shuffle(order)
    assert holds([drawn(index) for index in order], proof_of(indices))


@pytest.mark.parametrize(
    "change",
    [
        {"index": 5},
        {"index": 11},
        {"index": 2**63 - 1},
        {"path_hash": "f" * 32},
        {"size": 29},
        {"modified_ns": 1},
        {"content": None},
        {"content": "f" * 64},
    ],
)
def test_whatever_is_altered_is_not_believed(change):
    draws = [drawn(4), drawn(9)]
    assert holds(draws, proof_of([4, 9]))
    assert not holds([replace(draws[0], **change), draws[1]], proof_of([4, 9]))


@given(INDICES, st.data())
def test_any_changed_lost_or_added_hash_breaks_the_proof(indices, data):
    draws, proof = [drawn(index) for index in indices], proof_of(indices)
    at = data.draw(st.integers(0, len(proof)))
    other = data.draw(HASHES.filter(lambda found: found not in proof))
    assert not holds(draws, [*proof[:at], other, *proof[at:]])
    if at < len(proof):
        assert not holds(draws, [*proof[:at], other, *proof[at + 1 :]])
        assert not holds(draws, [*proof[:at], *proof[at + 1 :]])


@given(INDICES, INDICES)
def test_a_proof_is_of_exactly_its_draws(indices, others):
    proven = holds([drawn(index) for index in others], proof_of(indices))
    assert proven == (indices == others)


def test_a_file_drawn_twice_is_not_believed():
    assert not holds([drawn(4), drawn(4)], proof_of([4]))
    assert not holds([replace(drawn(4), size=1), drawn(4)], proof_of([4]))


def test_nothing_drawn_proves_nothing():
    assert not holds([], [])
    assert not holds([], [ROOT])
    assert not holds([], [], root_of([]).hex(), 0)


@pytest.mark.parametrize(("root", "files"), [("f" * 64, 11), (ROOT, 300), (ROOT, 10), (ROOT, 0)])
def test_another_manifest_does_not_prove_it(root, files):
    assert not holds([drawn(4), drawn(9)], proof_of([4, 9]), root, files)


@given(
    st.lists(st.integers(0, 2**63 - 1), max_size=4),
    st.lists(HASHES, max_size=70),
    st.integers(0, 2**63 - 1),
)
def test_nothing_stated_breaks_the_verifier(indices, proof, files):
    draws = [replace(drawn(4), index=index) for index in indices]
    assert not holds(draws, proof, "f" * 64, files)
