from __future__ import annotations

import io

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import StateError
from guardian_agent.restore.index import (
    CHUNK,
    MAX_NUMBERS,
    Indexer,
    Numbers,
    Row,
    read_index,
    root_over,
)
from guardian_agent.restore.manifest import Budget, fitting_index, manifest_file, take_manifest
from guardian_agent.restore.population import Population, read_excerpt, read_population
from guardian_agent.wire.merkle import root_of
from guardian_agent.wire.names import Name, ShortHash
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import KEY, put_old

FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
INDEX = "/state/manifests/files.index"
FRESH_INDEX = "/state/manifests/files.fresh-index"


def signed(count: int) -> FakeSystem:
    system = FakeSystem()
    for number in range(count):
        put_old(system, f"/srv/{number:04}", f"{number}".encode())
    sign(system)
    return system


def sign(system: FakeSystem) -> None:
    take_manifest(FILES, KEY, system, Budget(10**9), WHERE)
    WHERE.keep(system.files)


def rows(system: FakeSystem) -> list[Row]:
    index = fitting_index(system.files, WHERE.signed)
    assert index is not None
    return list(index.rows(system.files))


def numbers(system: FakeSystem) -> dict[str, int]:
    paths = sorted(system.files.tree("/srv"))
    return {path: row.number for path, row in zip(paths, rows(system), strict=True)}


@given(leaves=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_the_root_over_leaves_is_that_of_the_tree(leaves):
    assert root_over(leaves) == root_of(leaves)


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_it_leads_to_every_file(count):
    system = signed(count)
    population = read_population(system.files, WHERE.signed)
    assert population is not None
    assert (population.files, population.index is None) == (count, False)
    for place in range(count):
        excerpt = read_excerpt(system.files, population, KEY, [place])
        assert excerpt.records[place].path == f"/srv/{place:04}"


def test_it_says_what_a_rotation_needs():
    system = signed(1)
    system.clock.advance(hours=1)
    system.files.put("/srv/new", b"written just now")
    sign(system)
    first, second = rows(system)
    now = system.clock.nanoseconds() // 10**9
    assert (first.size, first.touched, first.seen, first.number) == (1, now - 7200, now - 3600, 0)
    assert (second.size, second.touched, second.seen, second.number) == (16, now, now, 1)
    assert (first.comparable, second.comparable) == (True, False)


def test_a_name_that_is_no_text_cannot_be_compared():
    system = FakeSystem()
    put_old(system, "/srv/\udcff", b"x")
    sign(system)
    assert [row.comparable for row in rows(system)] == [False]


def test_a_file_keeps_its_number_whatever_comes_and_goes():
    system = signed(5)
    before = numbers(system)
    system.files.remove("/srv/0001")
    put_old(system, "/srv/0000a", b"new")
    put_old(system, "/srv/0003", b"changed")
    sign(system)
    after = numbers(system)
    assert {path: number for path, number in after.items() if path in before} == {
        path: number for path, number in before.items() if path in after
    }
    assert len(set(after.values())) == 5


def test_the_number_of_a_file_that_went_is_given_to_another_from_the_next_second_on():
    system = signed(3)
    system.files.remove("/srv/0000")
    put_old(system, "/srv/0009", b"new")
    sign(system)
    *_, new = rows(system)
    assert (new.number, new.seen) == (0, system.clock.nanoseconds() // 10**9 + 1)


def test_numbers_of_files_at_the_end_are_given_again_too():
    system = signed(3)
    system.files.remove("/srv/0002")
    sign(system)
    put_old(system, "/srv/0009", b"new")
    sign(system)
    index = fitting_index(system.files, WHERE.signed)
    assert index is not None
    assert max(numbers(system).values()) < index.summary.numbers <= 4


def test_without_an_index_all_count_as_first_seen_now():
    system = signed(2)
    numbering = summary(system).numbering
    system.files.remove(INDEX)
    system.clock.advance(hours=1)
    sign(system)
    assert summary(system).numbering != numbering
    assert {row.seen for row in rows(system)} == {system.clock.nanoseconds() // 10**9}


def summary(system: FakeSystem):
    index = fitting_index(system.files, WHERE.signed)
    assert index is not None
    return index.summary


def test_a_numbering_that_has_grown_too_long_is_begun_anew():
    system = signed(2)
    written = io.BytesIO()
    indexer = Indexer(written)
    for row in rows(system):
        indexer.add(1, row)
    indexer.close(Numbers(ShortHash("ab" * 16), MAX_NUMBERS + 1, 0))
    system.files.put(INDEX, written.getvalue())
    assert summary(system).numbering == "ab" * 16
    sign(system)
    assert summary(system).numbering != "ab" * 16
    assert summary(system).numbers == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1] + b"x",
        lambda data: data[: len(data) // 2],
        lambda data: b"\xff" + data[1:],
        lambda data: data[1:],
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
    ],
)
def test_a_damaged_index_is_not_used_and_not_needed(damage):
    system = signed(40)
    whole = system.files.read(INDEX, 10**6)
    system.files.put(INDEX, damage(whole))
    assert read_index(system.files, INDEX) is None
    population = read_population(system.files, WHERE.signed)
    assert population is not None
    assert population.index is None
    excerpt = read_excerpt(system.files, population, KEY, [7, 39])
    assert sorted(excerpt.records) == [7, 39]


def test_the_index_of_another_manifest_is_not_used():
    system = signed(40)
    other = signed(41)
    system.files.put(INDEX, other.files.read(INDEX, 10**6))
    assert fitting_index(system.files, WHERE.signed) is None


def test_an_index_that_leads_astray_is_made_anew():
    """Its own digest holds: somebody wrote it so, and the signed root shows it."""
    system = signed(40)
    other = FakeSystem()
    for number in range(40):
        put_old(other, f"/srv/{number:04}", b"longer than the others")
    sign(other)
    population = read_population(system.files, WHERE.signed)
    stranger = read_population(other.files, WHERE.signed)
    assert population is not None
    assert stranger is not None
    system.files.put("/elsewhere", other.files.read(INDEX, 10**6))
    lying = Population(
        path=population.path,
        root=population.root,
        files=population.files,
        bytes=population.bytes,
        index=read_index(system.files, "/elsewhere"),
    )
    good = read_excerpt(system.files, population, KEY, [3, 20])
    found = read_excerpt(system.files, lying, KEY, [3, 20])
    assert found.records == good.records
    assert found.proof([3, 20], 40) == good.proof([3, 20], 40)


def test_a_pass_killed_between_its_two_renames_loses_nothing():
    system = signed(5)
    before = numbers(system)
    put_old(system, "/srv/0009", b"new")
    take_manifest(FILES, KEY, system, Budget(10**9), WHERE)
    system.files.rename(WHERE.fresh, WHERE.signed)  # and here it was killed
    assert fitting_index(system.files, WHERE.signed).path == FRESH_INDEX
    sign(system)
    assert not system.files.exists(FRESH_INDEX)
    assert before.items() <= numbers(system).items()


def test_a_pass_killed_before_its_renames_changes_nothing():
    system = signed(5)
    before = numbers(system)
    put_old(system, "/srv/0009", b"new")
    take_manifest(FILES, KEY, system, Budget(10**9), WHERE)
    assert fitting_index(system.files, WHERE.signed).path == INDEX
    sign(system)
    assert before.items() <= numbers(system).items()


def test_looking_without_remembering_leaves_the_index_where_it_is():
    system = signed(5)
    take_manifest(FILES, KEY, system, Budget(10**9), WHERE)
    system.files.rename(WHERE.fresh, WHERE.signed)
    system.files.journal.clear()
    take_manifest(FILES, KEY, system, Budget(10**9), WHERE, remember=False)
    assert system.files.journal == []


def test_a_manifest_that_was_cut_short_behind_its_index_is_not_drawn_from():
    system = signed(40)
    population = read_population(system.files, WHERE.signed)
    lines = system.files.read(WHERE.signed, 10**6).splitlines(keepends=True)
    for kept in (lines[:20] + lines[-1:], lines[:20] + [b"x\n"] * 20 + lines[-1:]):
        system.files.put(WHERE.signed, b"".join(kept))
        with pytest.raises(Exception, match=r"amount to|no record"):
            read_excerpt(system.files, population, KEY, [39])


def test_an_index_that_shrinks_while_it_is_read_ends():
    system = signed(40)
    index = fitting_index(system.files, WHERE.signed)
    system.files.put(INDEX, b"")
    assert list(index.rows(system.files)) == []
    assert index.leaves(io.BytesIO(b"x" * 60), 0) == [b"x" * 32]


def test_only_the_chunks_of_the_wanted_files_are_read():
    system = signed(40)
    population = read_population(system.files, WHERE.signed)
    assert population is not None
    lines = system.files.read(WHERE.signed, 10**6).splitlines(keepends=True)
    lines[20] = b"x" * (len(lines[20]) - 1) + b"\n"
    system.files.put(WHERE.signed, b"".join(lines))
    assert sorted(read_excerpt(system.files, population, KEY, [3, 36]).records) == [3, 36]
    with pytest.raises(StateError):
        read_excerpt(system.files, population, KEY, [3, 20])
