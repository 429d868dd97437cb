from __future__ import annotations

from guardian_agent.config import BackupSet
from guardian_agent.restore.livedata import (
    Tally,
    folder_of,
    is_below,
    is_text,
    order,
    roots,
    walk,
)
from guardian_agent.wire.names import Name
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem

PARTS = st.lists(
    st.sampled_from(["a", "a.", "a-b", "ab", ".a", "é", "\x01", "b"]), min_size=1, max_size=4
)
PATHS = st.lists(PARTS.map("/".join), max_size=12)


def a_set(*paths: str, exclude: tuple[str, ...] = ()) -> BackupSet:
    return BackupSet(name=Name("files"), paths=paths, exclude=exclude)


def found(system: FakeSystem, backup_set: BackupSet) -> list[str]:
    return [entry.path for entry in walk(backup_set, system.files) if entry.is_file]


def test_a_folder_comes_before_the_neighbour_whose_name_begins_alike():
    system = FakeSystem()
    for name in ("a.txt", "a/z", "a-b", "b"):
        system.files.put(f"/srv/{name}")
    assert found(system, a_set("/srv")) == ["/srv/a/z", "/srv/a-b", "/srv/a.txt", "/srv/b"]


@given(names=PATHS)
def test_the_walk_is_sorted_by_order_whatever_the_names(names):
    system = FakeSystem()
    for name in names:
        if not any(
            is_below(name, other) or is_below(other, name) for other in names if other != name
        ):
            system.files.put(f"/srv/data/{name}")
    paths = [entry.path for entry in walk(a_set("/srv/data"), system.files)]
    assert paths == sorted(paths, key=order)
    assert len(set(paths)) == len(paths)


def test_roots_are_sorted_and_none_lies_in_another():
    assert roots(a_set("/srv/b/", "/srv/a", "/srv/a/x", "/srv/a", "/srv/ab")) == [
        "/srv/a",
        "/srv/ab",
        "/srv/b",
    ]
    assert roots(a_set("/", "/srv")) == ["/"]


def test_links_and_special_files_are_left_alone():
    system = FakeSystem()
    system.files.put("/elsewhere/secret")
    system.files.put("/srv/a")
    system.files.link("/srv/link", "/elsewhere")
    system.files.special("/srv/pipe")
    assert found(system, a_set("/srv")) == ["/srv/a"]


def test_a_configured_path_that_is_a_link_is_not_followed():
    system = FakeSystem()
    system.files.put("/elsewhere/secret")
    system.files.link("/srv", "/elsewhere")
    assert found(system, a_set("/srv")) == []


def test_a_configured_path_may_be_a_file():
    system = FakeSystem()
    system.files.put("/etc/passwd")
    assert found(system, a_set("/etc/passwd")) == ["/etc/passwd"]


def test_excluded_folders_are_not_entered():
    system = FakeSystem()
    for name in ("keep", "cache/a", "cache/deep/b", "x.tmp", "sub/y.tmp"):
        system.files.put(f"/srv/{name}")
    assert found(system, a_set("/srv", exclude=("/srv/cache", "*.tmp"))) == ["/srv/keep"]


def test_the_canary_is_a_file_like_any_other():
    system = FakeSystem()
    system.files.put("/srv/.guardian-canary")
    assert found(system, a_set("/srv")) == ["/srv/.guardian-canary"]


def test_what_cannot_be_read_is_counted_and_the_rest_is_found():
    system = FakeSystem()
    system.files.put("/srv/a/x")
    system.files.put("/srv/b/y")
    system.files.fail("scan", "/srv/a")
    tally = Tally()
    paths = [entry.path for entry in walk(a_set("/srv", "/gone"), system.files, tally)]
    assert paths == ["/srv", "/srv/a", "/srv/b", "/srv/b/y"]
    assert tally.unreadable == 2


def test_small_helpers():
    assert folder_of("/a/b") == "/a"
    assert folder_of("/a") == "/"
    assert is_below("/a/b", "/")
    assert not is_below("/ab", "/a")
    assert is_text("/srv/größe")
    assert not is_text("/srv/\udcff")
