from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject, Fetched, Form, verifier
from guardian_agent.probes.pg_basebackup import PROBE
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
from tests.agent.probes.subjects import fact, machine, refused, subject

BEGUN = datetime(2026, 11, 21, 3, 0, 5, tzinfo=UTC)
LABEL = (
    b"START WAL LOCATION: 0/4000028 (file 000000010000000000000004)\n"
    b"START TIME: 2026-11-21 04:00:05 CET\n"
)
MANIFEST = (
    b'{ "PostgreSQL-Backup-Manifest-Version": 1,\n"Files": [\n{ "Path": "backup_label", '
    b'"Size": 225, "Last-Modified": "2026-11-21 03:00:05 GMT" } ],\n'
    b'"WAL-Ranges": [ { "Start-LSN": "0/4000028", "End-LSN": "0/5000100" } ] }'
)
LOG = ("000000010000000000000004", "000000010000000000000005")
BINARIES = "/usr/lib/postgresql/15/bin"


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, paths=(), path="/base", **settings)


def server(log: Sequence[str] = LOG, *, manifest: bytes | None = MANIFEST) -> FakeSystem:
    """Return a machine with a plain backup in which the log lies."""
    system = machine()
    put(system, log, manifest=manifest)
    system.files.put(f"{BINARIES}/postgres", b"")
    system.processes.answer("pg_verifybackup")
    system.processes.install(f"{BINARIES}/pg_verifybackup")
    return system


def put(system: FakeSystem, log: Sequence[str] = LOG, *, manifest: bytes | None = MANIFEST) -> None:
    system.files.put("/base/monday/PG_VERSION", b"15\n")
    system.files.put("/base/monday/backup_label", LABEL)
    system.files.make_directory("/base/monday/pg_tblspc")
    system.files.make_directory("/base/monday/pg_wal")
    for name in log:
        system.files.put(f"/base/monday/pg_wal/{name}", b"log")
    if manifest is not None:
        system.files.put("/base/monday/backup_manifest", manifest)


def look(system: FakeSystem, **settings: object) -> tuple[Observation, ...]:
    asked = copy(**settings)
    return tuple(PROBE.parse(asked, PROBE.gather(asked, system), system.clock.now()))


def validity(system: FakeSystem, **settings: object) -> tuple[bool | None, Reason]:
    found = fact(look(system, **settings), PointContents)
    return found.valid, found.reason


def kept() -> FakeSystem:
    """Return the same machine half an hour after the backup."""
    system = machine()
    system.clock.wall = BEGUN
    put(system)
    system.files.put(f"{BINARIES}/postgres", b"")
    system.processes.answer("pg_verifybackup")
    system.processes.install(f"{BINARIES}/pg_verifybackup")
    system.clock.advance(minutes=30)
    return system


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=kept)]


class TestListing:
    def test_a_plain_backup_is_dated_by_its_manifest(self):
        facts = look(server())
        points = fact(facts, RestorePoints)
        assert (points.total, points.points[0].started_at) == (1, BEGUN)
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT
        assert fact(facts, PointContents).point == points.points[0].id

    def test_without_one_by_its_label_where_that_is_in_utc(self):
        system = server(manifest=None)
        system.files.put(
            "/base/monday/backup_label", LABEL.replace(b"04:00:05 CET", b"03:00:05 UTC")
        )
        assert fact(look(system), RestorePoints).points[0].started_at == BEGUN

    def test_else_by_the_file(self):
        system = server(manifest=None)
        point = fact(look(system), RestorePoints).points[0]
        assert point.started_at == system.clock.now()

    def test_one_that_is_being_written_is_none(self):
        system = server()
        system.files.put("/base/monday/backup_manifest.tmp", b"")
        assert fact(look(system), RestorePoints).total == 0

    def test_other_folders_and_files_are_none(self):
        system = machine()
        system.files.put("/base/note", b"x")
        system.files.put("/base/folder/file", b"x")
        (points,) = look(system)
        assert points == fact((points,), RestorePoints)


class TestTheNewest:
    def test_whose_files_and_log_are_there(self):
        assert validity(server()) == (True, Reason.NONE)

    def test_whose_files_differ_from_the_manifest(self):
        system = server()
        system.processes.answer("pg_verifybackup", status=1, stderr=b'"x" has size 1')
        assert validity(system) == (False, Reason.DAMAGED)

    @pytest.mark.parametrize("log", [[], LOG[:1], LOG[1:]])
    def test_whose_log_lacks_something(self, log):
        assert validity(server(log)) == (False, Reason.INCOMPLETE)

    def test_whose_log_lies_in_the_archive(self):
        system = server([])
        for name in LOG:
            system.files.put(f"/log/{name}.gz", b"")
        system.files.put("/log/00000002.history", b"")
        assert validity(system, archive="/log") == (True, Reason.NONE)

    def test_after_which_the_archive_has_a_gap(self):
        system = server()
        system.files.put("/log/000000010000000000000007", b"")
        assert validity(system) == (True, Reason.NONE)
        assert validity(system, archive="/log") == (False, Reason.INCOMPLETE)

    def test_that_has_no_manifest_cannot_be_held_against_anything(self):
        assert validity(server(manifest=None)) == (None, Reason.UNSUPPORTED)

    def test_whose_server_is_not_installed_here(self):
        system = server()
        system.files.put("/base/monday/PG_VERSION", b"17\n")
        assert validity(system) == (None, Reason.TOOL_MISSING)

    def test_whose_label_says_nothing(self):
        system = server()
        system.files.put("/base/monday/backup_label", b"nothing")
        assert validity(system) == (False, Reason.DAMAGED)


class TestVerifying:
    def test_reads_files_and_log(self):
        system = server()
        verify = verifier(PROBE)
        assert verify is not None
        assert verify(copy(), system).outcome is Outcome.PASSED
        words = system.processes.calls[-1].arguments
        assert "--skip-checksums" not in words
        assert "--no-parse-wal" not in words

    def test_finds_damage(self):
        system = server()
        system.processes.answer("pg_verifybackup", status=1, stderr=b"checksum mismatch")
        verify = verifier(PROBE)
        assert verify is not None
        assert verify(copy(), system).reason is Reason.DAMAGED


class TestFetching:
    def fetched(self, system: FakeSystem, limit: int = 10_000, **settings: object) -> Fetched:
        asked = copy(**settings)
        assert PROBE.database is not None
        point = PROBE.database.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        system.files.make_directory("/room/back")
        return PROBE.database.fetch(asked, system, point, "/room/back", limit)

    def test_a_plain_one_is_copied(self):
        system = server()
        system.processes.answer("cp")
        assert self.fetched(system) == Fetched(path="/room/back/data", form=Form.CLUSTER, own=True)
        assert system.processes.calls[-1].arguments[1:] == (
            "-R",
            "--preserve=timestamps",
            "--",
            "/base/monday",
            "/room/back/data",
        )

    def test_archived_log_is_added(self):
        system = server([])
        for name in LOG:
            system.files.put(f"/log/{name}", b"")
        system.processes.answer("cp")
        self.fetched(system, archive="/log")
        copied = [call.arguments[-1] for call in system.processes.calls]
        assert [path.rpartition("/")[2] for path in copied[-2:]] == list(LOG)

    def test_log_packed_in_a_way_unknown_here(self):
        system = server([])
        for name in LOG:
            system.files.put(f"/log/{name}.lzo", b"")
        system.processes.answer("cp")
        with refused(Reason.UNSUPPORTED):
            self.fetched(system, archive="/log")

    def test_more_than_there_is_room_for(self):
        with refused(Reason.QUOTA_EXCEEDED):
            self.fetched(server(), 10)

    def test_log_that_is_missing(self):
        with refused(Reason.INCOMPLETE):
            self.fetched(server([]))

    def test_tablespaces_would_lie_elsewhere(self):
        system = server()
        system.files.link("/base/monday/pg_tblspc/16384", "/srv/fast")
        with refused(Reason.UNSUPPORTED):
            self.fetched(system)

    def test_an_incremental_one_needs_others(self):
        system = server()
        label = LABEL + b"INCREMENTAL FROM LSN: 0/2000028\n"
        system.files.put("/base/monday/backup_label", label)
        with refused(Reason.UNSUPPORTED):
            self.fetched(system)

    def test_there_may_be_none(self):
        system = machine()
        system.files.make_directory("/base")
        assert PROBE.database is not None
        assert PROBE.database.newest(copy(), PROBE.gather(copy(), system)) is None


class TestTarFiles:
    def server(self) -> FakeSystem:
        system = machine()
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            member = tarfile.TarInfo("backup_label")
            member.size = len(LABEL)
            tar.addfile(member, io.BytesIO(LABEL))
        system.files.put("/base/monday/base.tar.gz", gzip.compress(buffer.getvalue()))
        system.files.put("/base/monday/pg_wal.tar.gz", gzip.compress(bytes(1024)))
        system.files.put("/base/monday/backup_manifest", MANIFEST)
        system.processes.answer("tar", "--extract", "--to-stdout", stdout=LABEL)
        return system

    def test_are_a_backup_that_cannot_be_verified_as_it_lies(self):
        facts = look(self.server())
        assert fact(facts, RestorePoints).points[0].started_at == BEGUN
        contents = fact(facts, PointContents)
        assert (contents.valid, contents.reason) == (None, Reason.UNSUPPORTED)
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT

    def test_are_unpacked_with_their_log(self):
        system = self.server()
        system.processes.answer("tar", "--no-same-owner")
        TestFetching().fetched(system)
        targets = [c.arguments[-1] for c in system.processes.calls if "--directory" in c.arguments]
        assert targets == ["/room/back/data", "/room/back/data/pg_wal"]

    def test_of_tablespaces_are_not_supported(self):
        system = self.server()
        system.files.put("/base/monday/16384.tar.gz", b"")
        with refused(Reason.UNSUPPORTED):
            TestFetching().fetched(system)
