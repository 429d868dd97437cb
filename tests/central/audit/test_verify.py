"""Nothing that central keeps can be changed, added or removed past the log unnoticed."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.merkle import EMPTY
from guardian_agent.wire.names import Hash

from guardian.audit.findings import drop, record
from guardian.audit.leaves import entry_hash
from guardian.audit.log import root
from guardian.audit.verify import verify
from guardian.domain.verdict import Status
from guardian.errors import EvidenceError
from guardian.ingest.enrolment import revoke
from guardian.ingest.trust import Equivocation
from guardian.ports import TreeState
from guardian.stores.memory import MemoryStore
from guardian.stores.sqlite import SqliteStore
from tests.central.ingest.speaker import CENTRAL_KEY, HOUR, NOON, Central
from tests.contracts.store import finding

SIGNER = CENTRAL_KEY.public
A_MOMENT = timedelta(microseconds=1500)


def lived(store):
    """Fill a store with two servers, a conflict, a revocation and findings."""
    central = Central(store)
    central.clock.time += A_MOMENT
    first, second = central.enrol(), central.enrol(server="web2")
    for agent in (first, second, first):
        central.ingest.accept(agent.say())
    with pytest.raises(Equivocation):
        central.ingest.accept(second.envelope(number=1, spooled=3))
    gone = central.enrol(server="web3")
    revoke(store, gone.key_id, NOON)
    with store.unit() as unit:
        record(unit, [finding()], NOON)
    central.enrol("beta", "db1")
    return store


STORE = lived(MemoryStore())


@pytest.fixture
def tables():
    return copy.deepcopy(STORE._tables)


def problem(tables, client="acme"):
    store = MemoryStore()
    store._tables = tables
    return verify(store, client, SIGNER).problem


def change(table, key, **fields):
    table[key] = replace(table[key], **fields)


def statement_key(tables, server, number):
    (key_id,) = [record.key_id for record in tables.keys.values() if record.server == server]
    return (key_id, 1, number)


def test_what_was_only_written_by_guardian_holds():
    found = verify(STORE, "acme", SIGNER)
    assert found.holds
    assert (found.leaves, found.root) == (9, root(STORE.tree("acme")))


def test_a_client_without_evidence_holds():
    found = verify(STORE, "gamma", SIGNER)
    assert (found.holds, found.leaves) == (True, 0)


def test_the_same_holds_on_a_disk(tmp_path):
    store = lived(SqliteStore(tmp_path))
    assert verify(store, "acme", SIGNER) == verify(STORE, "acme", SIGNER)
    store.close()


LEAF = {
    "kind": "report",
    "at": NOON,
    "actor": "web9",
    "digest": Hash("0" * 64),
    "detail": "{}",
}


@pytest.mark.parametrize("field", LEAF)
@pytest.mark.parametrize("index", range(9))
def test_a_changed_leaf_shows(tables, index, field):
    change(tables.log, ("acme", index), **{field: LEAF[field]})
    found = problem(tables)
    if tables.log["acme", index] != STORE.log("acme")[index]:
        assert "do not make the tree" in found


def test_a_leaf_with_another_number_shows(tables):
    change(tables.log, ("acme", 2), index=3)
    assert problem(tables) == "leaf 2 is missing from the log"


def test_a_cut_log_shows(tables):
    tables.trees["acme"] = replace(tables.trees["acme"], size=8, frontier=(b"x" * 32,))
    assert "8 leaves do not make the tree" in problem(tables)


def test_another_client_is_not_touched(tables):
    change(tables.log, ("acme", 2), digest=Hash("0" * 64))
    assert problem(tables, "beta") is None


def test_another_central_key_shows():
    found = verify(STORE, "acme", SigningKey.from_seed(b"o" * 32).public)
    assert found.problem == "statement 1 of acme/web1: the signature does not hold"


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"envelope": b"{}"}, "expected an object"),
        ({"payload_hash": Hash("0" * 64)}, "another payload than was accepted"),
        ({"received_at": NOON + HOUR}, "its receipt does not agree"),
        ({"received_at": NOON + A_MOMENT + timedelta(microseconds=1)}, "does not stand for it"),
        ({"number": 7}, "its receipt does not agree"),
        ({"receipt": b"guardian-receipt/1"}, "not base64|does not hold"),
    ],
)
def test_a_changed_statement_shows(tables, fields, because):
    change(tables.statements, statement_key(tables, "web1", 1), **fields)
    found = problem(tables)
    assert found.startswith("statement ")
    assert any(word in found for word in because.split("|"))


def test_an_exchanged_envelope_shows(tables):
    mine, next_one = statement_key(tables, "web1", 1), statement_key(tables, "web1", 2)
    change(tables.statements, mine, envelope=tables.statements[next_one].envelope)
    assert "another payload" in problem(tables)


def test_an_exchanged_receipt_shows(tables):
    mine, next_one = statement_key(tables, "web1", 1), statement_key(tables, "web1", 2)
    change(tables.statements, mine, receipt=tables.statements[next_one].receipt)
    assert "its receipt does not agree" in problem(tables)


def test_a_removed_statement_shows(tables):
    del tables.statements[statement_key(tables, "web1", 2)]
    assert problem(tables) == "leaf 4 stands for a statement that is not kept"


def test_a_log_cut_with_its_tree_shows(tables):
    for index in range(4, 9):
        del tables.log["acme", index]
    frontier = EMPTY
    for index in range(4):
        frontier = frontier.append(entry_hash(tables.log["acme", index]))
    tables.trees["acme"] = TreeState(size=4, frontier=frontier.hashes)
    del tables.keys[statement_key(tables, "web3", 1)[0]]
    change(tables.keys, statement_key(tables, "web2", 1)[0], frozen_at=None)
    assert problem(tables).endswith("its receipt does not agree with the log")


def test_a_removed_key_shows(tables):
    (key_id, *_) = statement_key(tables, "web3", 1)
    del tables.keys[key_id]
    assert problem(tables) == f"enrolment of {key_id} is in the log but not kept"


def test_an_added_key_shows(tables):
    (key_id, *_) = statement_key(tables, "db1", 1)
    change(tables.keys, key_id, client="acme")
    assert problem(tables) == f"enrolment of {key_id} is kept but not in the log"


@pytest.mark.parametrize(
    ("server", "fields", "what"),
    [
        ("web3", {"revoked_at": None}, "revocation of {} is in the log but not kept"),
        ("web1", {"revoked_at": NOON}, "revocation of {} is kept but not in the log"),
        ("web2", {"frozen_at": None}, "freeze of {} is in the log but not kept"),
        ("web1", {"frozen_at": NOON}, "freeze of {} is kept but not in the log"),
    ],
)
def test_a_key_brought_back_shows(tables, server, fields, what):
    (key_id, *_) = statement_key(tables, server, 1)
    change(tables.keys, key_id, **fields)
    assert problem(tables) == what.format(key_id)


def test_a_rewritten_history_shows(tables):
    change(tables.changes, 0, status=Status.PASS)
    assert "finding's change" in problem(tables)


def test_a_removed_change_shows(tables):
    tables.changes.clear()
    assert "in the log but not kept" in problem(tables)


class Growing(MemoryStore):
    """Gets a leaf whenever somebody reads its log, `times` times."""

    def __init__(self, times):
        super().__init__()
        self.times = times
        self.central = Central(self)

    def log(self, client):
        found = super().log(client)
        if self.times:
            self.times -= 1
            self.central.enrol(server=f"web{self.times}")
        return found


def test_a_log_that_grows_while_it_is_read_is_read_again():
    found = verify(Growing(3), "acme", SIGNER)
    assert (found.holds, found.leaves) == (True, 3)


def test_a_log_that_never_stands_still_is_no_proof():
    with pytest.raises(EvidenceError, match="grew while it was read"):
        verify(Growing(1000), "acme", SIGNER)


def recorded(store, *findings):
    with store.unit() as unit:
        return record(unit, findings, NOON + 3 * HOUR)


def test_a_change_of_status_enters_history_and_log_once():
    store = MemoryStore()
    later = replace(finding(), since=NOON + HOUR, reason="32 h old")
    better = replace(later, status=Status.PASS)
    recorded(store, finding())
    assert recorded(store, later) == (replace(later, since=NOON),)
    assert recorded(store, better) == (better,)
    statuses = [change.status for change in store.history("acme", NOON, NOON + 2 * HOUR)]
    assert statuses == [Status.EXEMPT, Status.PASS]
    leaves = [(leaf.kind, leaf.at) for leaf in store.log("acme")]
    assert leaves == [("finding", NOON + 3 * HOUR)] * 2
    assert store.findings() == [better]


def test_a_dropped_finding_keeps_its_history():
    store = MemoryStore()
    recorded(store, finding())
    with store.unit() as unit:
        drop(unit, [finding()], NOON + HOUR / 2)
    assert store.findings() == []
    first, last = store.history("acme", NOON, NOON + HOUR)
    assert (first.status, last.status) == (finding().status, Status.UNKNOWN)
    assert (last.at, last.reason) == (NOON + HOUR / 2, "configured no more")
    assert verify(store, "acme", SIGNER).holds
