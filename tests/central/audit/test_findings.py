"""What was judged holds until it ran out: a time in which nobody judged is no time that passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guardian.audit.findings import JUDGED_WITHIN, record
from guardian.audit.verify import verify
from guardian.domain.verdict import Status
from guardian.stores.memory import MemoryStore
from tests.central.audit.test_verify import finding
from tests.central.ingest.speaker import CENTRAL_KEY, HOUR, NOON

LATER = NOON + 10 * HOUR
PASSED = replace(finding(), status=Status.PASS, since=NOON, holds_until=NOON + HOUR)


@pytest.fixture
def store():
    made = MemoryStore()
    with made.unit() as unit:
        record(unit, [PASSED], NOON)
    return made


def judged(store, now, **changes):
    with store.unit() as unit:
        (kept,) = record(unit, [replace(PASSED, **changes)], now)
    history = [(change.at, change.status) for change in store.history("acme", NOON, LATER + HOUR)]
    assert verify(store, "acme", CENTRAL_KEY.public).holds
    return kept, history


@pytest.mark.parametrize("now", [NOON + HOUR / 2, NOON + HOUR, NOON + HOUR + JUDGED_WITHIN])
def test_a_pass_that_is_renewed_in_time_keeps_its_beginning(store, now):
    kept, history = judged(store, now, since=now, holds_until=now + HOUR)
    assert kept.since == NOON
    assert history == [(NOON, Status.PASS)]


def test_a_pass_that_ran_out_unseen_is_unknown_until_it_is_judged_again(store):
    kept, history = judged(store, LATER, holds_until=LATER + HOUR)
    assert kept.since == LATER
    assert history == [
        (NOON, Status.PASS),
        (NOON + HOUR, Status.UNKNOWN),
        (LATER, Status.PASS),
    ]


def test_a_failure_found_late_does_not_stretch_the_pass_before_it(store):
    _, history = judged(store, LATER, status=Status.FAIL, since=LATER, holds_until=None)
    assert history == [
        (NOON, Status.PASS),
        (NOON + HOUR, Status.UNKNOWN),
        (LATER, Status.FAIL),
    ]


def test_a_failure_that_began_when_the_pass_ran_out_follows_it(store):
    began = NOON + HOUR
    _, history = judged(store, LATER, status=Status.FAIL, since=began, holds_until=None)
    assert history == [(NOON, Status.PASS), (began, Status.FAIL)]


@pytest.mark.parametrize("status", [Status.FAIL, Status.UNKNOWN, Status.EXEMPT])
def test_what_is_no_pass_stays_what_it_was(status):
    store = MemoryStore()
    before = replace(PASSED, status=status)
    with store.unit() as unit:
        record(unit, [before], NOON)
    kept, history = judged(store, LATER, status=status)
    assert (kept.since, history) == (NOON, [(NOON, status)])


def test_a_pass_without_an_end_needs_no_renewal():
    store = MemoryStore()
    with store.unit() as unit:
        record(unit, [replace(PASSED, holds_until=None)], NOON)
    kept, history = judged(store, LATER, holds_until=None, reason="as before")
    assert (kept.since, history) == (NOON, [(NOON, Status.PASS)])
