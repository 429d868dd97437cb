from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from guardian_agent.probe import AnySubject, Form, verifier
from guardian_agent.probes.mariadb_backup import PROBE
from guardian_agent.probing.zoneless import ended_ns
from guardian_agent.system import Completed
from guardian_agent.wire.observations import (
    Observation,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import START, FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, recorded, refused, subject

INFO = recorded("mariadb-10.11", "xtrabackup_info").decode()
CHECKPOINTS = recorded("mariadb-10.11", "xtrabackup_checkpoints")
FULL = ("backup-my.cnf", "ibdata1", "ib_logfile0", "shop/orders.ibd", "shop/orders.frm")
INCREMENTAL = ("backup-my.cnf", "ibdata1.delta", "ib_logfile0")
HOUR_NS = 3600 * 10**9


def copy() -> AnySubject:
    return subject(PROBE, paths=(), path="/backups")


def info(*, ended: datetime, since: int = 0, until: int = 44878, **changed: str) -> bytes:
    """Return an info as the tool writes it, with times of the server's zone."""
    begun = ended - timedelta(minutes=5)
    text = (
        INFO.replace("2026-11-21 22:56:33", f"{begun:%Y-%m-%d %H:%M:%S}")
        .replace("2026-11-21 22:56:34", f"{ended:%Y-%m-%d %H:%M:%S}")
        .replace("innodb_from_lsn = 0", f"innodb_from_lsn = {since}")
        .replace("innodb_to_lsn = 44878", f"innodb_to_lsn = {until}")
    )
    for key, value in changed.items():
        text = text.replace(f"{key} = N", f"{key} = {value}")
    return text.encode()


def put(
    system: FakeSystem,
    name: str,
    said: bytes,
    *,
    files: tuple[str, ...] = FULL,
    written: datetime = START - timedelta(hours=3),
    prefix: str = "xtrabackup",
) -> None:
    written_ns = (written - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
    for file in files:
        system.files.put(f"/backups/{name}/{file}", b"x" * 1000)
    system.files.put(f"/backups/{name}/{prefix}_info", said, modified_ns=written_ns)
    system.files.put(f"/backups/{name}/{prefix}_checkpoints", CHECKPOINTS)


def look(system: FakeSystem) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(copy(), PROBE.gather(copy(), system), system.clock.now()))


def validity(system: FakeSystem) -> tuple[bool | None, Reason]:
    found = fact(look(system), PointContents)
    return found.valid, found.reason


def chain() -> FakeSystem:
    """Return a machine with a full backup and two that build upon it, one upon the other."""
    system = machine()
    ended = START - timedelta(hours=3)
    for number, (name, files) in enumerate(
        [("full", FULL), ("one", INCREMENTAL), ("two", INCREMENTAL)]
    ):
        at = ended + timedelta(hours=number)
        said = info(ended=at, since=number * 100, until=(number + 1) * 100)
        put(system, name, said, files=files, written=at)
    return system


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=chain)]


class TestListing:
    def test_a_backup_with_its_time_and_size(self):
        system = machine()
        ended = START - timedelta(hours=3)
        put(system, "full", info(ended=ended))
        points = fact(look(system), RestorePoints)
        (point,) = points.points
        assert (points.total, points.tool_version) == (1, "10.11.19")
        assert (point.started_at, point.finished_at) == (ended - timedelta(minutes=5), ended)
        assert (point.files, point.bytes) == (7, 5000 + len(info(ended=ended)) + len(CHECKPOINTS))

    def test_newer_versions_name_their_files_otherwise(self):
        system = machine()
        put(system, "full", info(ended=START), prefix="mariadb_backup")
        assert fact(look(system), RestorePoints).total == 1

    def test_what_is_no_ended_backup_is_no_restore_point(self):
        system = machine()
        put(system, "running", info(ended=START))
        system.files.remove("/backups/running/xtrabackup_info")
        system.files.put("/backups/notes.txt", b"notes")
        system.files.make_directory("/backups/other")
        put(system, "dated", info(ended=START))
        system.files.remove("/backups/dated/xtrabackup_checkpoints")
        assert fact(look(system), RestorePoints).total == 0

    def test_preparing_it_where_it_lies_makes_no_other_of_it(self):
        system = machine()
        put(system, "full", info(ended=START - timedelta(hours=3)))
        before = fact(look(system), RestorePoints).points[0]
        system.files.put("/backups/full/ib_logfile0", b"larger" * 1000)
        after = fact(look(system), RestorePoints).points[0]
        assert after.id == before.id
        assert after.bytes != before.bytes

    @pytest.mark.parametrize("said", [b"", b"\xff\xfe", b"end_time = never\nstart_time = \n"])
    def test_an_info_without_a_time_has_that_of_its_file(self, said):
        system = machine()
        put(system, "full", said)
        (point,) = fact(look(system), RestorePoints).points
        assert point.finished_at == START - timedelta(hours=3)

    def test_an_info_too_large_is_unreadable(self):
        system = machine()
        put(system, "full", b"x" * 2_000_000)
        with refused(Reason.UNREADABLE_ANSWER):
            look(system)

    def test_a_link_in_it_is_unsafe(self):
        system = machine()
        put(system, "full", info(ended=START))
        system.files.link("/backups/full/shop/passwd.frm", "/etc/passwd")
        with refused(Reason.UNSAFE_CONTENTS):
            look(system)


class TestTime:
    WRITTEN = 1_763_768_194 * 10**9

    def ended(self, told: str) -> float:
        """Return by how many hours the file's own time was moved."""
        return (ended_ns(told, self.WRITTEN) - self.WRITTEN) / HOUR_NS

    @pytest.mark.parametrize("zone", [-12, -9.5, -5, 0, 1, 5.75, 9, 14])
    def test_is_the_files_own_where_a_zone_explains_the_difference(self, zone):
        told = datetime.fromtimestamp(self.WRITTEN / 10**9 - 7, UTC) + timedelta(hours=zone)
        assert self.ended(f"{told:%Y-%m-%d %H:%M:%S}") == 0

    @pytest.mark.parametrize("earlier", [20, 100, 30 * 24])
    def test_is_the_earliest_that_it_can_be_where_the_file_was_copied_later(self, earlier):
        told = datetime.fromtimestamp(self.WRITTEN / 10**9, UTC) - timedelta(hours=earlier)
        assert self.ended(f"{told:%Y-%m-%d %H:%M:%S}") == pytest.approx(-earlier - 14)

    def test_a_copy_made_minutes_later_is_told_by_the_minutes(self):
        told = datetime.fromtimestamp(self.WRITTEN / 10**9, UTC) - timedelta(minutes=67)
        assert self.ended(f"{told:%Y-%m-%d %H:%M:%S}") < -14

    def test_a_time_of_tomorrow_makes_nothing_newer(self):
        assert self.ended("2999-01-01 00:00:00") == 0

    @pytest.mark.parametrize("told", ["0001-01-01 00:00:00", "1969-12-31 23:59:59"])
    def test_one_before_all_time_is_the_beginning(self, told):
        assert ended_ns(told, self.WRITTEN) == 0


class TestWhole:
    def test_a_full_one(self):
        system = machine()
        put(system, "full", info(ended=START - timedelta(hours=3)))
        assert validity(system) == (True, Reason.NONE)

    def test_a_chain(self):
        contents = fact(look(chain()), PointContents)
        assert (contents.valid, contents.files) == (True, 7 + 5 + 5)

    @pytest.mark.parametrize("gone", ["full", "one"])
    def test_a_chain_that_is_broken(self, gone):
        system = chain()
        system.files.remove_tree(f"/backups/{gone}")
        assert validity(system) == (False, Reason.INCOMPLETE)

    def test_a_broken_chain_is_noticed_also_once_it_was_whole(self):
        system = chain()
        remembering = replace(copy(), memory="/state/memory")
        system.files.make_directory("/state")
        PROBE.gather(remembering, system)
        system.files.remove_tree("/backups/full")
        facts = PROBE.parse(remembering, PROBE.gather(remembering, system), START)
        assert fact(facts, PointContents).valid is False

    def test_backups_between_which_nothing_was_written(self):
        system = machine()
        ended = START - timedelta(hours=3)
        put(system, "full", info(ended=ended, until=100), written=ended)
        for number in range(1, 4):
            at = ended + timedelta(minutes=number)
            said = info(ended=at, since=100, until=100)
            put(system, f"inc{number}", said, files=INCREMENTAL, written=at)
        assert fact(look(system), PointContents).files == 7 + 3 * 5

    @pytest.mark.parametrize("gone", ["ibdata1", "ib_logfile0", "backup-my.cnf"])
    def test_one_that_lacks_what_every_backup_has(self, gone):
        system = machine()
        put(system, "full", info(ended=START - timedelta(hours=3)))
        system.files.remove(f"/backups/full/{gone}")
        assert validity(system) == (False, Reason.INCOMPLETE)

    def test_a_packed_one_is_not_known(self):
        system = machine()
        put(system, "full", info(ended=START - timedelta(hours=3), compressed="compressed"))
        assert validity(system) == (None, Reason.UNSUPPORTED)


class TestVerifying:
    def verified(self, system: FakeSystem):
        verify = verifier(PROBE)
        assert verify is not None
        return verify(copy(), system)

    def test_reads_the_pages(self):
        system = machine()
        system.processes.answer("innochecksum")
        put(system, "full", info(ended=START - timedelta(hours=3)))
        found = self.verified(system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)
        assert {call.arguments[1] for call in system.processes.calls} == {
            "/backups/full/ibdata1",
            "/backups/full/shop/orders.ibd",
        }

    @pytest.mark.parametrize("name", ["shop/old.MYD", "shop/new.MAD", "shop/orders.ibd.delta"])
    def test_tables_without_a_checksum_do_not_count_as_read(self, name):
        system = machine()
        system.processes.answer("innochecksum")
        put(system, "full", info(ended=START - timedelta(hours=3)))
        system.files.put("/backups/full/mysql/db.MAD", bytes(1000))
        assert self.verified(system).data_read == 1.0
        system.files.put(f"/backups/full/{name}", bytes(8000))
        assert 0.4 < self.verified(system).data_read < 0.6

    def test_what_has_no_checksum_is_read_all_the_same(self):
        system = machine()
        system.processes.answer("innochecksum")
        put(system, "full", info(ended=START - timedelta(hours=3)))
        system.files.fail("open", "/backups/full/ib_logfile0")
        with refused(Reason.PERMISSION_DENIED):
            self.verified(system)

    @pytest.mark.parametrize(
        "said",
        [
            b"Fail: page::6 invalid\nExceeded the maximum allowed checksum mismatch count::1",
            b"Error: bytes read (1696) doesn't match page size (16384)",
        ],
    )
    def test_finds_damage(self, said):
        system = machine()
        system.processes.answer("innochecksum", status=1, stderr=said)
        put(system, "full", info(ended=START - timedelta(hours=3)))
        found = self.verified(system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    def test_says_when_it_could_not(self):
        system = machine()
        put(system, "full", info(ended=START - timedelta(hours=3)))
        with refused(Reason.TOOL_MISSING):
            self.verified(system)
        system.processes.answer("innochecksum", status=1, stderr=b"Error: x cannot be found")
        with refused(Reason.PATH_MISSING):
            self.verified(system)
        system.processes.answer("innochecksum", seconds=7 * 3600.0)
        with refused(Reason.TIMEOUT):
            self.verified(system)


class TestFetching:
    configuration = b"[mysqld]\ninnodb_page_size=16384\ninnodb_undo_directory=./\n"

    def server(self, version: bytes = b"mariadb-backup based on MariaDB server 10.11.19-MariaDB"):
        system = chain()
        system.processes.answer("mariadb-backup", "--prepare")
        system.processes.answer("mariadb-backup", "--version", stderr=version)

        def copied(call) -> Completed:
            system.files.put(f"{call.arguments[-1]}/backup-my.cnf", self.configuration)
            return Completed(status=0, stdout=b"", stderr=b"", seconds=1)

        system.processes.answer_with(copied, "cp")
        return system

    def fetched(self, system: FakeSystem, limit: int = 1_000_000):
        assert PROBE.database is not None
        point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        return PROBE.database.fetch(copy(), system, point, "/sandbox", limit)

    def test_copies_the_chain_and_prepares_it_in_order(self):
        system = self.server()
        fetched = self.fetched(system)
        assert (fetched.path, fetched.form, fetched.own) == ("/sandbox/0", Form.CLUSTER, True)
        calls = [call.arguments for call in system.processes.calls]
        assert [words[-2:] for words in calls if words[0] == "/usr/bin/cp"] == [
            ("/backups/full", "/sandbox/0"),
            ("/backups/one", "/sandbox/1"),
            ("/backups/two", "/sandbox/2"),
        ]
        # The recorded one was prepared where it lies.
        assert [words[-1] for words in calls if "--prepare" in words] == [
            "--incremental-dir=/sandbox/1",
            "--incremental-dir=/sandbox/2",
        ]

    def test_one_that_is_not_prepared_is(self):
        system = self.server()
        system.files.put("/backups/full/xtrabackup_checkpoints", b"backup_type = full-backuped\n")
        self.fetched(system)
        prepared = [c.arguments for c in system.processes.calls if "--prepare" in c.arguments]
        assert prepared[0][-1] == "--target-dir=/sandbox/0"
        assert len(prepared) == 3

    def test_nothing_that_its_configuration_names_is_loaded_or_read(self):
        self.configuration += b"!include /sandbox/0/evil.cnf\ninnodb_data_home_dir=/etc\n"
        system = self.server()
        self.fetched(system)
        for number in range(3):
            kept = system.files.read(f"/sandbox/{number}/backup-my.cnf", 1000)
            assert kept == b"[mysqld]\ninnodb_page_size=16384\ninnodb_undo_directory=./\n"

    @pytest.mark.parametrize("line", [b"plugin_load=x=y\n", b"  plugin-dir = /sandbox/0\n"])
    def test_one_that_its_server_encrypted_is_not_known(self, line):
        self.configuration += line
        system = self.server()
        with refused(Reason.UNSUPPORTED):
            self.fetched(system)
        assert not [c for c in system.processes.calls if "--prepare" in c.arguments]

    def test_a_configuration_too_large_is_unreadable(self):
        self.configuration = b"x" * 100_000
        with refused(Reason.UNREADABLE_ANSWER):
            self.fetched(self.server())

    def test_more_than_may_come_back(self):
        with refused(Reason.QUOTA_EXCEEDED):
            self.fetched(self.server(), limit=1000)

    def test_a_tool_older_than_the_server_that_was_backed_up(self):
        with refused(Reason.UNSUPPORTED):
            self.fetched(self.server(b"mariabackup based on MariaDB server 10.5.29-MariaDB"))

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            (b"InnoDB: Database page corruption on disk", Reason.EXIT_STATUS),
            (b"InnoDB: Unsupported redo log format", Reason.UNSUPPORTED),
            (b"write failed: No space left on device", Reason.QUOTA_EXCEEDED),
        ],
    )
    def test_one_that_cannot_be_prepared(self, said, reason):
        system = self.server()
        system.processes.answer("mariadb-backup", "--prepare", status=1, stderr=said)
        with refused(reason):
            self.fetched(system)

    def test_one_that_is_gone(self):
        system = self.server()
        assert PROBE.database is not None
        point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        system.files.remove_tree("/backups/two")
        with refused(Reason.NO_RESTORE_POINT):
            PROBE.database.fetch(copy(), system, point, "/sandbox", 1_000_000)
