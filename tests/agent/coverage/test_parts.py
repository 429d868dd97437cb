"""The parts of the look that must hold for any tree and any listing."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from guardian_agent.coverage import listed, memory
from guardian_agent.coverage.credit import Credit
from guardian_agent.coverage.listed import Listing
from guardian_agent.coverage.measure import Sums, Walk
from guardian_agent.coverage.memory import Begun, Known, Memory
from guardian_agent.coverage.ruler import Ruler
from guardian_agent.probe import Point, PointFile
from guardian_agent.restore.livedata import order
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import START, FakeFiles

NAMES = st.sampled_from(["a", "a.txt", "ab", "b", "B", "\u00e9", "-"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/top/" + "/".join(parts))
TREES = st.lists(PATHS, max_size=12, unique=True)
POINT = Point(native_id="1", hashed_id="ab" * 16, started_at=START)


def planted(paths: list[str]) -> FakeFiles:
    files = FakeFiles()
    files.make_directory("/top")
    for size, path in enumerate(paths):
        if not any(other.startswith(f"{path}/") or path.startswith(f"{other}/") for other in paths):
            files.put(path, b"x" * size)
    return files


def walk(files: FakeFiles, sums: Sums, after: str, steps: int | None) -> Walk:
    """Walk on, `steps` files at most."""
    taken = Walk(files, lambda _: True, sums, after)
    ruler = Ruler((), 0)
    for number, entry in enumerate(taken._entries("/top"), 1):
        sums.add(entry, ruler.judge(entry, Credit.NONE))
        taken.place = order(entry.path).hex()
        if number == steps:
            break
    return taken


@given(TREES, st.lists(st.integers(1, 4), max_size=4))
def test_a_walk_in_parts_adds_up_to_the_whole(paths: list[str], parts: list[int]) -> None:
    files = planted(paths)
    whole, sums, after = Sums(), Sums(), ""
    assert Walk(files, lambda _: True, whole).run("/top", Ruler((), 0), Credit.NONE, lambda: True)
    for steps in (*parts, None):
        after = walk(files, sums, after, steps).place
    assert asdict(sums) == asdict(whole)
    assert whole.bytes_uncovered == whole.bytes == sum(map(len, files.tree("/top").values()))


@given(TREES, TREES)
def test_a_listing_knows_its_paths_and_the_folders_above_them(
    held: list[str], others: list[str]
) -> None:
    listing = Listing()
    for path in held:
        listing.add(PointFile(path=path, size=1, modified_ns=None, is_file=True))
    files = FakeFiles()
    listed.keep(files, "/state/x.listed", listing.of(POINT))
    known = listed.recall(files, "/state/x.listed")
    assert known is not None
    assert all(path in known for path in held)
    above = {path[:end] for path in held for end in range(len(path)) if path[end] == "/"}
    for path in others:
        assert (path in known) is (path in {*held, *above})


@given(st.binary(max_size=60))
def test_a_damaged_listing_or_memory_is_none(data: bytes) -> None:
    files = FakeFiles()
    for damaged in (data, b'["guardian-listed/1", "x", 1, 2]\n' + data[:15]):
        files.put("/state/x", damaged)
        assert listed.recall(files, "/state/x") is None
        assert memory.recall(files, "/state/x") == Memory()


def test_a_listing_that_is_too_long_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "MOST_PATHS", 3)
    listing = Listing()
    for number in range(9):
        listing.add(PointFile(path=f"/{number}", size=1, modified_ns=None, is_file=True))
    assert listing.is_too_long


def test_what_was_measured_is_recalled() -> None:
    files = FakeFiles()
    begun = Begun(place="00ff", sums=Sums(files=1, bytes=2, changed_ns=3))
    kept = Memory(areas={"ab" * 16: Known(asked="x", begun=begun)})
    memory.keep(files, "/state/coverage/areas.json", kept)
    assert memory.recall(files, "/state/coverage/areas.json") == kept
    assert memory.recall(files, "/state/coverage/none.json") == Memory()
    assert kept.only(set()) == Memory()
