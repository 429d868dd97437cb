from __future__ import annotations

import bz2
import gzip
import lzma
from datetime import timedelta
from functools import partial

import pytest
from guardian_agent.probe import AnySubject, Form, verifier
from guardian_agent.probes.mariadb_dump import PROBE
from guardian_agent.probing.stream import CHUNK
from guardian_agent.probing.zstandard import MAGIC
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
from tests.agent.probes.subjects import fact, machine, recorded, refused, subject

HEAD = recorded("mariadb-10.11", "dump-head.sql")
ROWS = b"INSERT INTO `orders` VALUES (1,'two'),(3,'four');\n" * 100
END = b"/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n-- Dump completed on 2026-11-21 22:56:33\n"
DUMP = HEAD + ROWS + END
MYSQL = (
    b"-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: localhost\n"
    + ROWS
    + END
)


def copy(pattern: str = "*") -> AnySubject:
    return subject(PROBE, paths=(), path="/dumps", pattern=pattern)


def look(system: FakeSystem) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(copy(), PROBE.gather(copy(), system), system.clock.now()))


def validity(system: FakeSystem) -> tuple[bool | None, Reason]:
    found = fact(look(system), PointContents)
    return found.valid, found.reason


def keeps(dump: bytes) -> FakeSystem:
    system = machine()
    system.files.put("/dumps/shop.sql", dump)
    return system


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(keeps, dump))
    for dump in (DUMP, gzip.compress(DUMP, mtime=0))
]


class TestReading:
    @pytest.mark.parametrize("packed", [bytes, gzip.compress, bz2.compress, lzma.compress])
    @pytest.mark.parametrize("dump", [DUMP, MYSQL])
    def test_a_dump_with_its_end_is_valid(self, dump, packed):
        assert validity(keeps(packed(dump))) == (True, Reason.NONE)

    @pytest.mark.parametrize(
        "dump",
        [
            DUMP.replace(b" on 2026-11-21 22:56:33", b""),  # --skip-dump-date
            DUMP.replace(b"\n", b"\r\n"),
            b"Warning: a password on the command line can be insecure.\n" + DUMP,
            b"SET autocommit=0;\n" + DUMP + b"COMMIT;\n",
            DUMP + MYSQL,
        ],
    )
    def test_what_jobs_write_around_it_changes_nothing(self, dump):
        assert validity(keeps(dump)) == (True, Reason.NONE)

    @pytest.mark.parametrize(
        "dump",
        [
            DUMP[: len(DUMP) // 2],
            DUMP[: -len("-- Dump completed on 2026-11-21 22:56:33\n")],
            gzip.compress(DUMP[:500]),
            DUMP[:-60] + MYSQL,  # the first of two lost its end, in the middle of a line
            DUMP[: -len(END)] + MYSQL,
            DUMP + MYSQL[:-60],
        ],
    )
    def test_a_dump_without_its_end_is_incomplete(self, dump):
        assert validity(keeps(dump)) == (False, Reason.INCOMPLETE)

    @pytest.mark.parametrize("dump", [b"", b"-- MySQL", gzip.compress(DUMP)[:-9]])
    def test_what_cannot_be_unpacked_is_damaged(self, dump):
        assert validity(keeps(dump)) == (False, Reason.DAMAGED)

    @pytest.mark.parametrize("other", [ROWS, b"Salted__" + bytes(90), b"-- PostgreSQL database"])
    def test_what_never_says_where_it_ends_is_not_known(self, other):
        assert validity(keeps(other)) == (None, Reason.UNSUPPORTED)

    @pytest.mark.parametrize("shift", range(-20, 3))
    def test_a_mark_across_two_pieces_counts_once(self, shift):
        filler = b"x" * (CHUNK + shift - len(HEAD) - 1) + b"\n"
        assert validity(keeps(HEAD + filler + MYSQL + END)) == (True, Reason.NONE)
        assert validity(keeps(HEAD + filler + END)) == (True, Reason.NONE)
        assert validity(keeps(HEAD + filler + MYSQL)) == (False, Reason.INCOMPLETE)

    def test_one_that_takes_too_long_is_not_known(self):
        system = keeps(DUMP)
        system.clock.monotonic = iter(range(0, 10**6, 10**5)).__next__  # type: ignore[method-assign]
        assert validity(system) == (None, Reason.TIMEOUT)

    def test_a_closed_file_is_told(self):
        system = keeps(DUMP)
        system.files.fail("open", "/dumps/shop.sql")
        with refused(Reason.PERMISSION_DENIED):
            look(system)


class TestZstandard:
    def server(self, marks: bytes, *, feeder: int = 0) -> FakeSystem:
        system = keeps(MAGIC + bytes(100))
        system.processes.answer("grep", stdout=marks)
        system.processes.answer("head", stdout=HEAD)
        system.processes.answer("zstd", status=feeder)
        return system

    def test_is_read_through_its_tool(self):
        system = self.server(b"-- Host: \n-- Dump completed\n")
        assert validity(system) == (True, Reason.NONE)
        assert fact(look(system), RestorePoints).tool_version == "10.11.19"
        unpacking = ("/usr/bin/zstd", "-dcq", "/dumps/shop.sql")
        assert {call.feeder for call in system.processes.calls} == {unpacking}

    def test_without_its_end_it_is_incomplete(self):
        assert validity(self.server(b"-- Host: \n")) == (False, Reason.INCOMPLETE)

    def test_that_does_not_unpack_is_damaged(self):
        marks = b"-- Host: \n-- Dump completed\n"
        assert validity(self.server(marks, feeder=1)) == (False, Reason.DAMAGED)

    def test_without_its_tool_nothing_is_known(self):
        assert validity(keeps(MAGIC + bytes(100))) == (None, Reason.TOOL_MISSING)


class TestStating:
    def test_the_points_the_contents_and_the_encryption(self):
        facts = look(keeps(DUMP))
        points, contents = fact(facts, RestorePoints), fact(facts, PointContents)
        assert (points.total, points.tool, points.tool_version) == (1, "mariadb_dump", "10.11.19")
        assert points.points[0].bytes == len(DUMP)
        assert (contents.files, contents.bytes) == (1, len(DUMP))
        assert contents.point == points.points[0].id
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT

    @pytest.mark.parametrize(
        ("head", "version"),
        [
            (b"-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n", "8.0.36"),
            (b"-- MySQL dump 10.13  Distrib 8.0.35-27, for Linux (x86_64)\n", "8.0.35"),
            (b"-- MariaDB dump 10.19-11.4.2-MariaDB, for Linux (x86_64)\n", "11.4.2"),
            (b"-- MariaDB dump 10.17  Distrib 10.4.12-MariaDB, for Win64 (AMD64)\n", "10.4.12"),
            (b"-- MySQL dump /etc/passwd\n", None),
        ],
    )
    def test_the_version_that_made_it(self, head, version):
        assert fact(look(keeps(head + ROWS + END)), RestorePoints).tool_version == version

    def test_what_is_dated_in_the_future_is_not_looked_at(self):
        system = keeps(DUMP)
        tomorrow = system.clock.nanoseconds() + timedelta(days=1).days * 86_400 * 10**9
        system.files.put("/dumps/future.sql", b"nothing", modified_ns=tomorrow)
        assert validity(system) == (True, Reason.NONE)

    def test_there_may_be_none(self):
        system = machine()
        system.files.make_directory("/dumps")
        (points,) = look(system)
        assert fact((points,), RestorePoints).total == 0


class TestVerifying:
    def test_reads_every_dump(self):
        system = keeps(DUMP)
        system.files.put("/dumps/older.sql", MYSQL, modified_ns=1)
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)

    def test_finds_an_old_one_cut_short(self):
        system = keeps(DUMP)
        system.files.put("/dumps/older.sql", MYSQL[:-60], modified_ns=1)
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.INCOMPLETE)


def test_a_dump_is_restored_from_where_it_lies():
    system = keeps(DUMP)
    assert PROBE.restorer is None
    assert PROBE.database is not None
    point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
    assert point is not None
    fetched = PROBE.database.fetch(copy(), system, point, "/sandbox", 1000)
    assert (fetched.path, fetched.form, fetched.own) == ("/dumps/shop.sql", Form.PLAIN, False)
    assert PROBE.database.engine == "mariadb"
