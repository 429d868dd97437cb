"""The largest restore test there can be fits a statement, whatever the number of files."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.envelope import seal
from guardian_agent.wire.manifest import leaf_bytes, verify_draws
from guardian_agent.wire.merkle import leaf_hash, multiproof, split
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    Compared,
    Coverage,
    Draw,
    DrawResult,
    Outcome,
    Reason,
    RestoreTest,
)
from guardian_agent.wire.packing import fits, pack, unpack
from guardian_agent.wire.sampling import draw
from guardian_agent.wire.statement import MAX_WIRE_BYTES, PAYLOAD_TYPE

from tests.agent.wire.examples import AGENT_KEY, NOON, STATEMENT

SIZES = [400, 40_000, 500_000, 10**6, 10**7, 10**9, 2**63 - 1]
MANY = 2**62


def hashed(*what):
    return hashlib.sha256(repr(what).encode()).digest()


def drawn(index):
    """Return the draw that takes most room: another file came back."""
    return Draw(
        index=index,
        path_hash=ShortHash(hashed("path", index).hex()[:32]),
        size=int.from_bytes(hashed("size", index)[:5], "big"),
        modified_ns=int.from_bytes(hashed("time", index)[:8], "big") // 2,
        content=Hash(hashed("content", index).hex()),
        result=DrawResult.MISMATCHED,
        restored=Hash(hashed("restored", index).hex()),
    )


class Tree:
    """A manifest of so many files that only what a proof needs of it is ever made."""

    def __init__(self, files, draws):
        self.files = files
        self.leaves = {
            each.index: leaf_hash(
                leaf_bytes(each.path_hash, each.size, each.modified_ns, each.content)
            )
            for each in draws
        }
        self.proof = tuple(
            Hash(each.hex()) for each in multiproof(self.beside, files, list(self.leaves))
        )
        self.root = Hash(self.node(0, files, sorted(self.leaves)).hex())

    def beside(self, first, end):
        return hashed("subtree", first, end)

    def node(self, first, end, inside):
        if not inside:
            return self.beside(first, end)
        if end - first == 1:
            return self.leaves[first]
        middle = first + split(end - first)
        left = self.node(first, middle, [index for index in inside if index < middle])
        right = self.node(middle, end, [index for index in inside if index >= middle])
        return hashlib.sha256(b"\x01" + left + right).digest()


def largest(files):
    draws = [drawn(index) for index in draw(b"s" * 32, files)]
    tree = Tree(files, draws)
    return RestoreTest(
        backup_set=Name("n" * 63),
        copy=Name("c" * 63),
        test=Slug("sample"),
        outcome=Outcome.FAILED,
        reason=Reason.NOTHING_COMPARABLE,
        started_at=NOON,
        duration_seconds=12345.678901,
        fixed_seconds=12.345678901,
        point=ShortHash("0" * 32),
        point_started_at=NOON,
        files_restored=MANY,
        bytes_restored=MANY,
        whole_files=MANY,
        whole_bytes=MANY,
        checkpoint_size=MANY,
        checkpoint_root=Hash("1" * 64),
        manifest_root=tree.root,
        manifest_files=files,
        draws=tuple(draws),
        proof=tree.proof,
        compared=Compared(
            files=MANY, bytes=MANY, matched=MANY, mismatched=MANY, missing=MANY, changed=MANY
        ),
        coverage=Coverage(files=MANY, bytes=MANY, files_tested=MANY, bytes_tested=MANY),
    )


@pytest.mark.parametrize("files", SIZES)
def test_the_largest_test_fits_and_is_proven(files):
    test = largest(files)
    raw = seal(AGENT_KEY, PAYLOAD_TYPE, to_json(replace(STATEMENT, observations=(test,))))
    body, encoding = pack(raw)
    assert fits(raw)
    assert len(body) <= MAX_WIRE_BYTES
    assert unpack(body, encoding) == raw
    assert verify_draws(test.draws, test.proof, test.manifest_root, files)
    longer = (*test.proof, test.manifest_root)
    assert not verify_draws(test.draws, longer, test.manifest_root, files)


def test_what_does_not_fit_is_told():
    noise = b"".join(hashed(number) for number in range(MAX_WIRE_BYTES // 32))
    assert fits(noise)
    assert not fits(noise + b"x")
    assert not fits(noise[:150_000].hex().encode() * 4)
