from __future__ import annotations

import hashlib

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import StateError
from guardian_agent.probe import keyed_hash
from guardian_agent.restore.livedata import order
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.records import Closing, Record, read
from guardian_agent.wire.manifest import leaf_bytes
from guardian_agent.wire.merkle import leaf_hash, root_of
from guardian_agent.wire.names import Name
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem

KEY = b"k" * 32
AN_HOUR_AGO = 3600 * 10**9
FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
NAMES = st.from_regex(r"[ab]{1,2}(/[ab.]{1,2}x){0,2}", fullmatch=True)


def put(system: FakeSystem, path: str, data: bytes = b"data") -> None:
    system.files.put(path, data, modified_ns=system.clock.nanoseconds() - AN_HOUR_AGO)


def take(system: FakeSystem, *, budget: int = 10**9, remember: bool = True):
    return take_manifest(FILES, KEY, system, Budget(budget), WHERE, remember=remember)


def kept(system: FakeSystem, path: str = WHERE.fresh) -> dict[str, Record]:
    return {item.path: item for item in read(system.files, path) if isinstance(item, Record)}


def hashed(system: FakeSystem) -> list[str]:
    return [path for path, record in kept(system).items() if record.content is not None]


def naive_root(system: FakeSystem) -> str:
    leaves = []
    for path in sorted(system.files.tree("/srv"), key=order):
        entry = system.files.stat(path)
        content = hashlib.sha256(system.files.tree("/srv")[path]).hexdigest()
        path_hash = keyed_hash(KEY, path)
        leaves.append(leaf_hash(leaf_bytes(path_hash, entry.size, entry.modified_ns, content)))
    return root_of(leaves).hex()


@given(data=st.dictionaries(NAMES, st.binary(max_size=8), max_size=12))
def test_the_root_is_that_of_a_naive_tree_in_whatever_order_files_were_made(data):
    one, other = FakeSystem(), FakeSystem()
    for name, content in data.items():
        if not any(held.startswith(f"{name}/") for held in data):
            put(one, f"/srv/{name}", content)
    for path, content in reversed(list(one.files.tree("/srv").items())):
        put(other, path, content)
    manifest = take(one)
    assert manifest.root == naive_root(one) == take(other).root
    assert manifest.files == len(one.files.tree("/srv"))
    assert manifest.bytes == sum(len(content) for content in one.files.tree("/srv").values())
    assert manifest.files_not_hashed == (0 if one.files.exists("/srv") else 1)


def test_the_agents_own_canary_is_no_data():
    with_it, without = FakeSystem(), FakeSystem()
    put(with_it, "/srv/a")
    put(without, "/srv/a")
    put(with_it, "/srv/.guardian-canary")
    assert take(with_it).root == take(without).root


def test_it_is_signed_only_when_kept():
    system = FakeSystem()
    put(system, "/srv/a")
    take(system)
    assert not system.files.exists(WHERE.signed)
    WHERE.keep(system.files)
    assert list(kept(system, WHERE.signed)) == ["/srv/a"]
    assert not system.files.exists(WHERE.fresh)


def test_without_remembering_nothing_is_written():
    system = FakeSystem()
    put(system, "/srv/a")
    take(system, remember=False)
    assert system.files.journal == []


def test_unchanged_files_are_not_read_again():
    system = FakeSystem()
    for name in ("a", "b", "c"):
        put(system, f"/srv/{name}", name.encode())
    first = take(system)
    WHERE.keep(system.files)
    for name in ("a", "b", "c"):
        system.files.fail("open", f"/srv/{name}")
    again = take(system)
    assert again.root == first.root
    assert again.files_not_hashed == 0


@pytest.mark.parametrize("change", ["size", "modified", "changed", "inode"])
def test_any_change_the_kernel_tells_makes_it_read_again(change):
    system = FakeSystem()
    put(system, "/srv/a", b"old")
    before = system.files.stat("/srv/a")
    take(system)
    WHERE.keep(system.files)
    modified, changed = before.modified_ns, before.changed_ns
    system.files.put(
        "/srv/a",
        b"newer" if change == "size" else b"new",
        modified_ns=modified + (change == "modified"),
        changed_ns=changed + (change == "changed"),
    )
    if change != "inode":  # a put makes a new inode: give the old one back for the other cases
        system.files._nodes["/srv/a"].inode = before.inode
    take(system)
    data = system.files.tree("/srv")["/srv/a"]
    assert kept(system)["/srv/a"].content == hashlib.sha256(data).hexdigest()


def test_files_come_and_go_between_two_manifests():
    system = FakeSystem()
    for name in ("b", "d", "f"):
        put(system, f"/srv/{name}")
    take(system)
    WHERE.keep(system.files)
    for name in ("a", "c", "g"):
        put(system, f"/srv/{name}")
    system.files.remove("/srv/d")
    system.files.fail("open", "/srv/b")
    system.files.fail("open", "/srv/f")
    manifest = take(system)
    assert list(kept(system)) == [f"/srv/{name}" for name in "abcfg"]
    assert manifest.root == naive_root(system)


def test_a_file_written_just_now_waits_for_the_next_pass():
    system = FakeSystem()
    system.files.put("/srv/hot")
    assert take(system).files_not_hashed == 1
    WHERE.keep(system.files)
    system.clock.advance(seconds=3)
    assert take(system).files_not_hashed == 0


def test_the_budget_is_spent_over_several_passes():
    system = FakeSystem()
    for name in ("a", "b", "c"):
        put(system, f"/srv/{name}", b"12345")
    assert take(system, budget=12).files_not_hashed == 1
    WHERE.keep(system.files)
    assert take(system, budget=12).files_not_hashed == 0


def test_a_file_too_large_for_the_budget_does_not_stop_the_others():
    system = FakeSystem()
    put(system, "/srv/a", b"x" * 100)
    put(system, "/srv/b", b"y")
    take(system, budget=50)
    assert hashed(system) == ["/srv/b"]


def test_what_cannot_be_read_is_counted():
    system = FakeSystem()
    put(system, "/srv/a")
    put(system, "/srv/sub/b")
    system.files.fail("open", "/srv/a")
    system.files.fail("scan", "/srv/sub")
    manifest = take(system)
    assert (manifest.files, manifest.files_not_hashed) == (1, 2)


def test_a_file_that_grows_while_it_is_read_is_not_hashed():
    system = FakeSystem()
    put(system, "/srv/log", b"line\n")
    entry = system.files.stat("/srv/log")
    system.files._nodes["/srv/log"].data += b"more\n"
    stat, scan = system.files.stat, system.files.scan
    system.files.scan = lambda path: (
        entry if found.path == entry.path else found for found in scan(path)
    )
    system.files.stat = lambda path, **words: entry if path == entry.path else stat(path, **words)
    assert take(system).files_not_hashed == 1


def test_names_that_are_no_text_are_kept():
    system = FakeSystem()
    put(system, "/srv/\udcff")
    take(system)
    assert list(kept(system)) == ["/srv/\udcff"]


def test_times_before_1970_count_as_1970():
    system = FakeSystem()
    system.files.put("/srv/old", b"x", modified_ns=-5)
    take(system)
    WHERE.keep(system.files)
    system.files.fail("open", "/srv/old")
    assert take(system).files_not_hashed == 0
    assert kept(system)["/srv/old"].modified_ns == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data + data,
        lambda data: b"[1]\n" + data,
        lambda data: b'{"root":"x"}\n',
        lambda data: b"\xff\n" + data,
        lambda data: b'["/srv/a",1,1,1,"x",null]\n' + data,
    ],
)
def test_a_damaged_file_is_recognised_and_hashed_anew(damage):
    system = FakeSystem()
    put(system, "/srv/a")
    root = take(system).root
    WHERE.keep(system.files)
    whole = system.files.read(WHERE.signed, 10**6)
    system.files.put(WHERE.signed, damage(whole))
    if damage(whole) != whole[:-1]:  # without its final newline alone, it still says all
        with pytest.raises(StateError, match=r"damaged|ends|goes on"):
            list(read(system.files, WHERE.signed))
    assert take(system).root == root


def test_the_closing_line_says_what_it_amounts_to():
    system = FakeSystem()
    put(system, "/srv/a", b"12345")
    manifest = take(system)
    *_, closing = read(system.files, WHERE.fresh)
    assert closing == Closing(root=manifest.root, files=1, bytes=5)
