from __future__ import annotations

import gzip
import json
import sys
from dataclasses import replace

import pytest
from guardian_agent.probe import AnySubject, Form, verifier
from guardian_agent.probes.sqlite_copy import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import SCRATCH, fact, machine, refused, subject

PAGE = 4096
PYTHON = sys.executable.rpartition("/")[2]


def database(pages: int = 3, *, said: int | None = None, current: bool = True) -> bytes:
    """Return a file with a header as SQLite writes it, of so many pages, saying so many."""
    head = bytearray(PAGE)
    head[0:16] = b"SQLite format 3\x00"
    head[16:18] = PAGE.to_bytes(2, "big")
    head[18:24] = bytes([1, 1, 0, 64, 32, 32])
    head[24:28] = (7).to_bytes(4, "big")
    head[28:32] = (pages if said is None else said).to_bytes(4, "big")
    head[92:96] = (7 if current else 5).to_bytes(4, "big")
    head[96:100] = (3_040_001).to_bytes(4, "big")
    head[100] = 13
    return bytes(head) + bytes(PAGE) * (pages - 1)


def copy() -> AnySubject:
    return subject(PROBE, paths=(), path="/copies", pattern="*.db*")


def server(answer: object = None, **how: object) -> FakeSystem:
    """Return a machine on which the process that reads a database answers so."""
    system = machine()
    said = {"reason": "none"} if answer is None else answer
    text = said if isinstance(said, bytes) else json.dumps(said).encode()
    system.processes.answer(PYTHON, "-I", stdout=text, **how)  # type: ignore[arg-type]
    return system


def look(system: FakeSystem) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(copy(), PROBE.gather(copy(), system), system.clock.now()))


def validity(system: FakeSystem) -> tuple[bool | None, Reason]:
    found = fact(look(system), PointContents)
    return found.valid, found.reason


def request(system: FakeSystem) -> dict[str, object]:
    """Return what the reading process was asked last."""
    return dict(json.loads(system.processes.calls[-1].arguments[-1]))


def keeps() -> FakeSystem:
    system = server()
    system.files.put("/copies/shop.db", database())
    return system


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=keeps)]


class TestReading:
    def test_a_whole_copy_is_read_where_it_lies(self):
        system = server()
        system.files.put("/copies/shop.db", database())
        facts = look(system)
        assert validity(system) == (True, Reason.NONE)
        assert fact(facts, RestorePoints).points[0].bytes == 3 * PAGE
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT
        asked = request(system)
        assert (asked["path"], asked["own"], asked["asked"]) == ("/copies/shop.db", False, None)

    def test_the_process_that_reads_may_write_nowhere_else_and_has_no_network(self):
        system = server()
        system.files.put("/copies/shop.db", database())
        look(system)
        confinement = system.processes.calls[-1].confinement
        assert confinement is not None
        assert confinement.network is False
        assert confinement.writable == (confinement.home,)
        assert confinement.home.startswith(SCRATCH)
        assert confinement.memory_bytes is not None

    @pytest.mark.parametrize("said", ["damaged", "unsupported", "timeout", "quota_exceeded"])
    def test_what_it_says_of_a_copy_that_is_not_whole(self, said):
        system = server({"reason": said})
        system.files.put("/copies/shop.db", database())
        valid = False if said == "damaged" else None
        assert validity(system) == (valid, Reason(said))

    @pytest.mark.parametrize(
        ("how", "reason"),
        [
            ({"answer": b"{"}, Reason.UNREADABLE_ANSWER),
            ({"answer": {"reason": "other"}}, Reason.UNREADABLE_ANSWER),
            ({"status": -11}, Reason.INTERRUPTED),
            ({"seconds": 400.0}, Reason.TIMEOUT),
        ],
    )
    def test_a_process_that_does_not_answer_says_nothing_of_the_copy(self, how, reason):
        system = server(**how)
        system.files.put("/copies/shop.db", database())
        assert validity(system) == (None, reason)

    @pytest.mark.parametrize(
        "data",
        [b"", b"SQLite format 3\x00", database()[:-1], database(3, said=4), database()[:PAGE]],
    )
    def test_a_copy_shorter_than_its_header_says_is_damaged(self, data):
        system = server()
        system.files.put("/copies/shop.db", data)
        assert validity(system) == (False, Reason.DAMAGED)

    def test_a_count_of_pages_that_an_old_version_left_is_not_believed(self):
        system = server()
        system.files.put("/copies/shop.db", database(3, said=400, current=False))
        assert validity(system) == (True, Reason.NONE)

    def test_the_largest_pages(self):
        system = server()
        data = bytearray(database(16, said=1))
        data[16:18] = b"\x00\x01"
        system.files.put("/copies/shop.db", bytes(data))
        assert validity(system) == (True, Reason.NONE)
        system.files.put("/copies/shop.db", bytes(data[:-1]))
        assert validity(system) == (False, Reason.DAMAGED)

    def test_another_format_is_not_known(self):
        system = server()
        system.files.put("/copies/shop.db", b"x" * 8192)
        assert validity(system) == (None, Reason.UNSUPPORTED)


class TestBringing:
    def test_a_packed_copy_is_read_elsewhere_and_nothing_stays(self):
        system = server()
        system.files.put("/copies/shop.db.gz", gzip.compress(database()))
        assert validity(system) == (True, Reason.NONE)
        asked = request(system)
        assert str(asked["path"]).startswith(SCRATCH)
        assert asked["own"] is True
        assert system.files.tree(SCRATCH) == {}

    def test_a_log_beside_it_goes_along(self):
        system = server()
        system.files.put("/copies/shop.db", database())
        system.files.put("/copies/shop.db-wal", b"log")
        system.files.put("/copies/shop.db-shm", b"index")
        points, contents = fact(look(system), RestorePoints), fact(look(system), PointContents)
        assert (points.total, points.points[0].bytes) == (1, 3 * PAGE + 3)
        assert (contents.valid, contents.files) == (True, 2)
        assert request(system)["own"] is True

    def test_what_is_in_its_log_alone_may_make_it_look_short(self):
        system = server()
        system.files.put("/copies/shop.db", database(3, said=5))
        system.files.put("/copies/shop.db-journal", b"journal")
        assert validity(system) == (True, Reason.NONE)

    def test_an_empty_log_is_none(self):
        system = server()
        system.files.put("/copies/shop.db", database())
        system.files.put("/copies/shop.db-wal", b"")
        assert fact(look(system), PointContents).files == 1

    def test_more_than_half_of_the_free_space_is_not_taken(self):
        system = server()
        system.files.free = 4 * PAGE
        system.files.put("/copies/shop.db.gz", gzip.compress(database()))
        assert validity(system) == (None, Reason.QUOTA_EXCEEDED)

    def test_a_copy_that_does_not_unpack_is_damaged(self):
        system = server()
        system.files.put("/copies/shop.db.gz", gzip.compress(database())[:-9])
        assert validity(system) == (False, Reason.DAMAGED)

    def test_a_restore_test_brings_it_into_its_room(self):
        system = server()
        system.files.put("/copies/shop.db", database())
        system.files.put("/copies/shop.db-wal", b"log")
        system.files.make_directory("/sandbox")
        assert PROBE.database is not None
        point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        fetched = PROBE.database.fetch(copy(), system, point, "/sandbox", 10 * PAGE)
        assert (fetched.path, fetched.form, fetched.own) == ("/sandbox/database", Form.FILE, True)
        assert set(system.files.tree("/sandbox")) == {
            "/sandbox/database",
            "/sandbox/database-wal",
        }
        with refused(Reason.QUOTA_EXCEEDED):
            PROBE.database.fetch(copy(), system, point, "/sandbox", PAGE)


class TestZstandard:
    PACKED = b"\x28\xb5\x2f\xfd" + bytes(100)

    def test_is_unpacked_by_its_tool(self):
        system = server()
        system.files.put("/copies/shop.db.zst", self.PACKED)
        system.processes.answer("zstd", stdout=database())
        assert validity(system) == (True, Reason.NONE)

    @pytest.mark.parametrize(
        ("how", "verdict"),
        [
            ({"status": 1}, (False, Reason.DAMAGED)),
            ({"seconds": 400.0}, (None, Reason.TIMEOUT)),
        ],
    )
    def test_that_cannot_be_unpacked(self, how, verdict):
        system = server()
        system.files.put("/copies/shop.db.zst", self.PACKED)
        system.processes.answer("zstd", **how)
        assert validity(system) == verdict


class TestVerifying:
    def test_reads_every_copy(self):
        system = server()
        system.files.put("/copies/a.db", database(), modified_ns=1)
        system.files.put("/copies/b.db", database())
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)

    def test_finds_an_old_one_cut_short(self):
        system = server()
        system.files.put("/copies/a.db", database()[:-1], modified_ns=1)
        system.files.put("/copies/b.db", database())
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)


def test_without_a_scratch_folder_nothing_is_known():
    system = server()
    system.files.put("/copies/shop.db", database())
    bare = replace(copy(), scratch="")
    facts = PROBE.parse(bare, PROBE.gather(bare, system), system.clock.now())
    assert fact(facts, PointContents).reason is Reason.INTERNAL
