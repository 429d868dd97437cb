from __future__ import annotations

import itertools
import lzma
import tarfile
from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import DecodeError
from guardian_agent.probe import Subject
from guardian_agent.probes.file_drop import PROBE
from guardian_agent.probes.restic import PROBE as RESTIC
from guardian_agent.probing.tool import RESTORE_SECONDS
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds import find
from guardian_agent.restore.kinds.archive import KIND, Settings, archive_test
from guardian_agent.restore.room import Plot
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Outcome, Reason, RestoreTest

from tests.agent.fakes import FakeSystem
from tests.agent.probes.subjects import recorded
from tests.agent.probing.packing import member, tar, zipped
from tests.agent.restore.fake_tool import CHECKPOINT

MEMBERS = (
    member("srv/files", kind=tarfile.DIRTYPE),
    member("srv/files/a.sql", b"first" * 100),
    member("srv/files/b", b"second"),
    member("srv/empty", b""),
    member("srv/link", kind=tarfile.SYMTYPE, link="files/a.sql"),
)
WHOLE = tar(*MEMBERS, mode="w:gz")
SEVEN = b"7z\xbc\xaf\x27\x1c rest"
PASSED = (Outcome.PASSED, Reason.NONE)


def read(
    data: bytes | None, system: FakeSystem | None = None, root: str = "/", **settings: object
) -> RestoreTest:
    system = system or FakeSystem()
    system.files.make_directory("/drop")
    if data is not None:
        system.files.put("/drop/nightly", data)
        system.clock.advance(hours=1)
    plot = Plot(folder="/plot", limit=10**6, user="nobody", memory_bytes=10**9, processes=64)
    ground = Ground(
        manifest="/state/none", ledger="/state/none", checkpoint=CHECKPOINT, marker=None, plot=plot
    )
    return archive_test(
        Task(
            probe=PROBE,
            subject=Subject(
                backup_set=BackupSet(name=Name("files"), paths=("/srv",)),
                copy="local",
                settings=PROBE.settings(path="/drop", pattern="*", root=root),
                key=b"k" * 32,
            ),
            settings=build(Settings, settings),
            ground=ground,
            system=system,
            progress=lambda text, share: None,
        )
    )


def outcome(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


def test_is_made_unasked_where_restore_points_are_archives():
    assert find("archive") is KIND
    assert (KIND.by_default, KIND.every) == (True, timedelta(days=7))
    assert KIND.fits(PROBE)
    assert not KIND.fits(RESTIC)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_whole_tar_passes_with_its_counts(mode):
    test = read(tar(*MEMBERS, mode=mode))
    assert outcome(test) == PASSED
    assert test.compared is not None
    assert (test.compared.files, test.compared.bytes, test.compared.matched) == (3, 506, 3)
    assert (test.whole_files, test.whole_bytes) == (3, 506)
    assert (test.checkpoint_size, test.checkpoint_root) == CHECKPOINT
    assert test.point is not None


def test_a_whole_zip_passes():
    test = read(zipped({"srv/files/a": b"first", "srv/files/": b""}))
    assert outcome(test) == PASSED
    assert (test.whole_files, test.whole_bytes) == (1, 5)


def test_nothing_is_written_where_it_need_not_be():
    system = FakeSystem()
    read(WHOLE, system)
    assert system.files.journal == [("make_directory", "/drop")]
    assert system.processes.calls == []


@pytest.mark.parametrize(
    "cut",
    [
        WHOLE[:-1],
        WHOLE[:-20],
        WHOLE[: len(WHOLE) // 2],
        tar(*MEMBERS)[:1024],
        tar(*MEMBERS)[:3584],
        tar(*MEMBERS, mode="w:xz")[:-8],
        tar(*MEMBERS, mode="w:bz2")[:-4],
        zipped({"a": b"x" * 999})[:-30],
        zipped({"a": b"x" * 999})[:60],
    ],
    ids=itertools.count(),
)
def test_one_that_is_cut_short_is_damaged(cut):
    test = read(cut)
    assert outcome(test) == (Outcome.FAILED, Reason.DAMAGED)


def test_a_flipped_bit_is_damage_also_where_all_names_are_there():
    packed = bytearray(tar(member("a", bytes(range(256)) * 400), mode="w:gz"))
    packed[len(packed) // 2] ^= 1
    assert outcome(read(bytes(packed))) == (Outcome.FAILED, Reason.DAMAGED)
    packed = bytearray(tar(member("a", bytes(range(256)) * 400), mode="w:gz"))
    packed[-6] ^= 1
    assert outcome(read(bytes(packed))) == (Outcome.FAILED, Reason.DAMAGED)


def test_what_is_packed_and_cannot_be_unpacked_is_damaged_whatever_it_was():
    packed = lzma.compress(b"a dump" * 9999)
    assert outcome(read(packed[:-9])) == (Outcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize("name", ["../../etc/passwd", "srv/../../etc/passwd"])
def test_names_that_lead_elsewhere_are_unsafe(name):
    assert outcome(read(tar(member(name, b"x")))) == (Outcome.FAILED, Reason.UNSAFE_CONTENTS)
    assert outcome(read(zipped({name: b"x"}))) == (Outcome.FAILED, Reason.UNSAFE_CONTENTS)


def test_exbibytes_are_not_honest():
    info, _ = member("srv/sparse")
    info.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.size": str(1 << 62),
        "GNU.sparse.map": "0,1",
    }
    packed = info.tobuf(tarfile.PAX_FORMAT) + bytes(1024)
    assert outcome(read(packed)) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)


@pytest.mark.parametrize("data", [tar(), tar(MEMBERS[0]), b""], ids=itertools.count())
def test_an_archive_without_a_file_proves_nothing(data):
    assert outcome(read(data)) == (Outcome.FAILED, Reason.NOTHING_RESTORED)


class TestWanted:
    @pytest.mark.parametrize(
        "path",
        [
            "/srv/files/a.sql",
            "/srv/files",
            "/srv/files/",
            "srv/files/b",
            "/srv/files/*.sql",
            "*.sql",
            "/",
        ],
    )
    def test_is_found_by_name_folder_or_pattern(self, path):
        assert outcome(read(WHOLE, paths=[path])) == PASSED

    @pytest.mark.parametrize(
        "path", ["/srv/none", "/srv/fil", "/srv/empty", "*.dump", "/srv/link", "/files/b"]
    )
    def test_is_missing_where_no_file_with_contents_is_of_that_name(self, path):
        test = read(WHOLE, paths=["/srv/files", path])
        assert outcome(test) == (Outcome.FAILED, Reason.INCOMPLETE)
        assert test.compared is not None
        assert (test.compared.matched, test.compared.missing) == (3, 1)

    def test_may_be_relative_to_the_copys_root(self):
        inside = tar(member("files/a", b"x"))
        assert outcome(read(inside, root="/srv", paths=["files/a", "/srv/files"])) == PASSED

    @pytest.mark.parametrize("path", ["", "../etc", "a/../b"])
    def test_is_refused_in_another_form(self, path):
        with pytest.raises(DecodeError):
            build(Settings, {"paths": [path]})


class TestNotPerformed:
    @pytest.mark.parametrize(
        "data",
        [
            b"age-encryption.org/v1\n-> X25519",
            b"Salted__" + bytes(99),
            b"\x85\x02\x0c\x03" + bytes(99),
            b"-- a dump",
            lzma.compress(b"a dump"),
        ],
        ids=itertools.count(),
    )
    def test_what_cannot_be_read_without_its_key_or_is_no_archive(self, data):
        assert outcome(read(data)) == (Outcome.NOT_PERFORMED, Reason.UNSUPPORTED)

    def test_where_there_is_none(self):
        assert outcome(read(None)) == (Outcome.NOT_PERFORMED, Reason.NO_RESTORE_POINT)

    def test_where_the_tool_is_missing(self):
        assert outcome(read(SEVEN)) == (Outcome.NOT_PERFORMED, Reason.TOOL_MISSING)
        zstd = b"\x28\xb5\x2f\xfd rest"
        assert outcome(read(zstd)) == (Outcome.NOT_PERFORMED, Reason.TOOL_MISSING)

    def test_where_restore_points_are_no_archives(self):
        system = FakeSystem()
        system.files.put("/drop/a", WHOLE)
        system.clock.advance(hours=1)
        bare = replace(PROBE, archive=None)
        subject = Subject(
            backup_set=BackupSet(name=Name("files")),
            copy="local",
            settings=PROBE.settings(path="/drop", pattern="*"),
            key=b"k" * 32,
        )
        plot = Plot(folder="/plot", limit=1, user="nobody", memory_bytes=1, processes=1)
        ground = Ground(manifest="", ledger="", checkpoint=CHECKPOINT, marker=None, plot=plot)
        task = Task(
            probe=bare,
            subject=subject,
            settings=Settings(),
            ground=ground,
            system=system,
            progress=lambda text, share: None,
        )
        assert archive_test(task).reason is Reason.UNSUPPORTED


class TestWithATool:
    def test_a_7z_archive_is_read_in_a_room(self):
        system = FakeSystem()
        system.processes.answer("7z", "l", stdout=recorded("p7zip-16.02", "list.txt"))
        system.processes.answer("7z", "t")
        test = read(SEVEN, system, paths=["/srv/files"])
        assert outcome(test) == PASSED
        assert (test.whole_files, test.whole_bytes) == (4, 8897)
        assert all(call.confinement is not None for call in system.processes.calls)
        assert system.files.tree("/plot") == {}

    def test_damage_that_only_unpacking_shows(self):
        system = FakeSystem()
        system.processes.answer("7z", "l", stdout=recorded("p7zip-16.02", "list.txt"))
        text = recorded("p7zip-16.02", "damaged.stderr")
        system.processes.answer("7z", "t", status=2, stderr=text)
        assert outcome(read(SEVEN, system)) == (Outcome.FAILED, Reason.DAMAGED)

    def test_a_zstandard_archive_is_unpacked_in_a_room(self):
        system = FakeSystem()
        system.processes.answer("zstd", "-dcq", stdout=tar(*MEMBERS))
        test = read(b"\x28\xb5\x2f\xfd rest", system)
        assert outcome(test) == PASSED
        assert test.whole_files == 3
        assert system.files.tree("/plot") == {}

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ({"status": 1}, (Outcome.FAILED, Reason.DAMAGED)),
            ({"stdout": tar(*MEMBERS)[:2048]}, (Outcome.FAILED, Reason.DAMAGED)),
            ({"seconds": RESTORE_SECONDS + 1}, (Outcome.NOT_PERFORMED, Reason.TIMEOUT)),
            ({"stdout": bytes(2 * 10**6)}, (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)),
        ],
    )
    def test_a_zstandard_archive_that_cannot_be_unpacked(self, answer, expected):
        system = FakeSystem()
        system.processes.answer("zstd", "-dcq", **answer)
        assert outcome(read(b"\x28\xb5\x2f\xfd rest", system)) == expected
