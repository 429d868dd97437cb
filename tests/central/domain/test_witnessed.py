from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.names import Slug

from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import witnessed
from guardian.domain.storage import (
    DeletedPoint,
    Event,
    Lack,
    Layout,
    LockMode,
    NoLook,
    Question,
    Rules,
    StorageLook,
    Tally,
    Versioning,
    Witnessed,
    replaced,
)
from guardian.domain.witnessed import MAX_EVENTS, MEMORY, nothing_seen, seen
from tests.central.domain.looking import lock, look, stored
from tests.central.domain.making import CLIENT, COPY, DAY, HOUR, MINUTE, SERVER, SET, T0

OLD, YOUNG = stored(1, T0 - 9 * DAY), stored(2, T0 - 2 * DAY)
FIRST = look(OLD, YOUNG, at=T0 - HOUR)
FAILED = NoLook(looked_at=T0, reason=Slug("no-answer"))


def after(*looks: StorageLook) -> Witnessed:
    known = None
    for each in looks:
        known = seen(known, each)
    assert known is not None
    return known


def events(known: Witnessed) -> set[Event]:
    return {event.event for event in known.events}


def test_the_first_look_tells_what_lies_there():
    assert after(FIRST) == Witnessed(look=FIRST)


def test_the_same_again_is_no_event():
    known = after(FIRST, look(OLD, YOUNG))
    assert (known.gone, known.events) == ((), ())


def test_a_look_that_saw_nothing_leaves_what_was_known():
    known = nothing_seen(after(FIRST), FAILED)
    assert (known.look, known.failure) == (FIRST, FAILED)
    assert seen(known, look(OLD, YOUNG)).failure is None
    assert nothing_seen(None, FAILED) == Witnessed(failure=FAILED)
    assert seen(nothing_seen(None, FAILED), FIRST) == Witnessed(look=FIRST)


CUT = (Lack(question=Question.POINTS, reason=Slug("time-spent")),)


def test_a_list_that_broke_off_takes_no_point_away():
    known = after(FIRST, look(OLD, at=T0, lacks=CUT))
    assert (known.look, known.gone, known.events) == (FIRST, (), ())
    assert known.failure == NoLook(looked_at=T0, reason=Slug("time-spent"))


def test_the_whole_list_after_it_is_held_against_the_whole_one_before_it():
    broken_off = look(OLD, at=T0, lacks=CUT)
    known = after(FIRST, broken_off, look(OLD, YOUNG, at=T0 + HOUR))
    assert (known.failure, known.gone, known.events) == (None, (), ())
    (gone,) = after(FIRST, broken_off, look(OLD, at=T0 + HOUR)).gone
    assert gone.id == YOUNG.id


def test_of_a_first_list_that_broke_off_nothing_is_held_against_the_next():
    known = after(look(OLD, at=T0, lacks=CUT), look(OLD, YOUNG, at=T0 + HOUR))
    assert known == Witnessed(look=look(OLD, YOUNG, at=T0 + HOUR))


def test_both_become_evidence_of_their_copy():
    nobody = ServerEvidence(client=CLIENT, server=SERVER)
    known = witnessed(witnessed(nobody, SET, COPY, FIRST), SET, COPY, FAILED)
    assert known.copy(SET, COPY).witness == Witnessed(look=FIRST, failure=FAILED)


def test_a_point_that_is_there_no_more_is_gone():
    (gone,) = after(FIRST, look(OLD)).gone
    assert (gone.id, gone.stored_at) == (YOUNG.id, YOUNG.stored_at)
    assert (gone.last_seen_at, gone.gone_at) == (T0 - HOUR, T0)


def test_it_stays_gone_until_it_is_there_again():
    known = after(FIRST, look(OLD), look(OLD, at=T0 + HOUR))
    assert [point.gone_at for point in known.gone] == [T0]
    assert seen(known, look(OLD, YOUNG, at=T0 + 2 * HOUR)).gone == ()


def test_a_point_behind_a_marker_is_told_as_deleted_and_not_as_gone_too():
    marker = DeletedPoint(id=YOUNG.id, stored_at=YOUNG.stored_at, deleted_at=T0)
    assert after(FIRST, look(OLD, deleted=(marker,))).gone == ()


def test_a_point_that_fell_out_of_the_window_is_not_gone():
    known = after(FIRST, look(YOUNG, total=2))
    assert known.gone == ()
    assert after(FIRST, look(total=2)).gone != ()


def test_where_points_do_not_show_none_go():
    written = look(layout=Layout.BORG, total=None, newest_at=T0)
    assert after(FIRST, written).gone == ()
    assert after(FIRST, look(OLD), written).gone != ()


@pytest.mark.parametrize(
    "new",
    [
        replace(YOUNG, stored_at=T0),
        replace(YOUNG, bytes=1),
        replace(YOUNG, content=OLD.id),
    ],
)
def test_other_contents_under_the_same_name(new):
    assert events(after(FIRST, look(OLD, new))) == {Event.POINT_OVERWRITTEN}


@pytest.mark.parametrize(
    "new", [replace(YOUNG, stored_at=T0), replace(YOUNG, bytes=1), replace(YOUNG, content=OLD.id)]
)
def test_a_file_that_takes_the_place_of_another_leaves_that_one_gone(new):
    first = replace(FIRST, layout=Layout.FILES)
    known = after(first, look(OLD, new, layout=Layout.FILES))
    assert events(known) == set()
    (gone,) = known.gone
    assert gone.stored_at == YOUNG.stored_at
    assert after(first, look(OLD, YOUNG, layout=Layout.FILES)).gone == ()


def grown(written_at, size, content=None):
    """Return what went away where a file had other contents at the next look."""
    first = look(stored(3, written_at, 300, content=content), at=T0, layout=Layout.FILES)
    new = stored(3, T0 + HOUR, size, content=content and OLD.id)
    return after(first, look(new, at=T0 + 2 * HOUR, layout=Layout.FILES)).gone


def test_a_file_that_was_being_written_took_no_place():
    assert grown(T0 - MINUTE, 900) == ()
    assert grown(T0 + MINUTE, 900) == ()


@pytest.mark.parametrize(
    "other", [(T0 - MINUTE, 200), (T0 - 6 * MINUTE, 900), (T0 - MINUTE, 900, YOUNG.id)]
)
def test_one_that_shrank_or_was_whole_did(other):
    assert grown(*other) != ()


def test_where_versions_tell_the_same_it_is_gone_once():
    first = replace(FIRST, layout=Layout.FILES)
    marker = DeletedPoint(
        id=replaced(YOUNG.id, YOUNG.stored_at), stored_at=YOUNG.stored_at, deleted_at=T0
    )
    new = look(OLD, replace(YOUNG, stored_at=T0), layout=Layout.FILES, deleted=(marker,))
    assert after(first, new).gone == ()


def test_keys_that_are_stored_again():
    anchors = (stored("config", T0),)
    assert events(after(FIRST, look(OLD, YOUNG, anchors=anchors))) == {Event.ANCHOR_OVERWRITTEN}


def test_another_key_is_no_overwriting():
    anchors = (*FIRST.anchors, stored("key", T0))
    assert events(after(FIRST, look(OLD, YOUNG, anchors=anchors))) == set()


LESS = Tally(objects=19, bytes=1990)


def test_data_that_is_gone_though_no_point_went():
    known = after(FIRST, look(OLD, YOUNG, data=LESS, data_before=LESS))
    assert [(each.event, each.count) for each in known.events] == [(Event.DATA_LOST, 1)]


def test_data_that_was_stored_again_is_lost_too():
    known = after(FIRST, look(OLD, YOUNG, data_before=LESS))
    assert events(known) == {Event.DATA_LOST}


def test_data_may_go_after_a_point_went():
    pruned = look(OLD, data=LESS, data_before=LESS)
    assert events(after(FIRST, pruned)) == set()
    late = replace(pruned, looked_at=T0 + 34 * DAY)
    assert events(after(FIRST, look(OLD, data=FIRST.data, data_before=FIRST.data), late)) == set()


def test_but_not_for_ever():
    kept = look(OLD, data=FIRST.data, data_before=FIRST.data)
    late = look(OLD, data=LESS, data_before=LESS, at=T0 + 36 * DAY)
    assert events(after(FIRST, kept, late)) == {Event.DATA_LOST}


FEWER = {"data": LESS, "data_before": LESS}


def test_data_may_go_after_a_point_went_that_no_look_shows_one_by_one():
    first = replace(FIRST, total=9)
    assert events(after(first, look(OLD, YOUNG, total=8, **FEWER))) == set()
    fresh = stored(7, T0)
    assert events(after(first, look(OLD, YOUNG, fresh, total=9, **FEWER))) == set()
    assert events(after(first, look(OLD, YOUNG, fresh, total=10, **FEWER))) == {Event.DATA_LOST}
    assert events(after(first, look(OLD, YOUNG, total=9, **FEWER))) == {Event.DATA_LOST}


def test_data_may_go_after_a_point_was_marked_as_deleted():
    marker = DeletedPoint(id=YOUNG.id, stored_at=YOUNG.stored_at, deleted_at=T0 - HOUR)
    assert events(after(FIRST, look(OLD, deleted=(marker,), data_before=LESS))) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"data": None, "data_before": None},
        {"data_before": None},
        {"layout": Layout.BORG, "total": None, "data_before": LESS},
    ],
)
def test_what_was_not_counted_is_not_lost(fields):
    assert Event.DATA_LOST not in events(after(FIRST, look(OLD, YOUNG, **fields)))


def test_nor_is_what_was_not_counted_before():
    first = replace(FIRST, data=None)
    assert events(after(first, look(OLD, YOUNG, data_before=LESS))) == set()


def test_half_of_everything_is_noticed_in_every_layout():
    first = replace(FIRST, layout=Layout.BORG, total=None, points=())
    small = Tally(objects=20, bytes=999)
    new = look(layout=Layout.BORG, total=None, newest_at=T0, data=small, data_before=small)
    assert events(after(first, new)) == {Event.SHRANK}
    exactly = replace(new, data=Tally(objects=20, bytes=1000))
    assert events(after(first, exactly)) == set()


def test_after_a_point_went_only_nine_tenths_are_noticed():
    small = Tally(objects=20, bytes=200)
    less = Tally(objects=20, bytes=199)
    assert events(after(FIRST, look(OLD, data=small, data_before=small))) == set()
    assert events(after(FIRST, look(OLD, data=less, data_before=less))) == {Event.SHRANK}


def test_another_layout():
    assert Event.LAYOUT_CHANGED in events(after(FIRST, look(OLD, YOUNG, layout=Layout.FILES)))


def test_where_nothing_lay_yet_any_layout_is_the_first():
    empty = look(at=T0 - HOUR, layout=Layout.FILES)
    assert events(after(empty, look(stored(1, T0 - MINUTE)))) == set()


BACK = stored(3, T0 - 3 * HOUR)


def test_a_new_point_dated_before_the_look_that_did_not_see_it():
    assert events(after(FIRST, look(OLD, YOUNG, BACK))) == {Event.DATED_BACK}
    assert events(after(FIRST, look(OLD, YOUNG, replace(BACK, stored_at=T0 - HOUR)))) == set()


def test_a_large_file_may_be_dated_from_when_its_upload_began():
    first = replace(FIRST, layout=Layout.FILES)
    new = look(OLD, YOUNG, BACK, layout=Layout.FILES)
    assert events(after(first, new)) == set()
    older = look(OLD, YOUNG, replace(BACK, stored_at=T0 - 26 * HOUR), layout=Layout.FILES)
    assert events(after(first, older)) == {Event.DATED_BACK}


def test_a_point_that_came_back_from_behind_its_marker_is_not_dated_back():
    marker = DeletedPoint(id=BACK.id, stored_at=BACK.stored_at, deleted_at=T0 - 2 * HOUR)
    assert events(after(replace(FIRST, deleted=(marker,)), look(OLD, YOUNG, BACK))) == set()


@pytest.mark.parametrize("total", [None, 3])
def test_what_a_look_did_not_show_may_have_been_there(total):
    first = replace(FIRST, total=total)
    assert Event.DATED_BACK not in events(after(first, look(OLD, YOUNG, BACK)))


LOCKED = lock(YOUNG)


@pytest.mark.parametrize(
    "new",
    [
        lock(YOUNG, lasts=29 * DAY),
        lock(YOUNG, LockMode.NONE, None),
        lock(YOUNG, LockMode.GOVERNANCE),
    ],
)
def test_a_lock_that_ends_sooner_or_is_weaker(new):
    known = after(FIRST, look(OLD, YOUNG, locks=(new,)))
    assert events(known) == {Event.LOCK_SHORTENED}
    assert known.events[0].promised_until == LOCKED.retain_until


@pytest.mark.parametrize(
    "new",
    [lock(YOUNG), lock(YOUNG, lasts=31 * DAY), lock(YOUNG, LockMode.UNKNOWN, None), lock(BACK)],
)
def test_a_lock_that_holds_or_is_not_known_was_not_shortened(new):
    assert events(after(FIRST, look(OLD, YOUNG, locks=(new,)))) == set()


def test_a_lock_that_was_not_known_promised_nothing():
    first = replace(FIRST, locks=(replace(LOCKED, mode=LockMode.UNKNOWN),))
    assert events(after(first, look(OLD, YOUNG, locks=(LOCKED,)))) == set()
    first = replace(FIRST, locks=(lock(YOUNG, LockMode.NONE, None),))
    assert events(after(first, look(OLD, YOUNG, locks=(LOCKED,)))) == set()


def test_a_shortened_lock_is_forgotten_when_its_date_has_come():
    shortened = look(OLD, YOUNG, locks=(lock(YOUNG, LockMode.NONE, None),))
    known = after(FIRST, shortened)
    promised = LOCKED.retain_until
    assert seen(known, replace(shortened, looked_at=promised - HOUR)).events != ()
    assert seen(known, replace(shortened, looked_at=promised)).events == ()


@pytest.mark.parametrize("now", [Versioning.SUSPENDED, Versioning.OFF])
def test_versioning_that_was_stopped_until_it_goes_on(now):
    known = after(FIRST, look(OLD, YOUNG, rules=Rules(versioning=now)))
    assert events(known) == {Event.VERSIONING_STOPPED}
    again = look(OLD, YOUNG, rules=Rules(versioning=now), at=T0 + HOUR)
    assert len(seen(known, again).events) == 1
    assert seen(known, look(OLD, YOUNG, at=T0 + HOUR)).events == ()


def test_versioning_that_cannot_be_asked_was_not_stopped():
    assert events(after(FIRST, look(OLD, YOUNG, rules=Rules()))) == set()


def test_an_event_stands_as_long_as_a_point_that_it_may_have_hurt():
    known = after(FIRST, look(OLD, YOUNG, data_before=LESS))
    fresh = stored(9, T0 + DAY)
    assert seen(known, look(YOUNG, fresh, at=T0 + 40 * DAY)).events != ()
    assert seen(known, look(fresh, at=T0 + 40 * DAY)).events == ()


def test_without_points_it_stands_for_a_quarter():
    known = after(FIRST, look(OLD, YOUNG, data_before=LESS))
    empty = look(layout=Layout.BORG, total=None, data_before=None)
    assert Event.DATA_LOST in events(seen(known, replace(empty, looked_at=T0 + MEMORY / 2)))
    assert Event.DATA_LOST not in events(seen(known, replace(empty, looked_at=T0 + MEMORY)))


def test_no_more_events_are_kept_than_may_be():
    known = after(FIRST)
    for number in range(MAX_EVENTS + 9):
        again = replace(YOUNG, bytes=number)
        known = seen(known, look(OLD, again, at=T0 + number * timedelta(minutes=1)))
    assert len(known.events) == MAX_EVENTS
    assert known.events[0].at > known.events[-1].at
