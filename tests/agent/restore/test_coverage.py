from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.restore.coverage import Marks, mark, numbered
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.wire.facts.restores import Coverage
from guardian_agent.wire.names import Name
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import KEY, put_old

FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
LEDGER = "/state/ledgers/files@local"


class Scene:
    def __init__(self, *names: str) -> None:
        self.system = FakeSystem()
        self.put(*names)
        self.sign()

    @property
    def now(self) -> datetime:
        return self.system.clock.now().replace(microsecond=0)

    def put(self, *names: str) -> None:
        for name in names:
            put_old(self.system, f"/srv/{name}", name.encode())

    def sign(self) -> None:
        take_manifest(FILES, KEY, self.system, Budget(10**9), WHERE)
        WHERE.keep(self.system.files)

    def later(self, **words: float) -> Scene:
        self.system.clock.advance(**words)
        return self

    def numbers(self, *names: str) -> set[int]:
        known = numbered(self.system.files, WHERE.signed)
        return {number for record, number in known if record.path.removeprefix("/srv/") in names}

    def mark(self, *names: str) -> Coverage:
        return self.mark_numbers(self.numbers(*names))

    def mark_numbers(self, numbers: set[int], at: datetime | None = None) -> Coverage:
        files = self.system.files
        found = mark(files, WHERE.signed, LEDGER, at or self.system.clock.now(), numbers)
        assert found is not None
        return found


def test_nothing_was_tested_before_the_first_test():
    scene = Scene("a", "bb")
    assert scene.mark() == Coverage(
        files=2, bytes=3, files_tested=0, bytes_tested=0, untested_since=scene.now
    )


def test_what_came_back_counts_with_its_bytes():
    scene = Scene("a", "bb")
    seen = scene.now
    assert scene.later(days=1).mark("bb") == Coverage(
        files=2,
        bytes=3,
        files_tested=1,
        bytes_tested=2,
        untested_since=seen,
        oldest_test_at=scene.now,
    )


def test_the_oldest_test_and_the_longest_wait_are_told():
    scene = Scene("a", "b", "c")
    first = scene.later(days=1).now
    scene.mark("a")
    scene.later(days=1).put("d")
    scene.sign()
    assert scene.later(days=1).mark("b").oldest_test_at == first
    assert scene.mark("c").untested_since == first + timedelta(days=1)
    assert scene.mark("d").untested_since is None
    assert scene.mark("a").oldest_test_at == scene.now


def test_a_file_that_changed_since_counts_as_tested():
    scene = Scene("a")
    scene.mark("a")
    scene.later(days=1)
    put_old(scene.system, "/srv/a", b"changed")
    scene.sign()
    assert scene.mark().files_tested == 1


def test_a_new_file_does_not_inherit_the_test_of_one_that_went():
    scene = Scene("a", "b")
    scene.mark("a", "b")
    scene.system.files.remove("/srv/a")
    scene.put("c")
    scene.sign()
    assert scene.numbers("c") == {0}
    assert scene.later(seconds=5).mark().files_tested == 1


def test_a_new_file_is_not_tested_by_a_test_that_began_before_it():
    """A pass gave the number to another file while the test was at work."""
    scene = Scene("a")
    began, number = scene.now, scene.numbers("a")
    scene.system.files.remove("/srv/a")
    scene.put("c")
    scene.later(minutes=1).sign()
    assert scene.numbers("c") == number
    assert scene.mark_numbers(number, began).files_tested == 0
    assert scene.mark().files_tested == 0


def test_a_test_of_a_clock_that_was_wrong_does_not_count():
    scene = Scene("a")
    scene.mark_numbers(scene.numbers("a"), scene.now + timedelta(days=400))
    assert scene.mark().files_tested == 0


def test_each_copy_has_a_ledger_of_its_own():
    scene = Scene("a")
    scene.mark("a")
    other = mark(scene.system.files, WHERE.signed, f"{LEDGER}2", scene.now, ())
    assert other is not None
    assert other.files_tested == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\0\0\0\0",
        lambda data: data.replace(b"numbering", b"numberinG"),
        lambda data: data[:20] + b"0" + data[21:],
        lambda data: b"\xff" * 40,
    ],
)
def test_a_damaged_ledger_counts_as_empty(damage):
    scene = Scene("a", "b")
    scene.mark("a", "b")
    scene.system.files.put(LEDGER, damage(scene.system.files.read(LEDGER, 10**6)))
    assert scene.mark().files_tested == 0
    assert scene.mark("a").files_tested == 1


def test_without_an_index_nothing_is_noted():
    scene = Scene("a")
    scene.system.files.remove("/state/manifests/files.index")
    assert mark(scene.system.files, WHERE.signed, LEDGER, scene.now, (0,)) is None
    assert not scene.system.files.exists(LEDGER)
    assert [number for _, number in numbered(scene.system.files, WHERE.signed)] == [None]


@given(numbers=st.sets(st.integers(0, 300)), asked=st.integers(0, 400))
def test_marks_are_a_set(numbers, asked):
    marks = Marks()
    for number in numbers:
        marks.add(number)
    assert (asked in marks) is (asked in numbers)
    assert "a" not in marks


@pytest.mark.parametrize("year", [1969, 2107, 9999])
def test_a_clock_that_is_far_off_breaks_no_ledger(year: int) -> None:
    scene = Scene("a", "bb")
    scene.mark_numbers(scene.numbers("a"), datetime(year, 1, 1, tzinfo=UTC))
    assert scene.later(days=1).mark("bb").files_tested == 1
