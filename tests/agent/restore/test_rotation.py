from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.restore.coverage import mark
from guardian_agent.restore.ledger import read_ledger
from guardian_agent.restore.manifest import Budget, fitting_index, manifest_file, take_manifest
from guardian_agent.restore.rotation import Bounds, Moment, Slice, choose_slice, needed
from guardian_agent.wire.names import Name

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import KEY, put_old

FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
LEDGER = "/state/ledgers/files@local"
WEEK = timedelta(days=7)
BOUNDS = Bounds(files=10, bytes=10**6, within=WEEK, every=WEEK)


class Scene:
    """A signed manifest, and the choice of whose turn it is."""

    def __init__(self, sizes: list[int]) -> None:
        self.system = FakeSystem()
        for number, size in enumerate(sizes):
            put_old(self.system, f"/srv/{number:04}", b"x" * size)
        self.sign()

    def sign(self) -> None:
        take_manifest(FILES, KEY, self.system, Budget(10**9), WHERE)
        WHERE.keep(self.system.files)

    @property
    def seconds(self) -> int:
        return self.system.clock.nanoseconds() // 10**9

    def turn(self, *drawn: int, seed: bytes = b"s", bounds: Bounds = BOUNDS) -> Slice:
        index = fitting_index(self.system.files, WHERE.signed)
        assert index is not None
        ledger = read_ledger(self.system.files, LEDGER, index.summary)
        at = Moment(seed=seed, now=self.seconds, point_began=self.seconds)
        return choose_slice(self.system.files, index, ledger, drawn, bounds, at)

    def test(self, numbers: set[int], bad: tuple[int, ...] = ()) -> None:
        mark(self.system.files, WHERE.signed, LEDGER, self.system.clock.now(), numbers, bad)


def bounds(**changes) -> Bounds:
    known = {"files": 10, "bytes": 10**6, "within": WEEK, "every": WEEK}
    return Bounds(**{**known, **changes})


def test_as_many_as_the_bound_says():
    assert len(Scene([10] * 200).turn().places) == 10


def test_no_more_than_bring_all_round_in_time():
    scene = Scene([10] * 200)
    assert len(scene.turn(bounds=bounds(within=timedelta(days=350))).places) == 4
    assert len(scene.turn(bounds=bounds(within=timedelta(days=3500))).places) == 1


def test_tests_that_are_made_seldom_take_more_each():
    scene = Scene([10] * 200)
    scene.test({0})
    slow = bounds(within=timedelta(days=200), files=100)
    taken = []
    for _ in range(3):
        scene.system.clock.advance(days=7)
        taken.append(len(scene.turn(bounds=slow).places))
    assert taken == [7, 14, 16]  # 8 % of the bytes


def test_nothing_where_none_is_wanted_but_the_numbers_of_those_drawn():
    turn = Scene([10] * 20).turn(3, 4, bounds=bounds(files=0))
    assert (turn.places, turn.numbers) == ((), {3: 3, 4: 4})


def test_those_drawn_are_not_taken_twice():
    scene = Scene([10] * 20)
    assert scene.turn(*range(19), bounds=bounds(bytes=100)).places == (19,)


def test_what_was_never_tested_comes_first_and_then_what_was_tested_longest_ago():
    scene = Scene([10] * 50)
    for numbers in (set(range(20)), set(range(20, 40))):
        scene.test(numbers)
        scene.system.clock.advance(days=1)
    first = scene.turn(bounds=bounds(files=4)).places
    assert min(first) >= 40
    scene.test(set(range(40, 50)))
    scene.system.clock.advance(days=1)
    assert max(scene.turn(bounds=bounds(files=4)).places) < 20


def test_what_came_back_bad_comes_before_everything_until_it_is_good():
    scene = Scene([10] * 50)
    scene.test(set(range(20)), bad=(30, 31))
    for number in range(20):
        assert set(scene.turn(seed=bytes([number]), bounds=bounds(files=2)).places) == {30, 31}
    scene.test({30, 31})
    assert not {30, 31}.intersection(scene.turn(bounds=bounds(files=20)).places)


def test_one_that_was_bad_is_taken_however_large_it_is():
    scene = Scene([10] * 30 + [10**5] * 2)
    scene.test(set(range(20)), bad=(30, 31))
    turns = [scene.turn(seed=bytes([n]), bounds=bounds(bytes=500)).places for n in range(9)]
    assert {len({30, 31}.intersection(places)) for places in turns} == {1}


def test_the_seed_decides_among_equals_and_always_alike():
    scene = Scene([10] * 500)
    assert scene.turn(seed=b"a") == scene.turn(seed=b"a")
    assert scene.turn(seed=b"a") != scene.turn(seed=b"b")


def test_large_files_are_taken_more_often():
    scene = Scene([10] * 450 + [65536] * 50)
    taken = Counter[bool]()
    for number in range(40):
        turn = scene.turn(seed=bytes([number]))
        taken.update(place >= 450 for place in turn.places)
    # 50 of 500 files, with six times the weight: 40 % of those taken.
    assert 0.25 < taken[True] / taken.total() < 0.55


def test_files_touched_since_the_last_test_are_taken_more_often():
    scene = Scene([10] * 500)
    scene.test({0})
    scene.system.clock.advance(days=1)
    for number in range(400, 500):
        put_old(scene.system, f"/srv/{number:04}", b"changed...")
    scene.sign()
    scene.system.clock.advance(days=1)
    taken = Counter[bool]()
    for number in range(40):
        taken.update(place >= 400 for place in scene.turn(seed=bytes([number])).places)
    # 100 of 500 with twice the weight: a third of those taken.
    assert 0.22 < taken[True] / taken.total() < 0.45


def test_no_more_bytes_than_the_bound_and_than_eight_percent():
    scene = Scene([1000] * 200)
    assert len(scene.turn(bounds=bounds(bytes=3500)).places) == 3
    assert len(scene.turn(bounds=bounds(files=100)).places) == 16


def test_a_smaller_file_takes_the_room_that_a_larger_one_leaves():
    scene = Scene([900] * 10 + [100] * 10)
    turn = scene.turn(bounds=bounds(bytes=1000, files=2))
    assert len(turn.places) == 2
    assert {place < 10 for place in turn.places} <= {True, False}


def test_a_file_larger_than_the_bound_waits_for_a_full_test():
    scene = Scene([10] * 20 + [10**5])
    assert 20 not in scene.turn(bounds=bounds(bytes=500, files=100)).places
    scene.test(set(range(20)))
    assert scene.turn(bounds=bounds(bytes=500)).places


@pytest.mark.parametrize("why", ["touched after the point began", "no hash"])
def test_what_cannot_be_compared_is_not_taken(why):
    scene = Scene([10] * 20)
    if why == "no hash":
        scene.system.files.fail("open", "/srv/0007")
        put_old(scene.system, "/srv/0007", b"changed")
    else:
        scene.system.files.put("/srv/0007", b"changed...")
        scene.system.clock.advance(seconds=-1)
    scene.sign()
    assert len(scene.turn(bounds=bounds(files=100, bytes=10**6)).places) <= 19
    for number in range(20):
        assert 7 not in scene.turn(seed=bytes([number])).places


def test_round_after_round_nothing_is_left_out():
    scene = Scene([10] * 97)
    times = Counter[int]()
    for number in range(24):
        turn = scene.turn(seed=bytes([number]), bounds=bounds(files=100))
        times.update(turn.places)
        scene.test(set(turn.numbers.values()))
        scene.system.clock.advance(days=7)
    assert len(times) == 97
    assert max(times.values()) - min(times.values()) <= 1


def test_tens_of_millions_of_files_come_round_too():
    slow = bounds(within=timedelta(days=310), every=timedelta(days=31))
    assert needed(10**9, None, slow, 0) == 10**8
    assert needed(10**9 + 1, None, slow, 0) == 10**8 + 1
