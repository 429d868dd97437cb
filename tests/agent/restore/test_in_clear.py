from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from guardian_agent.restore.in_clear import BLOCK_BYTES, in_clear

from tests.agent.fakes import FakeSystem

MARKER = "5f" * 32


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\x9c" * 5000, None, id="without"),
        pytest.param(b"head " + MARKER.encode() + b" tail", True, id="with"),
        pytest.param(b"x" * (BLOCK_BYTES - 9) + MARKER.encode(), True, id="across two blocks"),
        pytest.param(MARKER[:-1].encode(), None, id="cut short"),
    ],
)
def test_only_the_whole_marker_counts(content, found):
    system = FakeSystem()
    system.files.put("/copy", content)
    assert in_clear(MARKER, ["/copy"], system) is found


def test_a_file_that_vanished_does_not_hide_the_next():
    system = FakeSystem()
    system.files.put("/copy", MARKER.encode())
    assert in_clear(MARKER, ["/gone", "/copy"], system) is True


def packed(content, codec):
    return {"gzip": gzip, "bzip2": bz2, "xz": lzma}[codec].compress(content)


def tarred(content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("srv/canary")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def zipped(content, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("first", b"nothing here")
        archive.writestr("canary", content)
    return out.getvalue()


@pytest.mark.parametrize("codec", ["gzip", "bzip2", "xz"])
@pytest.mark.parametrize("content", [MARKER.encode(), tarred(b"canary " + MARKER.encode())])
def test_what_anybody_unpacks_is_searched(codec, content):
    system = FakeSystem()
    system.files.put("/copy", packed(content, codec))
    assert MARKER.encode() not in system.files.read("/copy", 1 << 20)
    assert in_clear(MARKER, ["/copy"], system) is True


def test_it_is_found_across_the_blocks_of_what_comes_out():
    system = FakeSystem()
    system.files.put("/copy", gzip.compress(b"x" * (BLOCK_BYTES - 9) + MARKER.encode()))
    assert in_clear(MARKER, ["/copy"], system) is True


def test_the_members_of_a_zip_are_searched():
    system = FakeSystem()
    system.files.put("/copy", zipped(MARKER.encode()))
    assert in_clear(MARKER, ["/copy"], system) is True


def test_a_member_that_is_damaged_does_not_hide_the_next():
    system = FakeSystem()
    content = zipped(MARKER.encode()).replace(b"K,", b"\xff\xff", 1)
    system.files.put("/copy", content)
    assert in_clear(MARKER, ["/copy"], system) is True


def test_zstandard_is_unpacked_by_its_tool():
    system = FakeSystem()
    system.files.put("/copy", b"\x28\xb5\x2f\xfd packed")
    system.processes.answer("zstd", "-dcq", "/copy", stdout=b"head " + MARKER.encode())
    assert in_clear(MARKER, ["/copy"], system) is True
    assert system.processes.calls[0].output_limit <= 8 * BLOCK_BYTES
    system.processes.answer("zstd", "-dcq", "/copy", stdout=b"head", status=1)
    assert in_clear(MARKER, ["/copy"], system) is None


def test_without_zstd_the_other_files_are_searched():
    system = FakeSystem()
    system.files.put("/copy", b"\x28\xb5\x2f\xfd packed")
    system.files.put("/other", MARKER.encode())
    assert in_clear(MARKER, ["/copy", "/other"], system) is True


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"x" * 100_000)[:-20],
        b"\x1f\x8b\x08" + b"\xff" * 50,
        b"BZh9" + b"\xff" * 50,
        b"\xfd7zXZ\x00" + b"\xff" * 50,
        b"PK\x03\x04" + b"\xff" * 50,
        b"PK\x05\x06" + b"\xff" * 50,
        zipped(b"x" * 5000)[:-30],
    ],
)
def test_what_cannot_be_unpacked_proves_nothing(content):
    system = FakeSystem()
    system.files.put("/copy", content)
    assert in_clear(MARKER, ["/copy"], system) is None


def test_a_bomb_is_unpacked_no_further_than_the_budget(monkeypatch):
    monkeypatch.setattr("guardian_agent.restore.in_clear.BUDGET_BYTES", 3 * BLOCK_BYTES)
    system = FakeSystem()
    system.files.put("/bomb", gzip.compress(b"\0" * (8 * BLOCK_BYTES) + MARKER.encode()))
    assert in_clear(MARKER, ["/bomb"], system) is None


def test_when_the_time_is_up_the_search_ends():
    system = FakeSystem()
    system.files.put("/copy", MARKER.encode())
    ticks = iter((0.0, 61.0, 61.0, 61.0, 61.0))
    system.clock.monotonic = lambda: next(ticks)
    assert in_clear(MARKER, ["/copy", "/copy"], system) is None
