from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from guardian_agent.wire.observations import RestorePoint

from guardian.domain.evidence import CopyEvidence, KnownPoint, Listing, ServerEvidence
from guardian.domain.listing import MAX_POINTS
from tests.central.domain.making import (
    COPY,
    DAY,
    HOUR,
    MINUTE,
    SET,
    T0,
    point,
    point_id,
    points,
    told,
)


def copy_of(evidence: ServerEvidence) -> CopyEvidence:
    copy = evidence.copy(SET, COPY)
    assert copy is not None
    return copy


def listing_of(evidence: ServerEvidence) -> Listing:
    listing = copy_of(evidence).listing
    assert listing is not None
    return listing


def first(evidence: ServerEvidence) -> KnownPoint:
    return listing_of(evidence).points[0]


def vanished(evidence: ServerEvidence) -> list[str]:
    return [point.id for point in copy_of(evidence).vanished]


def in_turn(
    *lists: tuple[RestorePoint, ...], epochs: tuple[int, ...] = (), total: int | None = None
) -> ServerEvidence:
    """Fold one list an hour; `total` is what the last one says there are."""
    evidence = None
    for n, listed in enumerate(lists):
        last = n == len(lists) - 1
        evidence = told(
            points(*listed, total=total if last else None),
            after=evidence,
            at=T0 + n * HOUR,
            epoch=epochs[n] if epochs else 1,
        )
    assert evidence is not None
    return evidence


A, B, C = (point(name, T0 - n * DAY) for n, name in enumerate("abc"))


def test_points_are_newest_first_and_each_once() -> None:
    listing = listing_of(told(points(C, A, B, A)))
    assert [known.id for known in listing.points] == [A.id, B.id, C.id]
    assert (listing.tool, listing.total, listing.received_at) == ("restic", 4, T0)


def test_a_list_longer_than_agreed_keeps_the_newest() -> None:
    many = [point(n, T0 - n * HOUR) for n in range(MAX_POINTS + 9)]
    kept = listing_of(told(points(*reversed(many)))).points
    assert [known.id for known in kept] == [each.id for each in many[:MAX_POINTS]]


def test_the_first_sight_of_a_point_is_kept() -> None:
    known = first(in_turn((A,), (A,)))
    assert known.first_seen_at == T0


@pytest.mark.parametrize(
    ("started", "finished", "future"),
    [
        (timedelta(0), None, False),
        (5 * MINUTE, None, False),
        (5 * MINUTE + timedelta(microseconds=1), None, True),
        (-DAY, 6 * MINUTE, True),
        (6 * MINUTE, -DAY, True),
        (-DAY, timedelta(0), False),
    ],
)
def test_a_point_ahead_of_central_is_of_the_future(
    started: timedelta, finished: timedelta | None, *, future: bool
) -> None:
    ended = None if finished is None else T0 + finished
    assert first(told(points(point(1, T0 + started, finished_at=ended)))).future is future


def test_the_future_is_for_ever_also_when_the_point_was_away() -> None:
    ahead = point("f", T0 + HOUR)
    assert first(in_turn((ahead,), (ahead,), (ahead,))).future
    away = in_turn((ahead, A), (A,), (ahead, A))
    assert first(away).future
    assert first(away).first_seen_at == T0


def test_the_end_of_the_calendar_is_no_crash() -> None:
    last = datetime.max.replace(tzinfo=T0.tzinfo)
    assert first(told(points(point(1, last)))).future


def test_what_is_listed_no_more_has_vanished() -> None:
    evidence = in_turn((A, B, C), (A,))
    gone = copy_of(evidence).vanished
    assert [each.id for each in gone] == [B.id, C.id]
    assert gone[0].made_at == gone[0].counted_at == T0 - DAY
    assert gone[0].last_seen_at == T0
    assert gone[0].gone_at == T0 + HOUR


def test_it_stays_vanished_until_it_is_listed_again() -> None:
    assert vanished(in_turn((A, B), (A,), (A,))) == [B.id]
    assert vanished(in_turn((A, B), (A,), (A, B))) == []


def test_nothing_vanishes_before_the_second_list() -> None:
    assert vanished(in_turn((A,))) == []


def test_an_empty_list_loses_everything() -> None:
    assert vanished(in_turn((A, B), ())) == [A.id, B.id]
    assert vanished(in_turn((A, B), (), total=2)) == [A.id, B.id]


def test_a_point_older_than_a_full_window_is_not_called_vanished() -> None:
    newer = point("n", T0 + HOUR)
    assert vanished(in_turn((A, B), (newer, A), total=3)) == []
    assert vanished(in_turn((A, B), (newer, A), total=2)) == [B.id]


def test_a_point_as_old_as_the_window_may_have_fallen_out_of_it() -> None:
    twin = point("t", B.started_at, finished_at=B.started_at - HOUR)
    other = point("u", B.started_at - HOUR, finished_at=B.started_at)
    assert vanished(in_turn((A, twin), (A, other), total=3)) == []
    assert vanished(in_turn((A, other), (A, B), total=3)) == []
    same_start = point("v", B.started_at, finished_at=T0)
    assert vanished(in_turn((A, same_start), (A, B), total=3)) == []


def test_a_point_inside_a_full_window_has_vanished() -> None:
    newer = point("n", T0 + HOUR)
    assert vanished(in_turn((A, B, C), (newer, A, C), total=9)) == [B.id]


def test_the_window_may_be_by_start_or_by_end() -> None:
    long = point("l", T0 - 3 * DAY, finished_at=T0 - HOUR)
    short = point("s", T0 - 2 * DAY)
    assert vanished(in_turn((short, long), (short,), total=2)) == []
    assert vanished(in_turn((short, long), (long,), total=2)) == []


def test_vanished_points_are_bounded_and_the_newest_are_kept() -> None:
    first_half = tuple(point(n, T0 - n * HOUR) for n in range(150))
    second_half = tuple(point(n, T0 - n * HOUR) for n in range(150, 300))
    gone = vanished(in_turn(first_half, second_half, ()))
    assert gone == [point_id(n) for n in range(MAX_POINTS)]


class TestNewKey:
    """A new enrolment brings a new secret, and with it new ids for the same points."""

    renamed = (point("x", A.started_at), point("y", B.started_at))

    def test_the_same_dates_are_the_same_points(self) -> None:
        evidence = in_turn((A, B), self.renamed, epochs=(1, 2))
        assert vanished(evidence) == []
        assert first(evidence).first_seen_at == T0

    def test_a_point_without_its_date_has_vanished(self) -> None:
        assert vanished(in_turn((A, B, C), self.renamed, epochs=(1, 2))) == [C.id]

    def test_what_had_vanished_before_may_come_back(self) -> None:
        assert vanished(in_turn((A, B), (A,), self.renamed, epochs=(1, 1, 2))) == []

    def test_the_future_stays_the_future(self) -> None:
        ahead = T0 + HOUR
        evidence = in_turn((point("f", ahead),), (point("g", ahead),), epochs=(1, 2))
        assert first(evidence).future

    def test_under_one_key_a_date_proves_nothing(self) -> None:
        assert vanished(in_turn((A, B), self.renamed)) == [A.id, B.id]
