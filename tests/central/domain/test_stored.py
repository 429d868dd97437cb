from __future__ import annotations

import hashlib

import pytest
from guardian_agent.wire.names import ShortHash

from guardian.domain.layouts import Part
from guardian.domain.storage import MAX_SHOWN, Layout, Tally
from guardian.domain.stored import NEWEST, Gathering, Version
from tests.central.domain.making import HOUR, T0


def hashed(name: str) -> ShortHash:
    return ShortHash(hashlib.sha256(name.encode()).hexdigest()[:32])


def version(hours: float = 0, size: int = 100, **fields: object) -> Version:
    return Version(stored_at=T0 - hours * HOUR, bytes=size, **fields)


def gathering(
    layout: Layout = Layout.RESTIC, since: object = None, **objects: tuple[Version, ...]
) -> Gathering:
    made = Gathering(layout, hashed, since)
    for name, versions in objects.items():
        made.add(name.replace("__", "/"), versions)
    return made


def test_restore_points_newest_first_without_their_names():
    seen = gathering(snapshots__a=(version(3),), snapshots__b=(version(1, size=7),)).points()

    assert seen["total"] == 2
    assert [point.id for point in seen["points"]] == [hashed("snapshots/b"), hashed("snapshots/a")]
    assert seen["points"][0].bytes == 7
    assert "snapshots" not in repr(seen)


def test_no_more_points_are_kept_than_are_shown():
    made = gathering()
    for number in range(MAX_SHOWN + 50):
        made.add(f"snapshots/{number}", (version(number),))
    seen = made.points()

    assert seen["total"] == MAX_SHOWN + 50
    assert len(seen["points"]) == MAX_SHOWN
    assert min(point.stored_at for point in seen["points"]) == T0 - (MAX_SHOWN - 1) * HOUR


def test_a_deleted_point_is_told_while_an_older_version_is_there():
    marker = version(1, deleted=True)
    seen = gathering(snapshots__a=(marker, version(9)), snapshots__b=(marker,)).points()

    (deleted,) = seen["deleted"]
    assert (deleted.id, deleted.stored_at) == (hashed("snapshots/a"), T0 - 9 * HOUR)
    assert deleted.deleted_at == T0 - HOUR
    assert seen["total"] == 0


@pytest.mark.parametrize(
    ("now", "older", "expected"),
    [
        (version(content="a"), version(9, content="b"), True),
        (version(size=1), version(9, size=2), True),
        (version(content="a"), version(9, content="a"), False),
        (version(content="a"), version(9), False),
        (version(content="a"), version(9, size=0, deleted=True), False),
    ],
)
def test_overwriting_is_other_contents_under_the_same_name(now, older, expected):
    seen = gathering(snapshots__a=(now, older), data__a=(now, older))

    assert seen.points()["points"][0].overwritten is expected
    assert seen.rest()["data_overwritten"] == int(expected)


def test_a_file_under_the_name_of_another_leaves_that_one_as_deleted():
    newest, middle, oldest = version(1, size=1), version(5, size=2), version(9, size=3)
    seen = gathering(Layout.FILES, a=(newest, middle, oldest)).points()
    assert [(each.stored_at, each.deleted_at) for each in seen["deleted"]] == [
        (middle.stored_at, newest.stored_at),
        (oldest.stored_at, middle.stored_at),
    ]
    assert not seen["points"][0].overwritten
    assert len({each.id for each in seen["deleted"]} | {seen["points"][0].id}) == 3


def test_the_same_file_again_and_one_that_was_put_back_leave_none():
    marker = version(3, size=0, deleted=True)
    again = gathering(Layout.FILES, a=(version(1), version(9)), b=(version(1), marker, version(9)))
    assert [each.deleted_at for each in again.points()["deleted"]] == [marker.stored_at]


def test_the_rest_is_counted_and_what_every_restore_needs_looked_for():
    made = gathering(
        since=T0 - 2 * HOUR,
        config=(version(900),),
        data__a=(version(9),),
        data__b=(version(1),),
        index__a=(version(0),),
    )
    seen = made.rest()

    assert seen["data"] == Tally(objects=2, bytes=200)
    assert seen["data_before"] == Tally(objects=1, bytes=100)
    assert seen["missing"] == ("keys",)
    assert seen["newest_at"] == T0
    assert [each.id for each in seen["anchors"]] == [hashed("config")]


def test_without_a_look_before_there_is_no_sum_of_what_was_there_before():
    assert gathering(data__a=(version(),)).rest()["data_before"] is None


def test_of_a_part_no_sums_are_told():
    seen = gathering(data__a=(version(),)).rest(complete=False)
    assert {"data", "data_before", "missing"}.isdisjoint(seen)


def test_where_points_do_not_show_none_are_counted():
    made = gathering(Layout.BORG, config=(version(9),), data__0__7=(version(1),))
    assert made.points() == {}
    assert made.rest()["newest_at"] == T0 - HOUR


def test_the_newest_of_each_part_are_kept_by_name_for_further_questions():
    made = gathering()
    for number in (5, 1, 4, 2, 3):
        made.add(f"data/{number}", (version(number),))
    assert [each.name for each in made.newest(Part.DATA)] == [
        f"data/{number}" for number in range(1, NEWEST + 1)
    ]
    assert made.newest(Part.POINT) == ()


def test_a_name_without_a_version_says_nothing():
    assert gathering(snapshots__a=()).points()["total"] == 0


def test_what_differs_in_contents_differs_in_what_is_kept_of_them():
    one = gathering(snapshots__a=(version(content="x"),)).points()["points"][0]
    other = gathering(snapshots__a=(version(content="y"),)).points()["points"][0]
    assert one.content != other.content
    assert gathering(snapshots__a=(version(),)).points()["points"][0].content is None


def test_what_was_stored_with_the_newest_of_the_look_before_counts_as_before():
    made = gathering(since=T0, data__a=(version(0),), data__b=(version(-1),)).rest()
    assert made["data_before"] == Tally(objects=1, bytes=100)
