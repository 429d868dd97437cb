from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import RestorePoint
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.disagreements import Comparison, Tolerance, compare, seen_in_words, why_not
from guardian.domain.evidence import CopyEvidence
from guardian.domain.storage import (
    DeletedPoint,
    Event,
    Lack,
    Layout,
    NoLook,
    Question,
    StorageEvent,
    StorageLook,
    StoredPoint,
    Witnessed,
)
from guardian.domain.witnessed import seen
from tests.central.domain.looking import look, stored
from tests.central.domain.making import COPY, DAY, HOUR, MINUTE, SET, T0, point, points, told

TOLERANCE = Tolerance()
MADE = T0 - 3 * HOUR


def claimed(name: str | int, at: datetime, **fields: object) -> RestorePoint:
    return point(name, at, **{"finished_at": at + 10 * MINUTE, **fields})


def listed(*claims: RestorePoint, at: datetime = T0, total: int | None = None) -> CopyEvidence:
    """Return what is known after the agent listed these, central having looked at T0."""
    copy = told(points(*claims, total=total), at=at).copy(SET, COPY)
    assert copy is not None
    return copy


def compared(
    copy: CopyEvidence, *looks: StorageLook, tolerance: Tolerance = TOLERANCE, **fields: object
) -> Comparison:
    known: Witnessed | None = None
    for each in looks:
        known = seen(known, each)
    known = known and replace(known, **fields)
    return compare(replace(copy, witness=known), tolerance)


def kept(at: datetime, name: str | int = 1, **fields: object) -> StoredPoint:
    """Return a point as the storage shows it, eleven minutes after the backup began."""
    return stored(name, at + 11 * MINUTE, **fields)


def fault(copy: CopyEvidence, *looks: StorageLook, **fields: object) -> str:
    found = compared(copy, *looks, **fields)
    assert len(found.faults) == 1, found
    return found.faults[0]


DAILY = [T0 - 3 * HOUR - number * DAY for number in range(5)]
CLAIMS = [claimed(number, at) for number, at in enumerate(DAILY)]
KEPT = [kept(at, number) for number, at in enumerate(DAILY)]


@pytest.mark.parametrize("told_at", [T0 - HOUR, T0, T0 + HOUR])
def test_two_honest_views_agree(told_at):
    assert compared(listed(*CLAIMS, at=told_at), look(*KEPT)).agrees


@pytest.mark.parametrize("told_at", [T0 - HOUR, T0 + HOUR])
def test_a_claimed_point_that_the_storage_does_not_have(told_at):
    found = fault(listed(*CLAIMS, at=told_at), look(*KEPT[1:]))
    assert found.startswith("the agent claims 1 restore point that the storage does not have")


def test_the_agent_claims_points_and_nothing_lies_there():
    assert "claims 5 restore points" in fault(listed(*CLAIMS), look())


def test_an_old_point_may_have_been_pruned_since_it_was_listed():
    old = claimed(9, T0 - 20 * DAY)
    copy = replace(listed(CLAIMS[0], old, at=T0 - HOUR))
    heard = replace(
        copy,
        listing=replace(
            copy.listing,
            points=tuple(replace(each, first_seen_at=each.made_at) for each in copy.listing.points),
        ),
    )
    assert compared(heard, look(KEPT[0])).agrees


def test_but_not_before_it_was_listed():
    old = claimed(9, T0 - 20 * DAY)
    assert "does not have" in fault(listed(CLAIMS[0], old, at=T0), look(KEPT[0]))


def test_a_point_on_its_way_is_waited_for():
    fresh = claimed(9, T0 - 40 * MINUTE)
    assert compared(listed(fresh, CLAIMS[0], at=T0), look(KEPT[0])).agrees
    late = replace(TOLERANCE, max_lag=timedelta(minutes=20))
    assert "does not have" in fault(listed(fresh, CLAIMS[0], at=T0), look(KEPT[0]), tolerance=late)


def test_what_was_listed_long_before_central_looked_was_there_before():
    endless = point(9, T0 - 4 * HOUR)
    found = listed(endless, CLAIMS[0], at=T0 - 2 * HOUR)
    assert "does not have" in fault(found, look(KEPT[0]))
    assert compared(listed(endless, CLAIMS[0], at=T0 - 30 * MINUTE), look(KEPT[0])).agrees


def test_a_tool_that_tells_no_end_may_take_a_day():
    begun = point(9, T0 - 20 * HOUR)
    assert compared(listed(begun, at=T0), look(stored(9, T0 - HOUR))).agrees


def test_points_dated_back_came_later_than_their_dates_allow():
    found = fault(listed(claimed(9, T0 - 3 * DAY)), look(stored(9, T0 - 2 * HOUR)))
    assert found == "1 restore point was stored more than 1 h after the date that the agent claims"


def test_of_missing_and_late_points_each_is_told():
    claims = [claimed(number, T0 - 3 * DAY) for number in range(3)]
    found = compared(listed(*claims), look(stored(9, T0 - 2 * HOUR)))
    assert [each.split(" restore")[0] for each in found.faults] == ["1", "the agent claims 2"]


def test_points_dated_in_the_future_are_no_evidence():
    ahead = claimed(9, T0 + DAY)
    assert fault(listed(ahead, CLAIMS[0]), look(KEPT[0])) == (
        "the agent lists 1 restore point dated in the future"
    )


def test_what_lies_there_and_is_not_told():
    found = fault(listed(CLAIMS[0]), look(KEPT[0], stored(9, T0 - 2 * HOUR)))
    assert found == "the agent does not speak of 1 restore point in the storage"


def test_where_others_keep_theirs_that_says_nothing():
    others = look(KEPT[0], stored(9, T0 - 2 * HOUR), exclusive=False)
    assert compared(listed(CLAIMS[0]), others).agrees


def test_what_was_stored_just_now_need_not_be_told():
    assert compared(listed(CLAIMS[0]), look(KEPT[0], stored(9, T0 - MINUTE))).agrees


def test_an_old_point_pruned_between_look_and_list_need_not_be_told():
    old = stored(9, T0 - 20 * DAY)
    assert compared(listed(CLAIMS[0], at=T0 + HOUR), look(KEPT[0], old)).agrees
    assert "not speak" in fault(listed(CLAIMS[0], at=T0 - HOUR), look(KEPT[0], old))


def test_what_the_agent_keeps_back_for_too_long():
    told_at = T0 - 2 * DAY
    claim, its_own = claimed(1, T0 - 3 * DAY), kept(T0 - 3 * DAY)
    withheld = stored(9, T0 - 30 * HOUR)
    found = fault(listed(claim, at=told_at), look(its_own, withheld))
    assert found.startswith("1 restore point was stored since the agent's newest list")
    soon = stored(9, T0 - 20 * HOUR)
    assert compared(listed(claim, at=told_at), look(its_own, soon)).agrees


def test_an_agent_that_lists_nothing_where_something_lies():
    found = compared(listed(), look(KEPT[0]))
    assert found.faults == ("the agent does not speak of 1 restore point in the storage",)
    assert found.doubts == ("the agent lists no restore point",)


def test_nothing_on_both_sides_is_no_agreement():
    assert not compared(listed(), look()).agrees
    assert compared(listed(claimed(1, T0 - 9 * MINUTE)), look()).doubts == (
        "nothing lies in the storage yet",
    )


MANY = [claimed(number, T0 - 3 * HOUR - number * HOUR) for number in range(8)]
MANY_KEPT = [kept(T0 - 3 * HOUR - number * HOUR, number) for number in range(8)]


def test_windows_are_compared_where_they_overlap():
    assert compared(listed(*MANY), look(*MANY_KEPT[:4], total=8)).agrees
    assert compared(listed(*MANY[:4], total=8), look(*MANY_KEPT)).agrees


def test_more_claims_than_there_is_beyond_the_windows():
    found = fault(listed(*MANY[:4], total=9), look(*MANY_KEPT[:4], total=8))
    assert found == "the agent claims 9 restore points, and the storage has 8"
    assert compared(listed(*MANY[:4], total=9, at=T0 - HOUR), look(*MANY_KEPT[:4], total=8)).agrees
    fresh = claimed(99, T0 - MINUTE, finished_at=T0)
    new = listed(fresh, *MANY[:4], total=9)
    assert compared(new, look(*MANY_KEPT[:4], total=8)).agrees


BORG = {"layout": Layout.BORG, "total": None}


def test_where_points_do_not_show_something_must_have_been_written():
    written = look(**BORG, newest_at=MADE + 12 * MINUTE)
    assert compared(listed(claimed(1, MADE)), written).agrees
    stale = look(**BORG, newest_at=MADE - DAY)
    assert "nothing was stored after" in fault(listed(claimed(1, MADE)), stale)
    fresh = claimed(1, T0 - 20 * MINUTE)
    assert compared(listed(fresh), stale).agrees
    assert compared(listed(claimed(1, MADE)), look(**BORG, newest_at=None)).doubts


def test_young_points_that_were_taken_away():
    first = look(*KEPT, at=T0 - HOUR)
    found = fault(listed(*CLAIMS[1:]), first, look(*KEPT[1:]))
    assert found.startswith("1 restore point was deleted younger than 7 d, the newest of")


def test_old_ones_may_go():
    old = kept(T0 - 8 * DAY, 9)
    assert compared(listed(*CLAIMS), look(*KEPT, old, at=T0 - HOUR), look(*KEPT)).agrees


def test_a_marker_hides_a_young_point():
    marker = DeletedPoint(id=KEPT[0].id, stored_at=KEPT[0].stored_at, deleted_at=T0)
    assert "deleted younger" in fault(listed(*CLAIMS[1:]), look(*KEPT[1:], deleted=(marker,)))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event.POINT_OVERWRITTEN, "2 restore points were overwritten (noticed 2026-11-21"),
        (Event.ANCHOR_OVERWRITTEN, "the repository's configuration or keys were overwritten"),
        (Event.DATA_LOST, "2 data objects were gone or overwritten, and no restore point made"),
        (Event.SHRANK, "far more of the stored data is gone"),
        (Event.DATED_BACK, "2 restore points were dated by the storage before a look"),
        (Event.LAYOUT_CHANGED, "no longer looks like the repository"),
    ],
)
def test_what_happened_is_said(event, said):
    happened = StorageEvent(event=event, at=T0, count=2)
    assert said in fault(listed(*CLAIMS), look(*KEPT), events=(happened,))


@pytest.mark.parametrize("event", [Event.LOCK_SHORTENED, Event.VERSIONING_STOPPED])
def test_locks_are_another_controls_subject(event):
    happened = StorageEvent(event=event, at=T0)
    assert compared(listed(*CLAIMS), look(*KEPT), events=(happened,)).agrees


@pytest.mark.parametrize(
    ("look_", "said"),
    [
        (
            look(replace(KEPT[0], overwritten=True), *KEPT[1:]),
            "1 restore point was overwritten",
        ),
        (look(*KEPT, data_overwritten=3), "3 data objects were overwritten"),
        (look(replace(KEPT[0], bytes=0), *KEPT[1:]), "1 restore point was emptied"),
        (look(*KEPT, missing=(Slug("keys"),)), "what every restore needs is not there: keys"),
        (look(*KEPT, newest_at=T0 + DAY), "the storage dates its newest object in the future"),
    ],
)
def test_what_the_storage_shows_by_itself(look_, said):
    assert fault(listed(*CLAIMS), look_) == said


def test_a_storage_that_dates_points_in_the_future():
    ahead = stored(9, T0 + DAY)
    found = compared(listed(*CLAIMS), look(*KEPT, ahead))
    assert "the storage dates 1 restore point in the future" in found.faults


def test_an_empty_place_lacks_nothing():
    assert compared(listed(), look(missing=(Slug("keys"),))).faults == ()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question.POINTS, "not all restore points could be listed (permission missing: s3:Some)"),
        (Question.CLOCK, "the storage's clock cannot be compared with central's"),
        (Question.TIMES, "the storage shows times that whoever uploads can set"),
        (Question.ABSENCE, "the storage answers for what is not there"),
    ],
)
def test_a_doubt_about_the_look_keeps_both_from_agreeing(question, said):
    lack = Lack(question=question, reason=Slug("permission-missing"), permission="s3:Some")
    found = compared(listed(*CLAIMS), look(*KEPT, lacks=(lack,)))
    assert found.faults == ()
    assert found.doubts[0].startswith(said)


def test_with_a_doubtful_clock_nothing_is_said_of_the_future():
    lack = Lack(question=Question.CLOCK, reason=Slug("clock-differs"))
    found = compared(listed(*CLAIMS), look(*KEPT, newest_at=T0 + DAY, lacks=(lack,)))
    assert found.faults == ()


def test_what_is_not_decisive_is_no_doubt():
    lack = Lack(question=Question.LIFECYCLE, reason=Slug("not-implemented"))
    assert compared(listed(*CLAIMS), look(*KEPT, lacks=(lack,))).agrees
    assert why_not(lack) == "not implemented"


def test_a_bucket_that_is_there_no_more_bears_nothing_out():
    gone = NoLook(looked_at=T0, reason=Slug("no-such-bucket"))
    found = compared(listed(*CLAIMS), look(*KEPT), failure=gone)
    assert found.faults == ("the bucket that central looked into is there no more",)
    silent = replace(gone, reason=Slug("no-answer"))
    assert compared(listed(*CLAIMS), look(*KEPT), failure=silent).agrees


def test_a_file_that_was_just_begun_is_not_emptied():
    begun = stored(9, T0 - MINUTE, 0)
    assert "emptied" not in " ".join(compared(listed(*CLAIMS), look(*KEPT, begun)).faults)
    for empty in (replace(begun, stored_at=T0 - 6 * MINUTE), replace(begun, content=begun.id)):
        assert "1 restore point was emptied" in compared(listed(*CLAIMS), look(*KEPT, empty)).faults


def test_a_repository_without_a_restore_point_needs_no_data_yet():
    begun = look(missing=(Slug("data"),), newest_at=T0 - HOUR)
    assert compared(listed(), begun).faults == ()
    broken = replace(begun, missing=(Slug("keys"), Slug("data")))
    assert compared(listed(), broken).faults == ("what every restore needs is not there: keys",)


def test_before_the_first_look_and_the_first_list_nothing_is_known():
    nobody = CopyEvidence(backup_set=SET, copy=COPY)
    assert compare(nobody, TOLERANCE).doubts == ("central has not looked at the storage yet",)
    failed = Witnessed(failure=NoLook(looked_at=T0, reason=Slug("no-answer")))
    assert not compare(replace(nobody, witness=failed), TOLERANCE).agrees
    found = compared(nobody, look(*KEPT))
    assert found.doubts == ("the agent has listed no restore points yet",)


def test_a_look_in_words():
    assert seen_in_words(look(*KEPT)).startswith("5 restore points in the storage, the newest")
    assert "last written 2026-11-21 12:00 UTC" in seen_in_words(look(**BORG, newest_at=T0))
    assert seen_in_words(look()) == "0 restore points in the storage, the newest stored never"


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[RestorePoint], list[StoredPoint]]:
    """Draw an honest history: backups of any length, each stored within the lag."""
    claims, kept_ = [], []
    for number in range(draw(st.integers(1, 12))):
        begun = T0 - draw(st.integers(130, 6 * 24 * 60)) * MINUTE
        lasts = draw(st.integers(0, 60)) * MINUTE
        lag = draw(st.integers(0, 59)) * MINUTE
        tells_end = draw(st.booleans())
        ended = begun + lasts if tells_end else None
        claims.append(point(number, begun, finished_at=ended))
        kept_.append(stored(number, begun + lasts + lag))
    return claims, kept_


@given(history=histories(), told_at=st.integers(-600, 600))
def test_no_honest_agent_looks_like_a_liar(history, told_at):
    claims, kept_ = history
    at = T0 + told_at * MINUTE
    made = [each for each in claims if (each.finished_at or each.started_at) + HOUR <= at]
    there = [each for each in kept_ if each.stored_at <= min(T0, at)]
    found = compared(listed(*made, at=at), look(*there))
    if len(made) == len(claims) and len(there) == len(kept_):
        assert found.faults == ()


@given(history=histories(), gone=st.data(), told_at=st.integers(0, 600))
def test_whatever_is_deleted_while_the_agent_lies_is_found_at_the_next_look(history, gone, told_at):
    claims, kept_ = history
    lost = gone.draw(st.sets(st.sampled_from(range(len(kept_))), min_size=1))
    left = [each for number, each in enumerate(kept_) if number not in lost]
    copy = listed(*claims, at=T0 + told_at * MINUTE)
    assert compared(copy, look(*kept_, at=T0 - MINUTE), look(*left)).faults
    # And if there was no look before: by the agent's own claims.
    ends = [replace(each, finished_at=each.finished_at or each.started_at) for each in claims]
    assert compared(listed(*ends, at=T0 + told_at * MINUTE), look(*left)).faults


@given(history=histories(), extra=st.integers(1, 5))
def test_whatever_the_agent_withholds_is_found(history, extra):
    claims, kept_ = history
    silent = claims[extra:]
    assert compared(listed(*silent, at=T0), look(*kept_)).faults or len(silent) == len(claims)
