"""Every rule refuses its planted cause and lets the healthy twin of it pass."""

from __future__ import annotations

import contextlib
import copy
import json
import zlib
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.envelope import seal
from guardian_agent.wire.names import NO_HASH, Hash, Name, Slug
from guardian_agent.wire.observations import Unrecognised
from guardian_agent.wire.statement import MAX_BYTES, PAYLOAD_TYPE
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import Refusal
from guardian.ingest import trust
from guardian.ingest.trust import Accepted, Duplicate, deadline, examine, unwrap
from tests.central.ingest.known import (
    KEY,
    NOON,
    OTHER_KEY,
    OTHER_RECORD,
    RECORD,
    InMemory,
    chain,
    hash_of,
    said,
    sealed,
)

MINUTE = timedelta(minutes=1)
FIRST, SECOND, THIRD, FOURTH = chain(4)
HEALTHY = json.loads(to_json(FIRST))


def payload(text: bytes) -> bytes:
    """Return an envelope in which the agent really signed `text` as a statement."""
    return seal(KEY, PAYLOAD_TYPE, text)


def known(*statements, **record):
    """Return a store that has taken these statements; the key's record is changed as told."""
    store = InMemory()
    for statement in statements:
        store.take(sealed(statement))
    store.keys[RECORD.key_id] = replace(RECORD, **record)
    return store


def both_clients():
    store = known()
    store.keys[OTHER_RECORD.key_id] = OTHER_RECORD
    return store


def altered(statement):
    """Return an envelope whose payload was changed after it was signed."""
    envelope = json.loads(sealed(statement))
    envelope["payload"] = json.loads(sealed(replace(statement, dropped=7)))["payload"]
    return json.dumps(envelope).encode()


def with_key_name(raw, key_id):
    envelope = json.loads(raw)
    envelope["signatures"][0]["keyid"] = key_id
    return json.dumps(envelope).encode()


@dataclass(frozen=True, kw_only=True)
class Case:
    """A cause planted for one refusal, and what differs from it and is accepted."""

    refusal: type[Refusal]
    store: InMemory
    planted: bytes
    twin: bytes
    twin_store: InMemory | None = None


def json_with(**changes) -> bytes:
    return json.dumps({**HEALTHY, **changes}).encode()


def malformed(planted: bytes, twin: bytes = sealed(FIRST)) -> Case:
    return Case(refusal=trust.Malformed, store=known(), planted=planted, twin=twin)


def padded(size: int) -> bytes:
    raw = sealed(FIRST)
    return raw + b" " * (size - len(raw))


CASES = {
    "a byte over a megabyte": Case(
        refusal=trust.TooLarge,
        store=known(),
        planted=padded(MAX_BYTES + 1),
        twin=padded(MAX_BYTES),
    ),
    "nothing": malformed(b""),
    "no envelope": malformed(b"{}"),
    "two signatures": malformed(
        sealed(FIRST).replace(b'"signatures":[', b'"signatures":[{"keyid":"","sig":""},')
    ),
    "key twice in the envelope": malformed(
        sealed(FIRST).replace(b'{"payloadType"', b'{"payloadType":"x","payloadType"')
    ),
    "envelope nested deeply": malformed(b"[" * 100_000),
    "signed nothing": malformed(payload(b"")),
    "signed no JSON": malformed(payload(b"\xff")),
    "signed another thing": malformed(payload(b"[]")),
    "signed deep nesting": malformed(payload(b"[" * 100_000)),
    "key twice": malformed(payload(to_json(FIRST)[:-1] + b',"number":1}')),
    "NaN": malformed(payload(to_json(FIRST).replace(b"1.0", b"NaN"))),
    "1e400": malformed(payload(to_json(FIRST).replace(b"1.0", b"1e400"))),
    "lone surrogate": malformed(payload(json_with(client="acme\ud800"))),
    "final newline": malformed(payload(json_with(client="acme\n"))),
    "negative": malformed(payload(json_with(spooled=-1))),
    "missing key": malformed(payload(json.dumps({"version": 1}).encode())),
    "another version": malformed(sealed(said(version=2))),
    "number zero": malformed(sealed(said(number=0))),
    "never enrolled": Case(
        refusal=trust.UnknownKey,
        store=known(),
        planted=sealed(said(client=Name("beta")), OTHER_KEY),
        twin=sealed(said(client=Name("beta")), OTHER_KEY),
        twin_store=both_clients(),
    ),
    "revoked": Case(
        refusal=trust.RevokedKey,
        store=known(FIRST, revoked_at=NOON),
        planted=sealed(SECOND),
        twin=sealed(SECOND),
        twin_store=known(FIRST),
    ),
    "repeated after it was revoked": Case(
        refusal=trust.RevokedKey,
        store=known(FIRST, revoked_at=NOON),
        planted=sealed(FIRST),
        twin=sealed(FIRST),
        twin_store=known(FIRST),
    ),
    "frozen": Case(
        refusal=trust.FrozenKey,
        store=known(FIRST, frozen_at=NOON, frozen_because="equivocation"),
        planted=sealed(SECOND),
        twin=sealed(SECOND),
        twin_store=known(FIRST),
    ),
    "altered": Case(
        refusal=trust.BadSignature, store=known(), planted=altered(FIRST), twin=sealed(FIRST)
    ),
    "signed by another client's agent": Case(
        refusal=trust.BadSignature,
        store=both_clients(),
        planted=with_key_name(sealed(FIRST, OTHER_KEY), RECORD.key_id),
        twin=with_key_name(sealed(FIRST, KEY), RECORD.key_id),
    ),
    "signed as something else": Case(
        refusal=trust.BadSignature,
        store=known(),
        planted=seal(KEY, "application/vnd.guardian.receipt.v1", to_json(FIRST)),
        twin=sealed(FIRST),
    ),
    "enrolled with a key under which anybody signs": Case(
        refusal=trust.BadSignature,
        store=known(public_key=b"\x01" + bytes(31)),
        planted=sealed(FIRST),
        twin=sealed(FIRST),
        twin_store=known(),
    ),
    "another client": Case(
        refusal=trust.WrongIdentity,
        store=known(),
        planted=sealed(said(client=Name("beta"))),
        twin=sealed(FIRST),
    ),
    "another server of the client": Case(
        refusal=trust.WrongIdentity,
        store=known(),
        planted=sealed(said(agent=Name("db1"))),
        twin=sealed(FIRST),
    ),
    "earlier epoch": Case(
        refusal=trust.StaleEpoch,
        store=known(),
        planted=sealed(said(epoch=1)),
        twin=sealed(FIRST),
    ),
    "later epoch": Case(
        refusal=trust.StaleEpoch,
        store=known(),
        planted=sealed(said(epoch=3)),
        twin=sealed(FIRST),
    ),
    "two statements of one number": Case(
        refusal=trust.Equivocation,
        store=known(FIRST, SECOND),
        planted=sealed(replace(FIRST, dropped=1)),
        twin=sealed(FIRST),
    ),
    "rolled back": Case(
        refusal=trust.Equivocation,
        store=known(FIRST, SECOND, THIRD),
        planted=sealed(replace(THIRD, boot_id="b1" * 16)),
        twin=sealed(FOURTH),
    ),
    "passed over before": Case(
        refusal=trust.OutOfOrder,
        store=known(FIRST, THIRD),
        planted=sealed(SECOND),
        twin=sealed(SECOND),
        twin_store=known(FIRST),
    ),
    # An hour since the enrolment allows 60 numbers, and 10 000 are free.
    "far ahead from the start": Case(
        refusal=trust.FastForward,
        store=known(),
        planted=sealed(said(number=10_061)),
        twin=sealed(said(number=10_060)),
    ),
    "far ahead": Case(
        refusal=trust.FastForward,
        store=known(FIRST),
        planted=sealed(said(number=10_002)),
        twin=sealed(said(number=10_001)),
    ),
    "to the end of all numbers": Case(
        refusal=trust.FastForward,
        store=known(FIRST),
        planted=sealed(said(number=2**63 - 1)),
        twin=sealed(SECOND),
    ),
    "enrolled in the future": Case(
        refusal=trust.FastForward,
        store=known(enrolled_at=NOON + timedelta(days=9)),
        planted=sealed(said(number=10_001)),
        twin=sealed(said(number=10_000)),
    ),
    "first that names one before": Case(
        refusal=trust.BrokenChain,
        store=known(),
        planted=sealed(said(previous=Hash("1" * 64))),
        twin=sealed(said(previous=Hash(NO_HASH))),
    ),
    "next that names another before": Case(
        refusal=trust.BrokenChain,
        store=known(FIRST),
        planted=sealed(said(number=2, previous=Hash("1" * 64))),
        twin=sealed(said(number=2, previous=hash_of(FIRST))),
    ),
}

REASONS = {
    trust.TooLarge: ("too_large", 413),
    trust.Malformed: ("malformed", 400),
    trust.UnknownKey: ("unknown_key", 403),
    trust.RevokedKey: ("revoked_key", 403),
    trust.FrozenKey: ("frozen_key", 403),
    trust.BadSignature: ("bad_signature", 403),
    trust.WrongIdentity: ("wrong_identity", 403),
    trust.StaleEpoch: ("stale_epoch", 409),
    trust.Equivocation: ("equivocation", 409),
    trust.OutOfOrder: ("out_of_order", 409),
    trust.FastForward: ("fast_forward", 409),
    trust.BrokenChain: ("broken_chain", 409),
    trust.NotStored: ("not_stored", 503),
}


@pytest.mark.parametrize("name", CASES)
def test_the_planted_cause_is_refused_by_its_rule_and_changes_nothing(name):
    case = CASES[name]
    before = copy.deepcopy(case.store)
    with pytest.raises(Refusal) as caught:
        examine(case.planted, case.store, NOON)
    assert type(caught.value) is case.refusal
    assert case.store == before


@pytest.mark.parametrize("name", CASES)
def test_its_healthy_twin_passes(name):
    case = CASES[name]
    answer = examine(case.twin, case.twin_store or case.store, NOON)
    assert isinstance(answer, Accepted | Duplicate)


@pytest.mark.parametrize("refusal", REASONS)
def test_each_reason_has_its_name_and_status(refusal):
    assert (refusal.reason, refusal.status) == REASONS[refusal]


def test_no_reason_lacks_a_planted_cause():
    classes = {kind for kind in vars(trust).values() if isinstance(kind, type)}
    refusals = {kind for kind in classes if issubclass(kind, Refusal)}
    assert refusals - {Refusal, trust.ProvenRefusal, trust.KeyConflict} == set(REASONS)
    raised_by_the_service = {trust.NotStored}
    assert {case.refusal for case in CASES.values()} == set(REASONS) - raised_by_the_service


def test_what_a_key_really_signed_is_told_with_the_refusal():
    message = "acme/web1 signed two different statements 1"
    with pytest.raises(trust.ProvenRefusal, match=message) as caught:
        examine(sealed(replace(FIRST, dropped=1)), known(FIRST), NOON)
    refusal = caught.value
    assert (refusal.record, refusal.epoch, refusal.number) == (RECORD, 2, 1)
    assert refusal.payload_hash == hash_of(replace(FIRST, dropped=1))


def test_an_accepted_statement_comes_with_its_facts():
    answer = examine(sealed(FIRST), known(), NOON + MINUTE)
    assert answer == Accepted(
        record=RECORD,
        statement=FIRST,
        payload_hash=hash_of(FIRST),
        gap=False,
        skew_seconds=-60.0,
        late=False,
    )


def test_a_repetition_gets_the_receipt_it_got():
    store = known(FIRST, SECOND)
    assert store.take(sealed(FIRST)) == Duplicate(record=RECORD, receipt=b"receipt 1")
    assert store.take(sealed(SECOND)) == Duplicate(record=RECORD, receipt=b"receipt 2")


def test_a_gap_is_accepted_and_told():
    assert examine(sealed(THIRD), known(FIRST), NOON).gap
    assert examine(sealed(THIRD), known(), NOON).gap
    assert not examine(sealed(THIRD), known(FIRST, SECOND), NOON).gap


def test_after_a_gap_the_chain_goes_on():
    store = known(FIRST, THIRD)
    assert not store.take(sealed(FOURTH)).gap


def test_offline_time_earns_numbers():
    store = known(FIRST)
    ahead = sealed(said(number=10_062))
    with pytest.raises(trust.FastForward):
        examine(ahead, store, NOON + 60 * MINUTE)
    assert examine(ahead, store, NOON + 61 * MINUTE).gap


@pytest.mark.parametrize(
    ("ahead", "late"),
    [(timedelta(days=400), False), (-5 * MINUTE, False), (-6 * MINUTE, True)],
)
def test_a_wrong_clock_is_a_fact_and_no_reason(ahead, late):
    answer = examine(sealed(said(wall_time=NOON + ahead)), known(), NOON)
    assert answer.skew_seconds == ahead.total_seconds()
    assert answer.late is late


@given(st.datetimes(timezones=st.just(NOON.tzinfo)))
def test_no_wall_time_is_refused(wall_time):
    assert isinstance(examine(sealed(said(wall_time=wall_time)), known(), NOON), Accepted)


def test_the_deadline_moves_by_receipts_alone():
    assert deadline(NOON, 60 * MINUTE, 10 * MINUTE) == NOON + 70 * MINUTE


def test_what_a_newer_agent_adds_stays_visible():
    text = json_with(mood="good", observations=[{"kind": "tape_library", "slots": 3}])
    answer = examine(payload(text), known(), NOON)
    assert answer.statement.observations == (Unrecognised(kind=Slug("tape_library")),)


def test_packed_bytes_are_unwrapped():
    raw = sealed(FIRST)
    assert unwrap(raw, None) == raw
    assert unwrap(zlib.compress(raw), "deflate") == raw


@pytest.mark.parametrize(
    ("body", "encoding", "refusal"),
    [
        (b" " * (256 * 1024 + 1), None, trust.TooLarge),
        (zlib.compress(bytes(2**24)), "deflate", trust.TooLarge),
        (b"{}", "deflate", trust.Malformed),
        (b"{}", "gzip", trust.Malformed),
    ],
)
def test_what_cannot_be_unwrapped_is_refused(body, encoding, refusal):
    with pytest.raises(refusal):
        unwrap(body, encoding)


@given(st.integers(0, len(sealed(FIRST)) * 8 - 1))
def test_any_one_flipped_bit_is_refused(bit):
    raw = bytearray(sealed(FIRST))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refusal):
        examine(bytes(raw), known(), NOON)


@given(st.binary(max_size=80))
def test_no_bytes_break_it_unsigned(raw):
    with pytest.raises(Refusal):
        examine(raw, known(), NOON)


@given(st.binary(max_size=80))
def test_no_bytes_break_it_signed(text):
    with pytest.raises(trust.Malformed):
        examine(payload(text), known(), NOON)


@given(
    st.sampled_from(sorted(HEALTHY)), st.recursive(st.none() | st.text() | st.integers(), st.lists)
)
def test_no_value_breaks_it(key, value):
    with contextlib.suppress(Refusal):
        examine(payload(json_with(**{key: value})), known(), NOON)


@given(st.lists(st.integers(0, 7), max_size=30))
def test_however_delivered_numbers_rise_and_repetitions_repeat(order):
    made, store, receipts = chain(8), InMemory(), {}
    for turn in order:
        statement, last = made[turn], max(receipts, default=0)
        try:
            answer = store.take(sealed(statement))
        except trust.OutOfOrder:
            assert statement.number < last
            assert statement.number not in receipts
            continue
        if isinstance(answer, Accepted):
            assert statement.number > last
            assert answer.gap == (statement.number != last + 1)
            receipts[statement.number] = b"receipt %d" % statement.number
        assert store.take(sealed(statement)).receipt == receipts[statement.number]


@given(st.integers(1, 12), st.integers(0, 11), st.integers(1, 9))
def test_a_second_history_is_never_accepted(length, fork, dropped):
    """A cloned or restored agent goes on from an old state: its first new word is refused."""
    made, store = chain(length), InMemory()
    for statement in made:
        store.take(sealed(statement))
    other = replace(made[fork % length], dropped=dropped)
    with pytest.raises(trust.Equivocation):
        store.take(sealed(other))
    following = said(number=length + 1, previous=hash_of(other))
    if fork % length == length - 1:
        with pytest.raises(trust.BrokenChain):
            store.take(sealed(following))
