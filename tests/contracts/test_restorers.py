"""What every restorer must do, whichever tool it asks."""

from __future__ import annotations

import contextlib
import json
import posixpath
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from pathlib import Path

import pytest
from guardian_agent import probes
from guardian_agent.config import BackupSet
from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnyProbe, AnySubject, Point, Subject
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import START, FakeSystem
from tests.agent.probes.real import Asked, files_of, make_data
from tests.agent.probes.subjects import recorded
from tests.agent.probing.packing import member, tar
from tests.contracts.test_probes import the
from tests.world.archive import pack
from tests.world.borg import Borg
from tests.world.commands import run
from tests.world.restic import Restic

RESTORING = [tool for tool, probe in probes.load().items() if probe.restorer is not None]
ALL = pytest.mark.parametrize("tool", RESTORING)
PARTS = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1)
PATHS = st.lists(PARTS, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts))


def subject(probe: AnyProbe) -> AnySubject:
    """Return a subject whose settings are a path wherever the probe insists on a text."""
    needed = {
        field.name: "/secret"
        for field in fields(probe.settings)
        if field.default is MISSING and field.default_factory is MISSING
    }
    settings = build(probe.settings, needed)
    backup_set = BackupSet(name=Name("files"), paths=("/srv",))
    return Subject(backup_set=backup_set, copy="local", settings=settings, key=b"k" * 32)


def rooted(tool: str, root: str) -> tuple[AnyProbe, AnySubject]:
    probe = the(tool)
    asked = subject(probe)
    return probe, replace(asked, settings=replace(asked.settings, root=root))


def place(tool: str, path: str, root: str = "/") -> str | None:
    probe, asked = rooted(tool, root)
    assert probe.restorer is not None
    return probe.restorer.place(asked, "/room", path)


@ALL
@given(path=PATHS, root=st.sampled_from(["/", "/srv", "/srv/", "/srv/files"]))
def test_a_place_lies_below_the_target_or_there_is_none(tool, path, root):
    found = place(tool, path, root)
    if found is not None:
        assert posixpath.normpath(found) == found
        assert found == "/room" or found.startswith("/room/")


@ALL
@given(path=PATHS, below=PATHS)
def test_what_lies_in_a_folder_comes_back_in_that_folders_place(tool, path, below):
    whole = posixpath.normpath(path + below)
    if ".." not in (path + below).split("/") and posixpath.normpath(path) != "/":
        inside = posixpath.relpath(whole, posixpath.normpath(path))
        assert place(tool, whole) == posixpath.normpath(f"{place(tool, path)}/{inside}")


@ALL
@given(one=PATHS, other=PATHS)
def test_two_paths_never_have_one_place(tool, one, other):
    if posixpath.normpath(one) != posixpath.normpath(other):
        assert place(tool, one) != place(tool, other)


@ALL
def test_what_lies_outside_the_root_has_no_place(tool):
    assert place(tool, "/srv/files/a", "/srv") is not None
    assert place(tool, "/srv-old/a", "/srv") is None
    assert place(tool, "/etc/passwd", "/srv") is None
    assert place(tool, "/srv/../etc/passwd", "/srv") is None


LISTINGS = {
    "restic": ("ls", recorded("restic-0.18", "ls.jsonl")),
    "borg": ("list", recorded("borg-1.2.4", "list-archive.jsonl")),
}
"""What tools list that are run for it: the question, and an answer."""
HOSTILE = (
    "../../etc/passwd", "a/../../b", "/../x", "x\0y", "", "/", ".", "a" * 5000, "\ud800", "a\nb",
)  # fmt: skip


@pytest.mark.parametrize("tool", sorted(LISTINGS))
@given(data=st.data())
def test_a_mutated_listing_is_listed_or_refused(tool, data):
    question, text = LISTINGS[tool]
    lines = text.splitlines()[:4]
    mutated = data.draw(st.sampled_from([_cut, _renamed, _retyped]))(data, lines)
    for item in _listed(tool, question, b"\n".join(mutated)):
        assert item.path.startswith("/")
        assert ".." not in item.path.split("/")
        assert item.size >= 0


def _cut(data: st.DataObject, lines: list[bytes]) -> list[bytes]:
    text = bytearray(b"\n".join(lines))
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    return [bytes(text[: data.draw(st.integers(0, len(text)))])]


def _renamed(data: st.DataObject, lines: list[bytes]) -> list[bytes]:
    return [_with(line, "path", data.draw(st.sampled_from(HOSTILE) | st.text())) for line in lines]


def _retyped(data: st.DataObject, lines: list[bytes]) -> list[bytes]:
    values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([])
    key = data.draw(st.sampled_from(["path", "size", "type", "mtime", "mode", "source"]))
    return [_with(line, key, data.draw(values)) for line in lines]


def _with(line: bytes, key: str, value: object) -> bytes:
    return json.dumps({**json.loads(line), key: value}).encode()


def _listed(tool: str, question: str, text: bytes) -> list:
    probe = the(tool)
    system = FakeSystem()
    system.files.make_directory("/scratch")
    system.files.put("/secret", b"x\n")
    system.processes.answer(tool, question, stdout=text)
    asked = replace(subject(probe), scratch="/scratch")
    point = Point(native_id="ab cd", hashed_id="ab" * 16, started_at=START)
    assert probe.restorer is not None
    with contextlib.suppress(ProbeError):
        return list(probe.restorer.contents(asked, system, point))
    return []


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=9), min_size=1, max_size=4))
def test_hostile_names_in_an_archive_are_never_written_outside(names):
    probe = the("file_drop")
    members = [member(name.replace("\0", "") or "a", b"x") for name in names]
    system = FakeSystem()
    with contextlib.suppress(UnicodeEncodeError):
        system.files.put("/drop/a.tar", tar(*members))
        system.files.make_directory("/room")
        system.clock.advance(hours=1)
        asked = Subject(
            backup_set=BackupSet(name=Name("files"), paths=("/",)),
            copy="local",
            settings=probe.settings(path="/drop", pattern="*"),
            key=b"k" * 32,
        )
        before = system.files.tree("/drop")
        assert probe.restorer is not None
        point = probe.restorer.newest(asked, probe.gather(asked, system))
        assert point is not None
        with contextlib.suppress(ProbeError):
            probe.restorer.restore_all(asked, system, point, "/room", 1000)
        written = system.files.tree("/")
        assert {path for path in written if not path.startswith("/room/")} == set(before)


def restic(folder: Path, live: Path) -> dict[str, object]:
    made = Restic(folder / "repository", folder / "home").create()
    made.backup(live).checked()
    return dict(made.settings)


def borg(folder: Path, live: Path) -> dict[str, object]:
    made = Borg(folder / "repository", folder / "home").create()
    made.backup(live).checked()
    return dict(made.settings)


def file_drop(folder: Path, live: Path) -> dict[str, object]:
    (folder / "drop").mkdir()
    pack(live, folder, folder / "drop" / "nightly.tar.gz")
    return {"path": str(folder / "drop"), "pattern": "*", "root": str(folder)}


def rsync_tree(folder: Path, live: Path) -> dict[str, object]:
    (folder / "rotation").mkdir()
    run("rsync", "-aHR", f"{live}/", folder / "rotation" / "daily.0").checked()
    return {"path": str(folder / "rotation")}


def rclone(folder: Path, live: Path) -> dict[str, object]:
    run("rclone", "copy", live, folder / "kept").checked()
    return {"remote": str(folder / "kept"), "root": str(live)}


MADE: dict[str, Callable[[Path, Path], dict[str, object]]] = {
    "restic": restic,
    "borg": borg,
    "file_drop": file_drop,
    "rsync_tree": rsync_tree,
    "rclone": rclone,
}
"""A copy of live data by each tool that restores; a new restorer adds its own."""
MOUNTED = {"btrfs"}
"""They need a volume of their own, and restore from it in their own tests."""
EACH = pytest.mark.parametrize("tool", sorted({*RESTORING} - MOUNTED))


@EACH
@pytest.mark.tools
def test_all_of_it_and_its_files_come_back_to_the_same_places(tool, tmp_path):
    live = make_data(tmp_path)
    (live / "hard-2").hardlink_to(live / "deep" / "two")
    asked = Asked(the(tool), tmp_path, MADE[tool](tmp_path, live), [live])
    assert asked.restored_all() == files_of(live)


@EACH
@pytest.mark.tools
def test_only_what_is_of_the_set_comes_back(tool, tmp_path):
    live = make_data(tmp_path)
    made = MADE[tool](tmp_path, live)
    asked = Asked(the(tool), tmp_path, made, [live / "deep", tmp_path / "gone"])
    two = str(live / "deep" / "two")
    assert asked.restored_all() == {two: files_of(live)[two]}
