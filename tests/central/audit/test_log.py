from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.merkle import root_of
from guardian_agent.wire.names import Hash
from hypothesis import given
from hypothesis import strategies as st

from guardian.audit.checkpoint import MAX_CHECKPOINT_BYTES, read_checkpoint, sign_checkpoint
from guardian.audit.leaves import Kind, canonical, entry_hash, leaf_bytes
from guardian.audit.log import append, root
from guardian.errors import EvidenceError
from guardian.ports import LogEntry, TreeState
from guardian.stores.memory import MemoryStore

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = SigningKey.from_seed(b"c" * 32)
OTHER = SigningKey.from_seed(b"o" * 32)
ENTRY = LogEntry(
    index=3, kind="statement", at=NOON, actor="web1", digest=Hash("ab" * 32), detail='{"number":1}'
)


def grow(store, count, client="acme"):
    with store.unit() as unit:
        for number in range(count):
            after = append(
                unit,
                client,
                Kind.STATEMENT,
                at=NOON,
                actor="web1",
                digest=Hash(hashlib.sha256(b"%d" % number).hexdigest()),
                detail={"number": number},
            )
    return after


def test_a_leaf_is_the_bytes_that_are_documented():
    assert leaf_bytes(ENTRY) == (
        b'["guardian-leaf/1",3,"statement","2026-11-21T12:00:00.000000Z","web1","'
        + b"ab" * 32
        + b'","{\\"number\\":1}"]'
    )
    assert entry_hash(ENTRY) == hashlib.sha256(b"\x00" + leaf_bytes(ENTRY)).digest()


def test_a_leaf_is_the_same_in_every_zone():
    there = LogEntry(
        index=ENTRY.index,
        kind=ENTRY.kind,
        at=NOON.astimezone(timezone(timedelta(hours=9))),
        actor=ENTRY.actor,
        digest=ENTRY.digest,
        detail=ENTRY.detail,
    )
    assert leaf_bytes(there) == leaf_bytes(ENTRY)


@given(st.dictionaries(st.text(max_size=9), st.none() | st.integers() | st.text(max_size=9)))
def test_a_detail_is_one_ascii_text_that_reads_back(detail):
    text = canonical(detail)
    assert text.isascii()
    assert json.loads(text) == detail
    assert canonical(dict(reversed(list(detail.items())))) == text


@given(st.integers(0, 40))
def test_the_kept_tree_is_that_of_all_leaves(count):
    store = MemoryStore()
    after = grow(store, count) if count else store.tree("acme")
    hashes = [entry_hash(entry) for entry in store.log("acme")]
    assert store.tree("acme") == after
    assert (after.size, root(after)) == (count, root_of(hashes).hex())


def test_clients_have_logs_of_their_own():
    store = MemoryStore()
    grow(store, 3)
    grow(store, 2, "beta")
    assert [entry.index for entry in store.log("beta")] == [0, 1]


TREE = TreeState(size=1, frontier=(b"\x07" * 32,))


@given(st.integers(0, 40))
def test_a_checkpoint_reads_back(count):
    store = MemoryStore()
    tree = grow(store, count) if count else store.tree("acme")
    found = read_checkpoint(sign_checkpoint("acme", tree, KEY), KEY.public)
    assert (found.client, found.size, found.root) == ("acme", count, root(tree))


def test_a_checkpoint_is_a_signed_note_as_c2sp_describes_it():
    note = sign_checkpoint("acme", TREE, KEY)
    text, _, signature = note.partition("\n\n")
    assert text == "guardian/acme\n1\n" + base64.b64encode(b"\x07" * 32).decode()
    start, encoded = signature[:-1].rsplit(" ", 1)
    assert start == "— guardian/acme"
    raw = base64.b64decode(encoded)
    named = b"guardian/acme\n\x01" + KEY.public
    assert raw[:4] == hashlib.sha256(named).digest()[:4]
    assert raw[4:] == KEY.sign(text.encode() + b"\n")


NOTE = sign_checkpoint("acme", TREE, KEY)


@pytest.mark.parametrize(
    ("note", "because"),
    [
        ("", "not a checkpoint"),
        (NOTE[:-1], "not a checkpoint"),
        (NOTE + "\n", "not a checkpoint"),
        (NOTE.replace("\n1\n", "\n01\n"), "not a checkpoint"),
        (NOTE.replace("\n1\n", f"\n{'1' * MAX_CHECKPOINT_BYTES}\n"), "not a checkpoint"),
        (NOTE.replace("\n1\n", "\n2\n"), "was changed"),
        (NOTE.replace("guardian/acme", "guardian/beta"), "another key"),
        (NOTE.replace("guardian/acme", "guardian/beta", 1), "another key"),
        (NOTE.replace("\nBw", "\nCw"), "was changed"),
        (NOTE.rpartition(" ")[0] + " AAAAA\n", "damaged base64"),
    ],
)
def test_a_changed_checkpoint_is_refused(note, because):
    with pytest.raises(EvidenceError, match=because):
        read_checkpoint(note, KEY.public)


def test_a_checkpoint_of_another_central_is_refused():
    with pytest.raises(EvidenceError, match="another key"):
        read_checkpoint(NOTE, OTHER.public)
