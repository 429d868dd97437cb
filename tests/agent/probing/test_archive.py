from __future__ import annotations

import bz2
import contextlib
import errno
import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing.archive import Archive
from guardian_agent.probing.sink import Sink
from guardian_agent.wire.observations import Reason
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem
from tests.agent.probes.subjects import refused
from tests.agent.probing.packing import MODIFIED, member, tar, zipped

NS = MODIFIED * 1_000_000_000
FOLDER = member("srv/files", kind=tarfile.DIRTYPE)
A = member("srv/files/a", b"first")
B = member("./srv/files/b", b"second")


def archive(data: bytes, *, root: str = "/", system: FakeSystem | None = None) -> Archive:
    system = system or FakeSystem()
    system.files.put("/drop/archive", data)
    system.files.make_directory("/sandbox")
    deadline = system.clock.monotonic() + 60
    return Archive(system=system, path="/drop/archive", root=root, deadline=deadline)


def names(data: bytes, root: str = "/") -> list[str]:
    return [entry.path for entry in archive(data, root=root).entries()]


def extract(data: bytes, *paths: str, limit: int = 1000) -> dict[str, bytes]:
    opened = archive(data)
    sink = into_sandbox(opened, *paths, limit=limit)
    opened.extract(sink)
    written = opened.system.files.tree("/sandbox")
    assert len(written) == sum(sink.has(path) for path in paths)
    return {path: written[str(sink.place(path))] for path in paths if sink.has(path)}


def into_sandbox(opened: Archive, *paths: str, limit: int = 1000) -> Sink:
    places = {path: f"/sandbox{path}" for path in paths}
    return Sink(opened.system.files, places.get, limit)


class TestTar:
    @pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
    def test_lists_and_gives_back(self, mode):
        data = tar(FOLDER, A, B, mode=mode)
        assert list(archive(data).entries()) == [
            PointFile(path="/srv/files", size=0, modified_ns=NS, is_file=False),
            PointFile(path="/srv/files/a", size=5, modified_ns=NS, is_file=True),
            PointFile(path="/srv/files/b", size=6, modified_ns=NS, is_file=True),
        ]
        wanted = ("/srv/files/b", "/srv/files/a", "/srv/files/c", "/srv/files")
        assert extract(data, *wanted) == {"/srv/files/a": b"first", "/srv/files/b": b"second"}
        assert archive(data).read_through() == 2

    @pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
    def test_one_that_is_cut_short_within_a_file_is_damaged_when_extracted(self, mode):
        data = tar(A, member("srv/files/long", bytes(range(256)) * 400), mode=mode)
        with pytest.raises(ProbeError) as caught:
            extract(data[: len(data) // 2], "/srv/files/long", limit=10**6)
        assert caught.value.reason is Reason.DAMAGED

    def test_one_that_claims_exbibytes_is_damaged_at_once(self):
        info, _ = member("srv/huge")
        info.size = 1 << 62
        data = info.tobuf(tarfile.GNU_FORMAT) + b"little"
        with pytest.raises(ProbeError) as caught:
            names(data)
        assert caught.value.reason is Reason.DAMAGED

    @pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
    def test_one_that_is_cut_short_anywhere_is_damaged(self, mode):
        data = tar(FOLDER, A, B, mode=mode)
        end = 2560 if mode == "w" else len(data) - 1  # the rest of a plain tar is padding
        for length in {600, 1024, 1536, 2048, end} if mode == "w" else range(60, end, 7):
            with refused(Reason.DAMAGED):
                names(data[:length])

    def test_a_flipped_bit_in_a_packed_one_is_damage(self):
        data = bytearray(tar(A, member("srv/files/c", bytes(range(256)) * 40), mode="w:gz"))
        data[-3] ^= 1
        with refused(Reason.DAMAGED):
            archive(bytes(data)).read_through()

    def test_an_empty_one_is_whole(self):
        assert names(tar()) == []

    def test_names_are_relative_to_the_root(self):
        assert names(tar(member("./a"), member("b/c")), "/srv/files") == [
            "/srv/files/a", "/srv/files/b/c",
        ]  # fmt: skip

    def test_absolute_names_below_the_root_are_taken(self):
        data = tar(member("/srv/files/a"))
        assert names(data, "/srv") == ["/srv/files/a"]
        with refused(Reason.UNSAFE_CONTENTS):
            names(data, "/home")

    @pytest.mark.parametrize(
        "hostile",
        [
            [member("../etc/passwd", b"x")],
            [member("srv/../../etc/passwd", b"x")],
            [member("srv/link", kind=tarfile.SYMTYPE, link="/etc"), member("srv/link/passwd", b"")],
            [
                member("srv/link", kind=tarfile.SYMTYPE, link="."),
                member("srv/link/deeper/passwd", b""),
            ],
            [member("srv/hard", kind=tarfile.LNKTYPE, link="../../etc/shadow")],
        ],
    )
    def test_refuses_members_that_lead_elsewhere(self, hostile):
        data = tar(A, *hostile)
        with refused(Reason.UNSAFE_CONTENTS):
            names(data)
        with refused(Reason.UNSAFE_CONTENTS):
            extract(data, "/srv/files/a", "/srv/hard")

    def test_links_and_devices_are_listed_and_never_written(self):
        data = tar(
            member("srv/soft", kind=tarfile.SYMTYPE, link="/etc/passwd"),
            member("srv/null", kind=tarfile.CHRTYPE),
            member("srv/disk", kind=tarfile.BLKTYPE),
            member("srv/pipe", kind=tarfile.FIFOTYPE),
        )
        assert not any(entry.is_file for entry in archive(data).entries())
        assert extract(data, "/srv/soft", "/srv/null", "/srv/disk", "/srv/pipe") == {}

    def test_a_hard_link_is_the_file_that_it_names(self):
        link = member("srv/b", kind=tarfile.LNKTYPE, link="srv/a")
        data = tar(member("srv/a", b"same"), link)
        assert [(e.size, e.is_file) for e in archive(data).entries()] == [(4, True), (4, True)]
        assert extract(data, "/srv/b") == {"/srv/b": b"same"}
        assert extract(data, "/srv/a", "/srv/b") == {"/srv/a": b"same", "/srv/b": b"same"}

    def test_a_hard_link_to_nothing_gives_nothing(self):
        data = tar(member("srv/b", kind=tarfile.LNKTYPE, link="srv/a"))
        assert [entry.size for entry in archive(data).entries()] == [0]
        assert extract(data, "/srv/b") == {}

    def test_hard_links_to_what_was_not_wanted_share_one_reading(self):
        links = [member(f"srv/{n}", kind=tarfile.LNKTYPE, link="srv/a") for n in "bcd"]
        data = tar(member("srv/a", b"same"), *links)
        wanted = ("/srv/b", "/srv/c", "/srv/d")
        assert extract(data, *wanted, limit=12) == dict.fromkeys(wanted, b"same")
        with refused(Reason.QUOTA_EXCEEDED):
            extract(data, *wanted, limit=11)

    def test_hard_links_may_follow_each_other(self):
        again = member("srv/b", kind=tarfile.LNKTYPE, link="srv/a")
        third = member("srv/c", kind=tarfile.LNKTYPE, link="srv/b")
        data = tar(member("srv/a", b"same"), again, third)
        assert extract(data, "/srv/b", "/srv/c") == {"/srv/b": b"same", "/srv/c": b"same"}

    def test_hard_links_in_a_circle_give_nothing(self):
        one = member("srv/b", kind=tarfile.LNKTYPE, link="srv/c")
        data = tar(one, member("srv/c", kind=tarfile.LNKTYPE, link="srv/b"))
        assert extract(data, "/srv/b", "/srv/c") == {}

    @pytest.mark.parametrize(
        "error", [errno.ENAMETOOLONG, errno.ENOTDIR, errno.EEXIST, errno.EISDIR]
    )
    def test_refuses_names_that_no_file_can_have(self, error):
        opened = archive(tar(A))
        fault = OSError(error, os.strerror(error))
        opened.system.files.fail("create", "/sandbox/srv/files/a", fault)
        with refused(Reason.UNSAFE_CONTENTS):
            opened.extract(into_sandbox(opened, "/srv/files/a"))

    def test_refuses_paths_longer_than_the_kernel_takes(self):
        name = "a/" * 3000 + "b"
        with refused(Reason.UNSAFE_CONTENTS):
            extract(tar(member(name, b"x"), mode="w"), f"/{name}")

    def test_writes_below_very_many_folders(self):
        name = "/" + "a/" * 1900 + "b"
        assert extract(tar(member(name[1:], b"x")), name) == {name: b"x"}

    def test_a_file_in_the_place_of_everything_is_refused(self):
        with refused(Reason.UNSAFE_CONTENTS):
            extract(tar(member(".", b"x")), "/")

    def test_a_file_cannot_also_be_a_folder(self):
        data = tar(member("srv/a", b"x"), member("srv/a/b", b"y"))
        with refused(Reason.UNSAFE_CONTENTS):
            extract(data, "/srv/a", "/srv/a/b")

    def test_the_last_of_a_name_counts(self):
        assert extract(tar(A, member("srv/files/a", b"newer")), "/srv/files/a") == {
            "/srv/files/a": b"newer"
        }
        gone = member("srv/files/a", kind=tarfile.SYMTYPE, link="b")
        assert extract(tar(A, gone), "/srv/files/a") == {}

    def test_names_that_are_no_text_come_through(self):
        data = tar(member("srv/\udcff", b"x"))
        assert extract(data, "/srv/\udcff") == {"/srv/\udcff": b"x"}

    def test_writes_no_more_than_the_limit(self):
        with refused(Reason.QUOTA_EXCEEDED):
            extract(tar(A, B), "/srv/files/a", "/srv/files/b", limit=10)

    def test_a_sparse_file_of_exbibytes_ends_at_the_limit(self):
        info, _ = member("srv/sparse")
        info.pax_headers = {
            "GNU.sparse.major": "0",
            "GNU.sparse.minor": "1",
            "GNU.sparse.size": str(1 << 62),
            "GNU.sparse.map": "0,1",
        }
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as made:
            made.addfile(info)
        with refused(Reason.QUOTA_EXCEEDED):
            extract(packed.getvalue(), "/srv/sparse")

    def test_refuses_a_name_of_gigabytes_before_reading_it(self):
        info, _ = member("././@LongLink", kind=tarfile.GNUTYPE_LONGNAME)
        info.size = 1 << 30
        with refused(Reason.UNSAFE_CONTENTS):
            names(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))

    def test_refuses_a_negative_size(self):
        info, _ = member("srv/a")
        info.size = -512
        with refused(Reason.DAMAGED):
            names(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))

    def test_an_endless_bomb_ends_with_the_time(self):
        system = FakeSystem()
        bomb = bz2.compress(tar(member("srv/zeros", bytes(1 << 20))))
        opened = archive(bomb, system=system)
        system.clock.advance(seconds=61)
        with refused(Reason.TIMEOUT):
            list(opened.entries())

    def test_says_that_the_sandbox_cannot_be_written(self):
        opened = archive(tar(A))
        opened.system.files.fail("create", "/sandbox/srv/files/a")
        with refused(Reason.QUOTA_EXCEEDED):
            opened.extract(into_sandbox(opened, "/srv/files/a"))

    @given(st.data())
    def test_whatever_is_broken_ends_in_an_answer_or_a_probe_error(self, data):
        link = member("srv/b", kind=tarfile.LNKTYPE, link="srv/files/a")
        mode = data.draw(st.sampled_from(["w", "w:gz"]))
        broken = bytearray(tar(FOLDER, A, B, link, mode=mode))
        flips = st.tuples(st.integers(0, min(len(broken), 2048) - 1), st.integers(0, 255))
        for place, value in data.draw(st.lists(flips, max_size=8)):
            broken[place] = value
        survive(bytes(broken))


class TestZip:
    def test_lzma_within_the_memory(self):
        data = bytearray(zipped({"srv/a": b"first" * 100}, compression=zipfile.ZIP_LZMA))
        assert archive(bytes(data)).read_through() == 1
        window = data.index(b"srv/a") + len("srv/a") + data[28] + 5
        data[window : window + 4] = b"\xff\xff\xff\xff"
        with refused(Reason.QUOTA_EXCEEDED):
            archive(bytes(data)).read_through()

    @pytest.mark.parametrize(
        ("mark", "offset", "lie"),
        [(b"PK\x01\x02", 24, 0xFFFFFFFE), (b"PK\x05\x06", 16, 0xFFFFFFF0)],
    )
    def test_one_whose_index_lies_is_damaged(self, mark, offset, lie):
        """About the size of a member, or about where the index is."""
        data = bytearray(zipped({"srv/a": b"first" * 100}))
        struct.pack_into("<I", data, data.index(mark) + offset, lie)
        with refused(Reason.DAMAGED):
            archive(bytes(data)).read_through()

    def test_lists_and_gives_back(self):
        data = zipped({"srv/files/": b"", "srv/files/a": b"first"})
        assert list(archive(data).entries()) == [
            PointFile(path="/srv/files", size=0, modified_ns=NS, is_file=False),
            PointFile(path="/srv/files/a", size=5, modified_ns=NS, is_file=True),
        ]
        assert extract(data, "/srv/files/a", "/srv/files/b") == {"/srv/files/a": b"first"}
        assert archive(data).read_through() == 1

    def test_tells_no_time_where_the_archive_has_none_in_utc(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as made:
            made.writestr(zipfile.ZipInfo("a"), b"x")
        (entry,) = archive(packed.getvalue()).entries()
        assert entry.modified_ns is None

    def test_links_are_listed_and_never_written(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as made:
            info = zipfile.ZipInfo("srv/link")
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            made.writestr(info, "/etc/passwd")
        (entry,) = archive(packed.getvalue()).entries()
        assert not entry.is_file
        assert extract(packed.getvalue(), "/srv/link") == {}

    @pytest.mark.parametrize("name", ["../etc/passwd", "srv/../../etc/passwd"])
    def test_refuses_members_that_lead_elsewhere(self, name):
        with refused(Reason.UNSAFE_CONTENTS):
            names(zipped({name: b"x"}))
        with refused(Reason.UNSAFE_CONTENTS):
            extract(zipped({name: b"x"}), "/etc/passwd")

    def test_one_that_is_cut_short_is_damaged(self):
        data = zipped({"srv/files/a": b"first" * 100})
        for length in range(30, len(data) - 1, 9):
            with refused(Reason.DAMAGED):
                archive(data[:length]).read_through()

    def test_a_flipped_bit_is_damage(self):
        data = bytearray(zipped({"srv/a": b"first" * 100}, compression=zipfile.ZIP_STORED))
        data[100] ^= 1
        assert names(bytes(data)) == ["/srv/a"]
        with refused(Reason.DAMAGED):
            archive(bytes(data)).read_through()

    def test_names_without_the_mark_for_utf_8_are_the_bytes_that_unix_had(self):
        data = bytearray(zipped({"srv/\u00fc": b"x"}))
        data[7] &= ~8
        data[data.index(b"PK\x01\x02") + 9] &= ~8
        assert names(bytes(data)) == ["/srv/\u00fc"]

    def test_writes_no_more_than_the_limit(self):
        with refused(Reason.QUOTA_EXCEEDED):
            extract(zipped({"a": bytes(1 << 20)}), "/a")

    def test_members_that_want_a_password_are_not_supported(self):
        data = bytearray(zipped({"srv/a": b"secret"}))
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
        assert names(bytes(data)) == ["/srv/a"]
        with refused(Reason.UNSUPPORTED):
            archive(bytes(data)).read_through()

    @given(st.data())
    def test_whatever_is_broken_ends_in_an_answer_or_a_probe_error(self, data):
        broken = bytearray(zipped({"srv/files/a": b"first" * 20, "srv/files/b": b"second"}))
        flips = st.tuples(st.integers(4, len(broken) - 1), st.integers(0, 255))
        for place, value in data.draw(st.lists(flips, max_size=8)):
            broken[place] = value
        survive(bytes(broken))


@pytest.mark.parametrize(
    "data",
    [b"", b"text", b"Salted__" + bytes(600), bz2.compress(b"-- MySQL dump"), bytes(100)],
)
def test_other_formats_are_not_supported(data):
    with refused(Reason.UNSUPPORTED):
        names(data)


def test_says_that_the_archive_is_gone_or_closed_to_us():
    system = FakeSystem()
    opened = archive(tar(A), system=system)
    system.files.fail("open", "/drop/archive")
    with refused(Reason.PERMISSION_DENIED):
        list(opened.entries())
    system.files.mend()
    system.files.remove("/drop/archive")
    with refused(Reason.PATH_MISSING):
        list(opened.entries())


def survive(data: bytes) -> None:
    """List, read through and extract: each ends in an answer or a `ProbeError`."""
    opened = archive(data)
    for action in (
        lambda: list(opened.entries()),
        opened.read_through,
        lambda: opened.extract(into_sandbox(opened, "/srv/files/a", "/srv/b")),
    ):
        with contextlib.suppress(ProbeError):
            action()
