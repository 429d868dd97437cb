from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from guardian_agent.probe import AnySubject, Fetched, Form, verifier
from guardian_agent.probes.postgres_dump import PROBE
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
from tests.agent.probing.packing import member, tar

CUSTOM = b"PGDMP\x01\x0e\x00\x04\x08\x01" + bytes(100)
FOLDER = b"PGDMP\x01\x0e\x00\x04\x08\x03" + bytes(100)
ROWS = b"INSERT INTO orders VALUES (1);\n" * 100
PLAIN = (
    b"--\n-- PostgreSQL database dump\n--\n\n"
    b"-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)\n\n"
    + ROWS
    + b"--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict RsbhMqDiuWI5cbCr\n\n"
)
CLUSTER = (
    b"--\n-- PostgreSQL database cluster dump\n--\n\n"
    + PLAIN
    + b"--\n-- PostgreSQL database cluster dump complete\n--\n\n"
)
INNER_END = CLUSTER.index(b"dump complete") + len(b"dump complete\n--\n\n")


def copy(pattern: str = "*", **settings: object) -> AnySubject:
    return subject(PROBE, paths=(), path="/dumps", pattern=pattern, **settings)


def server(*, decoded: bool = True, stderr: bytes = b"", seconds: float = 0.1) -> FakeSystem:
    """Return a machine whose pg_restore lists, and decodes or not."""
    system = machine()
    toc = recorded("postgresql-15", "pg_restore-list.txt")
    system.processes.answer("pg_restore", "--list", stdout=toc)
    status = 0 if decoded else 1
    system.processes.answer(
        "pg_restore", "--file", "/dev/null", status=status, stderr=stderr, seconds=seconds
    )
    return system


def look(system: FakeSystem) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(copy(), PROBE.gather(copy(), system), system.clock.now()))


def validity(system: FakeSystem) -> tuple[bool | None, Reason]:
    found = fact(look(system), PointContents)
    return found.valid, found.reason


def keeps(dump: bytes) -> FakeSystem:
    system = server()
    system.files.put("/dumps/shop.dump", dump)
    return system


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(keeps, dump)) for dump in (CUSTOM, PLAIN)
]


class TestCustom:
    def test_a_dump_that_decodes_is_valid(self):
        system = server()
        system.files.put("/dumps/shop.dump", CUSTOM)
        facts = look(system)
        points, contents = fact(facts, RestorePoints), fact(facts, PointContents)
        assert (points.total, points.tool_version) == (1, "15.20")
        assert points.points[0].bytes == len(CUSTOM)
        assert (contents.valid, contents.files, contents.bytes) == (True, 1, len(CUSTOM))
        assert contents.point == points.points[0].id
        encryption = fact(facts, CopyEncryption)
        assert (encryption.state, encryption.rule) == (Encryption.PLAINTEXT, "pg-dump-header")

    def test_a_listing_alone_proves_nothing(self):
        system = server(decoded=False, stderr=b"could not read from input file: end of file")
        system.files.put("/dumps/shop.dump", CUSTOM)
        assert validity(system) == (False, Reason.DAMAGED)

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"pg_restore: error: unsupported version (1.99) in file header", Reason.UNSUPPORTED),
            (b"this build does not support compression with zstd", Reason.UNSUPPORTED),
            (b"could not open input file: Permission denied", Reason.PERMISSION_DENIED),
        ],
    )
    def test_what_says_nothing_about_the_dump_is_no_damage(self, stderr, reason):
        system = server(decoded=False, stderr=stderr)
        system.files.put("/dumps/shop.dump", CUSTOM)
        assert validity(system) == (None, reason)

    def test_without_pg_restore_nothing_is_known(self):
        system = machine()
        system.files.put("/dumps/shop.dump", CUSTOM)
        assert validity(system) == (None, Reason.TOOL_MISSING)

    def test_a_decoder_that_hangs_is_stopped(self):
        system = server(seconds=400)
        system.files.put("/dumps/shop.dump", CUSTOM)
        assert validity(system) == (None, Reason.TIMEOUT)

    def test_a_packed_one_is_not_supported(self):
        system = server()
        system.files.put("/dumps/shop.dump.gz", gzip.compress(CUSTOM))
        assert validity(system) == (None, Reason.UNSUPPORTED)

    def test_a_tar_is_read_before_pg_restore_may_wait_for_its_rest(self):
        system = server()
        system.files.put("/dumps/shop.tar", tar(member("toc.dat", FOLDER)))
        assert validity(system) == (True, Reason.NONE)
        system.files.put("/dumps/shop.tar", tar(member("toc.dat", FOLDER))[:700])
        assert validity(system) == (False, Reason.DAMAGED)


class TestDirectory:
    def dump(self, rows: bytes) -> FakeSystem:
        system = server()
        system.files.put("/dumps/shop/toc.dat", FOLDER)
        system.files.put("/dumps/shop/3342.dat.gz", rows)
        system.files.make_directory("/dumps/other")
        return system

    def test_a_folder_with_a_table_of_contents_is_a_dump(self):
        rows = gzip.compress(ROWS)
        facts = look(self.dump(rows))
        points, contents = fact(facts, RestorePoints), fact(facts, PointContents)
        assert (points.total, points.points[0].bytes) == (1, len(FOLDER) + len(rows))
        assert (contents.valid, contents.files) == (True, 2)
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT

    def test_a_table_cut_short_or_emptied_is_damage(self):
        assert validity(self.dump(gzip.compress(ROWS)[:-9])) == (False, Reason.DAMAGED)
        assert validity(self.dump(b"")) == (False, Reason.DAMAGED)

    def test_one_that_is_still_being_made_is_no_restore_point(self):
        system = self.dump(gzip.compress(ROWS))
        system.files.remove("/dumps/shop/toc.dat")
        assert fact(look(system), RestorePoints).total == 0


class TestPlain:
    @pytest.mark.parametrize("dump", [PLAIN, CLUSTER, gzip.compress(PLAIN)])
    def test_a_dump_with_its_end_is_valid(self, dump):
        system = machine()  # no pg_restore is needed
        system.files.put("/dumps/shop.sql", dump)
        assert validity(system) == (True, Reason.NONE)

    def test_names_the_version(self):
        system = machine()
        system.files.put("/dumps/shop.sql", PLAIN)
        assert fact(look(system), RestorePoints).tool_version == "15.18"

    @pytest.mark.parametrize(
        "dump",
        [
            b"",
            PLAIN[:500],
            PLAIN[: len(PLAIN) - 80],
            gzip.compress(PLAIN)[:-10],
            gzip.compress(PLAIN[:500]),
            CLUSTER[:INNER_END],
            CLUSTER[:-30],
            b"PGD",
        ],
    )
    def test_a_dump_without_its_end_is_damaged(self, dump):
        system = server()
        system.files.put("/dumps/shop.sql", dump)
        assert validity(system) == (False, Reason.DAMAGED)

    @pytest.mark.parametrize("other", [b"-- MySQL dump 10.13\n" + ROWS, b"Salted__" + bytes(90)])
    def test_another_form_is_not_supported(self, other):
        system = server()
        system.files.put("/dumps/shop.sql", other)
        assert validity(system) == (None, Reason.UNSUPPORTED)

    def test_a_closed_file_is_told(self):
        system = server()
        system.files.put("/dumps/shop.sql", PLAIN)
        system.files.fail("open", "/dumps/shop.sql")
        with refused(Reason.PERMISSION_DENIED):
            look(system)


class TestPackedByZstandard:
    PACKED = b"\x28\xb5\x2f\xfd" + bytes(60)

    def server(self, unpacked: bytes, status: int = 0) -> FakeSystem:
        system = machine()
        system.files.put("/dumps/shop.sql.zst", self.PACKED)
        system.processes.answer("zstd", status=status)
        system.processes.answer("head", stdout=unpacked[:4096])
        system.processes.answer("tail", stdout=unpacked[-4096:])
        return system

    def test_a_dump_with_its_end_is_valid(self):
        assert validity(self.server(PLAIN)) == (True, Reason.NONE)

    def test_a_dump_without_its_end_is_damaged(self):
        assert validity(self.server(PLAIN[:500])) == (False, Reason.DAMAGED)

    @pytest.mark.parametrize("unpacked", [b"", PLAIN])
    def test_one_that_cannot_be_unpacked_is_damaged(self, unpacked):
        assert validity(self.server(unpacked, status=1)) == (False, Reason.DAMAGED)

    def test_another_form_is_not_supported(self):
        assert validity(self.server(b"-- MySQL dump 10.13\n")) == (None, Reason.UNSUPPORTED)


class TestDatabase:
    """A dump is loaded from where it lies."""

    def fetched(self, system: FakeSystem) -> Fetched:
        assert PROBE.database is not None
        point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        return PROBE.database.fetch(copy(), system, point, "/room/back", 1000)

    @pytest.mark.parametrize(
        ("dump", "form"),
        [(PLAIN, Form.PLAIN), (CUSTOM, Form.ARCHIVE), (gzip.compress(PLAIN), Form.PLAIN)],
    )
    def test_a_file(self, dump, form):
        system = server()
        system.files.put("/dumps/shop", dump)
        assert self.fetched(system) == Fetched(path="/dumps/shop", form=form)

    def test_a_folder(self):
        system = TestDirectory().dump(gzip.compress(ROWS))
        assert self.fetched(system) == Fetched(path="/dumps/shop", form=Form.DIRECTORY)

    def test_one_that_has_gone_since_is_told(self):
        system = server()
        system.files.put("/dumps/shop", PLAIN)
        assert PROBE.database is not None
        point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        system.files.remove("/dumps/shop")
        with refused(Reason.PATH_MISSING):
            PROBE.database.fetch(copy(), system, point, "/room/back", 1000)

    def test_there_may_be_none(self):
        system = machine()
        system.files.make_directory("/dumps")
        assert PROBE.database is not None
        assert PROBE.database.newest(copy(), PROBE.gather(copy(), system)) is None


class TestNewest:
    def test_is_looked_at_and_not_what_is_dated_in_the_future(self):
        system = machine()
        system.files.put("/dumps/new.sql", PLAIN)
        tomorrow = system.clock.nanoseconds() + timedelta(days=1).days * 86_400 * 10**9
        system.files.put("/dumps/future.sql", b"nothing", modified_ns=tomorrow)
        assert validity(system) == (True, Reason.NONE)

    def test_there_may_be_none(self):
        system = machine()
        system.files.make_directory("/dumps")
        (points,) = look(system)
        assert points == fact((points,), RestorePoints)


class TestVerifying:
    def test_decodes_every_dump(self):
        system = server()
        system.files.put("/dumps/a.dump", CUSTOM)
        system.files.put("/dumps/b.sql", PLAIN)
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)

    def test_finds_an_old_one_damaged(self):
        system = machine()
        system.files.put("/dumps/a.sql", PLAIN[:-80], modified_ns=1)
        system.files.put("/dumps/b.sql", PLAIN)
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    def test_one_that_is_written_meanwhile_is_not_damaged(self):
        system = machine()
        system.files.put("/dumps/a.sql", PLAIN[:-80], modified_ns=1)
        system.files.put("/dumps/b.sql", PLAIN, modified_ns=2)
        files = Written(system, "/dumps/a.sql")
        verify = verifier(PROBE)
        assert verify is not None
        found = verify(copy(), replace(system, files=files))
        assert (found.outcome, found.parts) == (Outcome.PASSED, 0)
        assert 0 < found.data_read < 1


class Written:
    """Files of which one is written on while it is open."""

    def __init__(self, system: FakeSystem, path: str) -> None:
        self._files, self._path = system.files, path

    def open(self, path: str) -> object:
        source = self._files.open(path)
        if path == self._path:
            self._files.put(path, PLAIN[:-80], modified_ns=3)
        return source

    def __getattr__(self, name: str) -> object:
        return getattr(self._files, name)


def test_single_files_are_not_restored():
    assert PROBE.restorer is None


def test_a_table_of_contents_that_names_no_version_is_none():
    system = machine()
    system.processes.answer("pg_restore", stdout=b"; Dumped by pg_dump version: /etc/passwd")
    system.files.put("/dumps/shop.dump", CUSTOM)
    assert fact(look(system), RestorePoints).tool_version is None
