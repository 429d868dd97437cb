from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.names import Slug

from guardian.checks.backup_immutable import tells_locks
from guardian.domain.asset import CopyPlan
from guardian.domain.storage import (
    Event,
    Lack,
    LockMode,
    NoLook,
    Question,
    Rules,
    StorageEvent,
    StorageLook,
    Versioning,
    Witnessed,
)
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.looking import lock, look, stored
from tests.central.domain.making import (
    COPY,
    COPY_ASSET,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SET,
    T0,
    judged,
    knowing,
)

POINT = stored(1, T0 - HOUR)
RULES = look().rules


def verdict(found: StorageLook | None, now: object = T0, **settings: object) -> Verdict:
    events = settings.pop("events", ())
    known = None if found is None else Witnessed(look=found, events=events)
    return judged("backup.immutable", knowing(witness=known), now, **settings)


def locked(mode: LockMode = LockMode.COMPLIANCE, lasts: object = 30 * DAY) -> StorageLook:
    return look(POINT, locks=(lock(POINT, mode, lasts),))


def test_locked_in_compliance_mode_until_a_date():
    found = verdict(locked())
    assert found.status is Status.PASS
    assert found.reason.startswith("locked until 2026-12-21 11:00 UTC at least (COMPLIANCE)")
    assert found.holds_until == T0 + 26 * HOUR


def test_governance_is_weaker_and_no_proof():
    found = verdict(locked(LockMode.GOVERNANCE))
    assert found.status is Status.FAIL
    assert "GOVERNANCE only, which is weaker" in found.reason


def test_where_it_suffices_it_is_still_called_weaker():
    found = verdict(locked(LockMode.GOVERNANCE), governance_suffices=True)
    assert found.status is Status.PASS
    assert "weaker" in found.reason


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (locked(LockMode.NONE, None), "1 of the newest objects can be deleted now: not locked"),
        (locked(lasts=3 * DAY), "can be deleted sooner than 7 d after being stored"),
        (
            look(POINT, rules=Rules(versioning=Versioning.OFF)),
            "versioning is off: what is overwritten is gone",
        ),
        (look(POINT, rules=Rules(versioning=Versioning.SUSPENDED)), "versioning is suspended"),
        (
            look(POINT, rules=replace(RULES, expires_after_days=3)),
            "a lifecycle rule deletes after 3 days, 7 d agreed",
        ),
    ],
)
def test_what_could_be_deleted_before_its_date(found, said):
    judged_ = verdict(found)
    assert judged_.status is Status.FAIL
    assert said in judged_.reason


def test_a_lock_that_is_long_enough_and_a_rule_that_is_late_enough():
    assert verdict(locked(lasts=7 * DAY)).status is Status.PASS
    late = look(POINT, rules=replace(RULES, expires_after_days=7))
    assert verdict(late).status is Status.PASS


def test_a_lock_counted_from_when_the_upload_began_is_not_too_short():
    assert verdict(locked(lasts=7 * DAY - 2 * SECOND)).status is Status.PASS
    assert verdict(locked(lasts=7 * DAY - HOUR)).status is Status.FAIL


def test_a_lock_that_ends_in_time_ends_the_pass():
    brief = locked(lasts=20 * HOUR)
    found = verdict(brief, keep=20 * HOUR)
    assert found.holds_until == T0 + 19 * HOUR
    after = verdict(brief, T0 + 20 * HOUR, keep=20 * HOUR)
    assert after.status is Status.FAIL
    assert "the lock ended" in after.reason
    assert after.since == T0 + 19 * HOUR


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            StorageEvent(event=Event.LOCK_SHORTENED, at=T0, promised_until=T0 + DAY),
            "a lock was shortened that should have held until 2026-11-22",
        ),
        (StorageEvent(event=Event.LOCK_SHORTENED, at=T0), "until its date"),
        (StorageEvent(event=Event.VERSIONING_STOPPED, at=T0), "versioning was stopped"),
    ],
)
def test_what_was_weakened_between_two_looks(event, said):
    found = verdict(locked(), events=(event,))
    assert found.status is Status.FAIL
    assert said in found.reason


def test_what_was_taken_away_is_another_controls_subject():
    lost = StorageEvent(event=Event.DATA_LOST, at=T0)
    assert verdict(locked(), events=(lost,)).status is Status.PASS


@pytest.mark.parametrize(
    "question", [Question.POINTS, Question.ABSENCE, Question.RETENTION, Question.VERSIONING]
)
def test_what_could_not_be_asked_is_unknown_with_the_permissions_name(question):
    lack = Lack(question=question, reason=Slug("permission-missing"), permission="s3:GetSome")
    found = verdict(replace(locked(), lacks=(lack,)))
    assert found.status is Status.UNKNOWN
    assert "permission missing: s3:GetSome" in found.reason


def test_a_lifecycle_that_cannot_be_asked_cuts_no_lock():
    lack = Lack(question=Question.LIFECYCLE, reason=Slug("not-implemented"))
    assert verdict(replace(locked(), lacks=(lack,))).status is Status.PASS


@pytest.mark.parametrize("reason", ["no-such-bucket", "time-spent"])
def test_after_a_look_that_saw_nothing_locks_are_not_known(reason):
    failure = NoLook(looked_at=T0, reason=Slug(reason))
    evidence = knowing(witness=Witnessed(look=locked(), failure=failure))
    found = judged("backup.immutable", evidence)
    assert found.status is Status.UNKNOWN
    assert reason.replace("-", " ") in found.reason


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (locked(LockMode.UNKNOWN, None), "does not say how the newest objects are locked"),
        (replace(locked(), rules=Rules()), "does not say whether it keeps versions"),
        (look(), "nothing lies there that could be locked"),
    ],
)
def test_what_is_not_said_is_unknown(found, said):
    judged_ = verdict(found)
    assert judged_.status is Status.UNKNOWN
    assert said in judged_.reason


def test_without_a_look_nothing_is_known():
    assert verdict(None).status is Status.UNKNOWN
    assert judged("backup.immutable", knowing(witness=Witnessed())).status is Status.UNKNOWN


def test_an_old_look_proves_nothing():
    found = verdict(locked(), T0 + 27 * HOUR)
    assert found.status is Status.UNKNOWN
    assert found.since == T0 + 26 * HOUR


@pytest.mark.parametrize(("kind", "agreed"), [("s3", True), ("folder", False), (None, False)])
def test_it_is_about_storage_that_can_tell_of_locks(kind, agreed):
    plan = replace(PLAN, copies=(CopyPlan(backup_set=SET, copy=COPY, witness=kind),))
    assert tells_locks(plan, COPY_ASSET) is agreed
    assert not tells_locks(replace(PLAN, copies=()), COPY_ASSET)
