"""A drawn file is believed only at its place in the manifest, with the facts signed there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.manifest import leaf_bytes, proof_text, verify_draw
from guardian_agent.wire.merkle import inclusion_proof, leaf_hash, root_of
from guardian_agent.wire.observations import Draw, DrawResult
from hypothesis import given
from hypothesis import strategies as st

FILES = [(f"{n:032x}", n * 7, 1_000 + n, f"{n:064x}" if n % 3 else None) for n in range(11)]
LEAVES = [leaf_hash(leaf_bytes(*file)) for file in FILES]
ROOT = root_of(LEAVES).hex()


def drawn(index):
    path_hash, size, modified_ns, content = FILES[index]
    return Draw(
        index=index,
        path_hash=path_hash,
        size=size,
        modified_ns=modified_ns,
        content=content,
        proof=proof_text(inclusion_proof(LEAVES, index)),
        result=DrawResult.MATCHED,
    )


def test_a_leaf_has_one_form():
    assert leaf_bytes("ab" * 16, 3, 5, None) == b'["abababababababababababababababab",3,5,null]'
    assert leaf_bytes("", 0, 0, "00") == b'["",0,0,"00"]'


@pytest.mark.parametrize("index", range(len(FILES)))
def test_every_file_is_proven(index):
    assert verify_draw(drawn(index), ROOT, len(FILES))


@pytest.mark.parametrize(
    "change",
    [
        {"index": 5},
        {"index": 11},
        {"path_hash": "f" * 32},
        {"size": 29},
        {"modified_ns": 1},
        {"content": None},
        {"content": "f" * 64},
        {"proof": ""},
        {"proof": "f" * 64},
        {"proof": "F" * 64},
        {"proof": "f" * 63},
        {"proof": "xyz"},
        {"proof": "f" * 64 * 64},
        {"proof": "ff" * 32 + "\n"},
    ],
)
def test_whatever_is_altered_is_not_believed(change):
    assert not verify_draw(replace(drawn(4), **change), ROOT, len(FILES))


@pytest.mark.parametrize(
    ("root", "files"),
    [("f" * 64, 11), (ROOT, 300), (ROOT, 0), (ROOT.upper(), 11), (ROOT[:-2], 11), ("", 11)],
)
def test_another_manifest_does_not_prove_it(root, files):
    assert not verify_draw(drawn(4), root, files)


@given(st.text(max_size=200), st.text(max_size=70), st.integers(0, 2**63 - 1))
def test_no_text_breaks_the_verifier(proof, root, files):
    assert not verify_draw(replace(drawn(4), proof=proof), root, files)
