"""What every store must do; a store's test subclasses `StoreContract` and brings one fixture."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    Encryption,
    Exposure,
    KindCount,
    PointContents,
    Reason,
)

from guardian.domain.asset import Asset, Severity
from guardian.domain.evidence import (
    AgentEvidence,
    Contents,
    CopyEvidence,
    IssuedCheckpoint,
    KnownPoint,
    Listing,
    PartRead,
    ServerEvidence,
    SizeSeen,
)
from guardian.domain.ladder import Rung
from guardian.domain.looks import ExposureSeen, PersonalDataSeen, PostureSeen, ReachSeen
from guardian.domain.storage import (
    Event,
    GonePoint,
    Lack,
    NoLook,
    Question,
    StorageEvent,
    Witnessed,
)
from guardian.domain.verdict import Finding, Status
from guardian.errors import StoreError
from guardian.ports import (
    FindingChange,
    KeyRecord,
    LogEntry,
    StoredStatement,
    TokenRecord,
    TreeState,
)
from tests.central.domain.looking import look, stored
from tests.central.domain.making import (
    answered,
    denied,
    of_kind,
    personal,
    posture,
    reach,
    seen,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def digest(text: str) -> Hash:
    return Hash(hashlib.sha256(text.encode()).hexdigest())


def key(word: str = "a", client: str = "acme", server: str = "web1", epoch: int = 1) -> KeyRecord:
    public = hashlib.sha256(word.encode()).digest()
    return KeyRecord(
        key_id=Hash(hashlib.sha256(public).hexdigest()),
        public_key=public,
        client=Name(client),
        server=Name(server),
        epoch=epoch,
        enrolled_at=NOW,
    )


def token(word: str = "t", at: datetime = NOW) -> TokenRecord:
    return TokenRecord(
        token_hash=digest(word),
        client=Name("acme"),
        server=Name("web1"),
        created_at=at,
        expires_at=at + HOUR,
    )


def statement(record: KeyRecord, number: int, word: str = "payload") -> StoredStatement:
    return StoredStatement(
        key_id=record.key_id,
        epoch=record.epoch,
        number=number,
        payload_hash=digest(f"{word} {number}"),
        received_at=NOW + number * timedelta(microseconds=1),
        envelope=b"\x00 envelope \xff",
        receipt=b"receipt",
    )


def evidence(server: str = "web1", client: str = "acme", skew: float = -2.5) -> ServerEvidence:
    """Evidence with a fact inside a fact, a missing value and a number below zero."""
    point = KnownPoint(
        id=ShortHash("0" * 32),
        started_at=NOW - HOUR,
        finished_at=None,
        files=3,
        bytes=0,
        first_seen_at=NOW + timedelta(microseconds=7),
        future=False,
    )
    contents = PointContents(
        backup_set=Name("files"),
        copy=Name("local"),
        point=ShortHash("0" * 32),
        files=3,
        bytes=0,
        paths_expected=1,
        paths_missing=0,
        files_compared=3,
        files_missing=0,
        valid=True,
    )
    exposure = Exposure(
        name=Name("exports"),
        scanned_at=NOW,
        complete=False,
        reason=Reason.NONE,
        counts=(KindCount(kind=Slug("zip"), state=Encryption.PLAINTEXT, files=1, bytes=2),),
    )
    return ServerEvidence(
        client=Name(client),
        server=Name(server),
        enrolled_at=NOW,
        agent=AgentEvidence(
            last_received_at=NOW,
            epoch=1,
            number=7,
            clock_skew_seconds=skew,
            agent_version=Slug("0.1.0"),
            dropped=0,
            checkpoints=(IssuedCheckpoint(tree_size=1, root=digest("root"), issued_at=NOW),),
        ),
        copies=(
            CopyEvidence(
                backup_set=Name("files"),
                copy=Name("local"),
                listing=Listing(received_at=NOW, tool=Slug("restic"), total=1, points=(point,)),
                contents=Contents(received_at=NOW, fact=contents, earlier_files=(2, 1)),
                tests=(of_kind(seen("sample")), of_kind(seen("database", answers=(answered(),)))),
                sizes=(SizeSeen(at=NOW, bytes=7),),
                parts_read=(PartRead(part=2, parts=3, at=NOW),),
                witness=Witnessed(
                    look=look(
                        stored("1"), lacks=(Lack(question=Question.CLOCK, reason=Slug("no-date")),)
                    ),
                    failure=NoLook(
                        looked_at=NOW, reason=Slug("no-answer"), permission="s3:ListBucket"
                    ),
                    gone=(
                        GonePoint(
                            id=ShortHash("1" * 32), stored_at=NOW, last_seen_at=NOW, gone_at=NOW
                        ),
                    ),
                    events=(StorageEvent(event=Event.LOCK_SHORTENED, at=NOW, promised_until=NOW),),
                ),
            ),
        ),
        exposures=(ExposureSeen(received_at=NOW, fact=exposure),),
        reaches=(ReachSeen(received_at=NOW, fact=reach(("world-readable", 2))),),
        personal=(PersonalDataSeen(received_at=NOW, fact=personal(("card", 3))),),
        postures=(PostureSeen(received_at=NOW, fact=posture(denied("tls-only", "s3.x"))),),
    )


def leaf(index: int, word: str = "leaf") -> LogEntry:
    return LogEntry(
        index=index,
        kind="statement",
        at=NOW + index * timedelta(seconds=1),
        actor="web1",
        digest=digest(f"{word} {index}"),
        detail='{"number":1}',
    )


def tree(size: int) -> TreeState:
    return TreeState(size=size, frontier=tuple(bytes([n]) * 32 for n in range(size.bit_count())))


COPY = Asset(client="acme", server="web1", backup_set="files", copy="local")
SERVER = Asset(client="acme", server="web1")


def finding(asset: Asset = COPY, control: str = "backup.fresh") -> Finding:
    return Finding(
        asset=asset,
        control=control,
        status=Status.EXEMPT,
        severity=Severity.CRITICAL,
        reason="newest complete restore point is 31 h old, 26 h allowed",
        since=NOW,
        holds_until=None,
        evidence=Rung.OBSERVED,
        remedy="look at the job",
        judged_status=Status.FAIL,
        exempt_until=NOW + HOUR,
        exempt_owner="ops",
    )


def change(at: datetime, status: Status, asset: Asset = COPY) -> FindingChange:
    return FindingChange(
        client=asset.client,
        server=asset.server,
        backup_set=asset.backup_set,
        copy=asset.copy,
        control="backup.fresh",
        at=at,
        status=status,
        reason="because",
    )


class Boom(Exception):
    """An error of nobody's port."""


def fill(unit):
    """Write one of everything."""
    record = key()
    unit.put_key(record)
    unit.put_token(token())
    unit.put_statement(statement(record, 1))
    unit.put_evidence(evidence())
    unit.append("acme", leaf(0), tree(1))
    unit.put_finding(finding())
    unit.add_change(change(NOW, Status.FAIL))


def contents(store):
    """Return all that readers see."""
    return (
        store.keys(),
        store.tokens(),
        store.statements(key().key_id),
        store.all_evidence(),
        store.log("acme"),
        store.tree("acme"),
        store.findings(),
        store.history("acme", NOW, NOW + HOUR),
        store.accepted_total(),
    )


class StoreContract:
    """Subclass it and define the fixture `store`."""

    def test_a_new_store_is_empty(self, store):
        assert contents(store) == ([], [], [], [], [], tree(0), [], [], 0)
        assert store.refusals() == {}
        assert store.changed_evidence(0) == (0, [])

    def test_a_new_store_has_nothing_in_a_unit_either(self, store):
        with store.unit() as unit:
            assert unit.key("0" * 64) is None
            assert unit.keys_of("acme", "web1") == []
            assert unit.token("0" * 64) is None
            assert unit.stream("0" * 64, 1) is None
            assert unit.statement("0" * 64, 1, 1) is None
            assert unit.evidence("acme", "web1") is None
            assert unit.tree("acme") == tree(0)
            assert unit.finding(COPY, "backup.fresh") is None

    def test_what_is_committed_is_read_back_as_it_was(self, store):
        with store.unit() as unit:
            fill(unit)
        assert contents(store) == (
            [key()],
            [token()],
            [statement(key(), 1)],
            [evidence()],
            [leaf(0)],
            tree(1),
            [finding()],
            [change(NOW, Status.FAIL)],
            1,
        )

    def test_a_unit_sees_what_it_wrote(self, store):
        with store.unit() as unit:
            fill(unit)
            first = statement(key(), 1)
            assert unit.key(key().key_id) == key()
            assert unit.keys_of("acme", "web1") == [key()]
            assert unit.token(digest("t")) == token()
            assert unit.stream(first.key_id, 1).number == 1
            assert unit.stream(first.key_id, 1).payload_hash == first.payload_hash
            assert unit.stream(first.key_id, 1).received_at == first.received_at
            assert unit.statement(first.key_id, 1, 1) == first
            assert unit.evidence("acme", "web1") == evidence()
            assert unit.tree("acme") == tree(1)
            assert unit.finding(COPY, "backup.fresh") == finding()

    def test_readers_do_not_see_an_open_unit(self, store):
        before = contents(store)
        with store.unit() as unit:
            fill(unit)
            assert contents(store) == before

    def test_an_error_leaves_nothing(self, store):
        before = contents(store)

        def fill_and_break():
            with store.unit() as unit:
                fill(unit)
                raise Boom

        with pytest.raises(Boom):
            fill_and_break()
        assert contents(store) == before
        with store.unit() as unit:
            fill(unit)

    def test_a_key_is_replaced_by_its_id(self, store):
        record = key()
        frozen = replace(record, revoked_at=NOW, frozen_at=NOW, frozen_because="equivocation")
        with store.unit() as unit:
            unit.put_key(record)
            unit.put_key(frozen)
        assert store.keys() == [frozen]

    def test_keys_of_a_server_come_by_epoch(self, store):
        with store.unit() as unit:
            for record in (key("b", epoch=2), key("a"), key("c", server="web2")):
                unit.put_key(record)
            assert unit.keys_of("acme", "web1") == [key("a"), key("b", epoch=2)]

    def test_one_epoch_of_a_server_has_one_key(self, store):
        with store.unit() as unit:
            unit.put_key(key("a"))
        with pytest.raises(StoreError), store.unit() as unit:
            unit.put_key(key("b"))

    def test_a_token_is_replaced_by_its_hash(self, store):
        used = replace(token(), used_at=NOW + HOUR)
        with store.unit() as unit:
            unit.put_token(token("later", NOW + HOUR))
            unit.put_token(token())
            unit.put_token(used)
        assert store.tokens() == [used, token("later", NOW + HOUR)]

    def test_a_stream_moves_on_over_gaps(self, store):
        with store.unit() as unit:
            unit.put_key(key())
            for number in (1, 2, 12):
                unit.put_statement(statement(key(), number))
            assert unit.stream(key().key_id, 1).number == 12
        assert [kept.number for kept in store.statements(key().key_id)] == [1, 2, 12]
        assert store.accepted_total() == 3

    @pytest.mark.parametrize("number", [1, 2])
    def test_a_stream_never_moves_back(self, store, number):
        with store.unit() as unit:
            unit.put_key(key())
            unit.put_statement(statement(key(), 2))
        with pytest.raises(StoreError), store.unit() as unit:
            unit.put_statement(statement(key(), number, "other"))
        assert store.statements(key().key_id) == [statement(key(), 2)]
        assert store.accepted_total() == 1

    def test_a_statement_needs_a_known_key(self, store):
        with pytest.raises(StoreError), store.unit() as unit:
            unit.put_statement(statement(key(), 1))

    def test_evidence_is_replaced_and_moves_the_revision_on(self, store):
        with store.unit() as unit:
            unit.put_evidence(evidence("web1"))
            unit.put_evidence(evidence("web2"))
        first, both = store.changed_evidence(0)
        assert both == [evidence("web1"), evidence("web2")]
        assert store.changed_evidence(first) == (first, [])
        with store.unit() as unit:
            unit.put_evidence(evidence("web1", skew=9.0))
        second, changed = store.changed_evidence(first)
        assert second > first
        assert changed == [evidence("web1", skew=9.0)]
        assert store.all_evidence() == [evidence("web2"), evidence("web1", skew=9.0)]

    def test_leaves_follow_one_another_for_each_client(self, store):
        with store.unit() as unit:
            unit.append("acme", leaf(0), tree(1))
            unit.append("beta", leaf(0, "beta"), tree(1))
            unit.append("acme", leaf(1), tree(2))
        assert store.log("acme") == [leaf(0), leaf(1)]
        assert store.tree("acme") == tree(2)
        assert store.log("beta") == [leaf(0, "beta")]

    def test_a_leaf_is_found_by_its_place(self, store):
        with store.unit() as unit:
            unit.append("acme", leaf(0), tree(1))
            unit.append("acme", leaf(1), tree(2))
            assert unit.leaf("acme", 1) == leaf(1)
            assert unit.leaf("acme", 2) is None
            assert unit.leaf("acme", -1) is None
            assert unit.leaf("beta", 0) is None
        with store.unit() as unit:
            assert unit.leaf("acme", 0) == leaf(0)

    @pytest.mark.parametrize(("index", "size"), [(0, 1), (2, 3), (1, 3), (0, 2)])
    def test_a_leaf_out_of_place_is_refused(self, store, index, size):
        with store.unit() as unit:
            unit.append("acme", leaf(0), tree(1))
        with pytest.raises(StoreError), store.unit() as unit:
            unit.append("acme", leaf(index, "other"), tree(size))
        assert store.log("acme") == [leaf(0)]

    def test_findings_are_replaced_and_dropped(self, store):
        better = replace(finding(), status=Status.PASS, judged_status=Status.PASS)
        with store.unit() as unit:
            unit.put_finding(finding())
            unit.put_finding(finding(SERVER, "agent.clock"))
            unit.put_finding(better)
        assert store.findings() == [finding(SERVER, "agent.clock"), better]
        with store.unit() as unit:
            unit.drop_finding(finding())
            unit.drop_finding(finding(SERVER, "agent.key"))
        assert store.findings() == [finding(SERVER, "agent.clock")]

    def test_history_has_the_last_change_before_and_all_within(self, store):
        other = Asset(client="beta", server="db1")
        with store.unit() as unit:
            unit.add_change(change(NOW - 2 * HOUR, Status.UNKNOWN))
            unit.add_change(change(NOW - HOUR, Status.FAIL))
            unit.add_change(change(NOW, Status.PASS))
            unit.add_change(change(NOW + HOUR, Status.FAIL))
            unit.add_change(change(NOW - 3 * HOUR, Status.PASS, SERVER))
            unit.add_change(change(NOW, Status.PASS, other))
        assert store.history("acme", NOW, NOW + HOUR) == [
            change(NOW - 3 * HOUR, Status.PASS, SERVER),
            change(NOW - HOUR, Status.FAIL),
            change(NOW, Status.PASS),
        ]

    def test_refusals_are_counted_by_reason(self, store):
        for reason in ("malformed", "too_large", "malformed"):
            store.count_refusal(reason)
        assert store.refusals() == {"malformed": 2, "too_large": 1}
        assert store.accepted_total() == 0

    def test_units_of_many_threads_follow_one_another(self, store):
        with store.unit() as unit:
            unit.put_key(key())

        def accept_five():
            for _ in range(5):
                with store.unit() as unit:
                    last = unit.stream(key().key_id, 1)
                    unit.put_statement(statement(key(), 1 if last is None else last.number + 1))

        threads = [threading.Thread(target=accept_five) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        numbers = [kept.number for kept in store.statements(key().key_id)]
        assert numbers == list(range(1, 41))
