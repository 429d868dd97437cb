from __future__ import annotations

import contextlib
import zlib

import pytest
from guardian_agent.wire.receipt import read_receipt

from guardian.audit.log import root
from guardian.errors import Refusal, StoreError, StoreFailure
from guardian.ingest.trust import (
    BadSignature,
    BrokenChain,
    Equivocation,
    FastForward,
    FrozenKey,
    Malformed,
    NotStored,
    OutOfOrder,
    RevokedKey,
    StaleEpoch,
    TooLarge,
    UnknownKey,
    WrongIdentity,
)
from guardian.stores.memory import MemoryStore
from guardian.stores.sqlite import SqliteStore
from tests.central.ingest.speaker import CENTRAL_KEY, HOUR, NOON, Central, Speaker


@pytest.fixture(params=["memory", "sqlite"])
def central(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path)
    yield Central(store)
    store.close()


@pytest.fixture
def agent(central):
    return central.enrol()


def state(store):
    """Return all but the counters of what is not accepted."""
    keys = store.keys()
    return (
        keys,
        store.tokens(),
        store.all_evidence(),
        store.accepted_total(),
        [store.statements(record.key_id) for record in keys],
        [store.log(client) for client in ("acme", "beta")],
    )


def test_an_accepted_statement_is_kept_with_all_that_follows_from_it(central, agent):
    raw = agent.say()
    central.clock.time += HOUR
    line = central.ingest.accept(raw)
    (stored,) = central.store.statements(agent.key_id)
    receipt = read_receipt(line, CENTRAL_KEY.public)
    assert (stored.envelope, stored.receipt) == (raw, line)
    assert (stored.number, stored.received_at) == (1, NOON + HOUR)
    assert (receipt.number, receipt.payload_hash) == (1, agent.previous)
    tree = central.store.tree("acme")
    assert (receipt.tree_size, receipt.root) == (2, root(tree))
    assert [leaf.kind for leaf in central.store.log("acme")] == ["enrolment", "statement"]
    (evidence,) = central.store.all_evidence()
    assert evidence.agent.last_received_at == NOON + HOUR
    (checkpoint,) = evidence.agent.checkpoints
    assert (checkpoint.tree_size, checkpoint.root) == (2, receipt.root)
    assert central.store.accepted_total() == 1
    assert central.store.refusals() == {}


def test_a_packed_statement_is_accepted(central, agent):
    central.ingest.accept(zlib.compress(agent.say()), "deflate")
    assert central.store.accepted_total() == 1


def test_statements_follow_one_another(central, agent):
    lines = [central.ingest.accept(agent.say()) for _ in range(3)]
    receipts = [read_receipt(line, CENTRAL_KEY.public) for line in lines]
    assert [receipt.tree_size for receipt in receipts] == [2, 3, 4]
    assert len({receipt.root for receipt in receipts}) == 3


def test_a_repetition_gets_the_same_receipt_and_changes_nothing(central, agent):
    raw = agent.say()
    line = central.ingest.accept(raw)
    before = state(central.store)
    central.clock.time += HOUR
    assert central.ingest.accept(raw) == line
    assert state(central.store) == before
    assert central.store.refusals() == {"duplicate": 1}


REFUSED = {
    "altered": (lambda agent: agent.envelope().replace(b'"payload":"e', b'"payload":"f'), Refusal),
    "no envelope": (lambda _: b"{}", Malformed),
    "not packed": (lambda agent: (agent.envelope(), "deflate"), Malformed),
    "bomb": (lambda _: (zlib.compress(b"0" * 2_000_000), "deflate"), TooLarge),
    "too large": (lambda _: b"x" * (256 * 1024 + 1), TooLarge),
    "other type": (
        lambda agent: agent.envelope().replace(b"statement.v1", b"statement.v2"),
        BadSignature,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_changes_nothing_and_is_counted(central, agent, case):
    make, refusal = REFUSED[case]
    made = make(agent)
    body, encoding = made if isinstance(made, tuple) else (made, None)
    before = state(central.store)
    with pytest.raises(refusal) as caught:
        central.ingest.accept(body, encoding)
    assert state(central.store) == before
    assert central.store.refusals() == {caught.value.reason: 1}


def test_an_unknown_agent_is_refused(central, agent):
    stranger = Speaker(CENTRAL_KEY)
    stranger.grant = agent.grant
    with pytest.raises(UnknownKey):
        central.ingest.accept(stranger.say())
    assert central.store.refusals() == {"unknown_key": 1}


def conflict(central, agent, refusal, /, **changes):
    """Send a statement that its own key's holder should never have signed."""
    before = state(central.store)
    with pytest.raises(refusal):
        central.ingest.accept(agent.envelope(**changes))
    after = state(central.store)
    assert after[3:5] == before[3:5], "no statement may be kept"
    *_, leaf = central.store.log("acme")
    (evidence,) = central.store.all_evidence()
    assert (leaf.kind, evidence.key_trouble.reason) == ("conflict", refusal.reason)
    assert central.store.refusals()[refusal.reason] == 1


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (WrongIdentity, {"agent": "web2"}),
        (WrongIdentity, {"client": "beta"}),
        (StaleEpoch, {"epoch": 2}),
        (FastForward, {"number": 2**63 - 1}),
        (OutOfOrder, {"number": 1}),
    ],
)
def test_what_breaks_no_chain_changes_nothing(central, agent, refusal, changes):
    central.ingest.accept(agent.say(number=2))
    before = state(central.store)
    with pytest.raises(refusal):
        central.ingest.accept(agent.envelope(**changes))
    assert state(central.store) == before
    assert central.store.refusals() == {refusal.reason: 1}


def test_a_rewritten_chain_is_noted_for_the_server(central, agent):
    central.ingest.accept(agent.say())
    conflict(central, agent, BrokenChain, previous="1" * 64)
    assert central.store.keys()[0].frozen_at is None


def test_a_conflict_is_noted_once(central, agent):
    central.ingest.accept(agent.say())
    conflict(central, agent, BrokenChain, previous="1" * 64)
    before = state(central.store)
    with pytest.raises(BrokenChain):
        central.ingest.accept(agent.envelope(previous="2" * 64))
    assert state(central.store) == before
    assert central.store.refusals() == {"broken_chain": 2}


def test_two_holders_of_one_key_freeze_it(central, agent):
    central.ingest.accept(agent.say())
    conflict(central, agent, Equivocation, number=1, spooled=7)
    (record,) = central.store.keys()
    assert (record.frozen_at, record.frozen_because) == (NOON, "equivocation")
    before = state(central.store)
    with pytest.raises(FrozenKey):
        central.ingest.accept(agent.say())
    assert state(central.store) == before


def test_a_noted_conflict_does_not_keep_the_key_from_freezing(central, agent):
    central.ingest.accept(agent.say())
    conflict(central, agent, BrokenChain, previous="1" * 64)
    conflict(central, agent, Equivocation, number=1, spooled=7)
    assert central.store.keys()[0].frozen_at == NOON


def test_a_key_that_was_replaced_is_refused(central, agent):
    central.enrol()
    with pytest.raises(RevokedKey):
        central.ingest.accept(agent.say())


class Failing(MemoryStore):
    """Fails at the end of a unit, as a full or broken disk does."""

    def __init__(self, error):
        super().__init__()
        self.error = None
        self.planted = error

    @contextlib.contextmanager
    def unit(self):
        with super().unit() as unit:
            yield unit
            if self.error is not None:
                raise self.error

    def count_refusal(self, reason):
        if self.error is not None:
            raise self.error
        super().count_refusal(reason)


def test_what_cannot_be_kept_gets_no_receipt_and_is_accepted_later():
    central = Central(Failing(StoreError("disk full")))
    agent = central.enrol()
    raw = agent.say()
    before = state(central.store)
    central.store.error = central.store.planted
    with pytest.raises(NotStored, match="disk full"):
        central.ingest.accept(raw)
    central.store.error = None
    assert state(central.store) == before
    central.ingest.accept(raw)
    assert central.store.accepted_total() == 1


def test_a_failed_disk_is_no_refusal():
    central = Central(Failing(StoreFailure("fsync")))
    agent = central.enrol()
    central.store.error = central.store.planted
    with pytest.raises(StoreFailure):
        central.ingest.accept(agent.say())
    with pytest.raises(StoreFailure):
        central.ingest.refuse("too_large")


def test_not_stored_is_counted_once_the_store_can():
    class Busy(Failing):
        def count_refusal(self, reason):
            MemoryStore.count_refusal(self, reason)

    central = Central(Busy(StoreError("busy")))
    agent = central.enrol()
    central.store.error = central.store.planted
    with pytest.raises(NotStored):
        central.ingest.accept(agent.say())
    assert central.store.refusals() == {"not_stored": 1}
