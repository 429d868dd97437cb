from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject, verifier
from guardian_agent.probes.barman import PROBE
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

ID = "20261121T225735"
PLACE = f"/backup/barman/demo/base/{ID}"
VERIFY = verifier(PROBE)
assert VERIFY is not None


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, paths=(), **{"server": "demo", **settings})


def told(name: str, **changes: object) -> dict:
    return json.loads(recorded("barman-3.4", f"{name}.json"))


def server(listed: object = None, shown: object = None, **how: object) -> FakeSystem:
    system = machine()
    system.clock.wall = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    listed = told("list-backup") if listed is None else listed
    shown = told("show-backup") if shown is None else shown
    files = {"_INFO": [f"{PLACE}/backup.info", f"{PLACE}/data/PG_VERSION"]}
    system.files.put(f"{PLACE}/data/postgresql.conf", b"# a comment that all may read\n" * 20)
    answer = system.processes.answer
    answer("barman", "list-backup", stdout=json.dumps(listed).encode(), **how)  # type: ignore[arg-type]
    answer("barman", "show-backup", ID, stdout=json.dumps(shown).encode())
    answer("barman", "list-files", ID, stdout=json.dumps(files).encode())
    answer("barman", "--version", stdout=b"3.4.0 Barman by EnterpriseDB\n")
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


class TestListing:
    def test_backups_by_their_numbers(self):
        stated = fact(look(server()), RestorePoints)
        assert (stated.total, stated.tool, stated.tool_version) == (1, "barman", "3.4.0")
        (point,) = stated.points
        assert f"{point.finished_at:%Y-%m-%dT%H:%M:%S%z}" == "2026-11-21T22:57:38+0000"
        assert point.bytes == 204933416

    def test_failed_ones_are_none(self):
        listed = told("list-backup")
        listed["demo"].insert(0, {"backup_id": "20261122T030000", "status": "FAILED"})
        assert fact(look(server(listed)), RestorePoints).total == 1

    def test_no_backup(self):
        (stated,) = look(server({"demo": []}))
        assert isinstance(stated, RestorePoints)
        assert stated.total == 0

    @pytest.mark.parametrize("label", ["--help", "../x", "", None, 5, "20261121T225735\n"])
    def test_an_id_that_might_pass_for_an_option_is_refused(self, label):
        listed = told("list-backup")
        listed["demo"][0]["backup_id"] = label
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(listed))

    def test_another_server_is_none_of_ours(self):
        with refused(Reason.UNREADABLE_ANSWER):
            look(server({"crm": []}))

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            (b'{"_ERROR": ["Unknown server \'demo\'"]}', Reason.NO_REPOSITORY),
            (b"PermissionError: [Errno 13] Permission denied", Reason.PERMISSION_DENIED),
            (b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, said, reason):
        system = machine()
        system.processes.answer("barman", "list-backup", stdout=said, status=1)
        system.processes.answer("barman", "--version", stdout=b"3.4.0 Barman\n")
        with refused(reason):
            look(system)

    def test_its_own_file_is_named(self):
        system = server()
        look(system, copy(config="/etc/barman.conf"))
        assert "/etc/barman.conf" in system.processes.calls[-1].arguments


class TestLog:
    def test_that_reaches_the_end_proves_no_soundness(self):
        assert fact(look(server()), PointContents).valid is None

    def test_that_ends_before_the_backup(self):
        shown = told("show-backup")
        shown["demo"]["wal_information"]["last_available"] = "000000010000000000000016"
        found = fact(look(server(shown=shown)), PointContents)
        assert (found.valid, found.reason) == (False, Reason.INCOMPLETE)

    def test_that_barman_waits_for(self):
        listed = told("list-backup")
        listed["demo"][0]["status"] = "WAITING_FOR_WALS"
        assert fact(look(server(listed)), PointContents).valid is False

    def test_of_another_backup(self):
        shown = told("show-backup")
        shown["demo"]["backup_id"] = "20261120T030000"
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(shown=shown))


class TestEncryption:
    def test_a_file_that_anybody_reads(self):
        assert fact(look(server()), CopyEncryption).state is Encryption.PLAINTEXT

    @pytest.mark.parametrize("answer", [b"", b'{"_INFO": []}', b'{"_INFO": ["x"]}', b"{}"])
    def test_files_out_of_reach_prove_nothing(self, answer):
        system = server()
        system.processes.answer("barman", "list-files", stdout=answer)
        assert fact(look(system), CopyEncryption).state is Encryption.UNKNOWN


class TestVerifying:
    def test_the_newest_is_as_much_as_it_has_of_all(self):
        listed = told("list-backup")
        listed["demo"].append({**listed["demo"][0], "backup_id": "20261120T030000"})
        listed["demo"][1]["end_time_timestamp"] = "1795200000"
        system = server(listed)
        system.processes.answer(
            "barman", "verify-backup", ID, stdout=b"backup successfully verified\n"
        )
        found = VERIFY(copy(), system)
        assert (found.outcome, found.data_read, found.parts) == (Outcome.PASSED, 0.5, 0)

    @pytest.mark.parametrize(
        "error",
        [
            b'checksum mismatch for file "base/5/1259"',
            b'"base/5/1259" is present in the manifest but not on disk',
            b'"base/5/1259" has size 1 on disk but size 2 in the manifest',
        ],
    )
    @pytest.mark.parametrize("before", [b"", b"ERROR: no directory: Permission denied\n"])
    def test_damage(self, error, before):
        system = server()
        said = before + b"ERROR: pg_verifybackup: error: " + error + b"\n"
        system.processes.answer("barman", "verify-backup", status=1, stderr=said)
        assert VERIFY(copy(), system).outcome is Outcome.FAILED

    @pytest.mark.parametrize(
        ("said", "status", "reason"),
        [
            (b'error: could not open file "x/backup_manifest"', 1, Reason.UNSUPPORTED),
            (b"who knows", 1, Reason.EXIT_STATUS),
            (b"", 0, Reason.UNREADABLE_ANSWER),
        ],
    )
    def test_what_is_no_answer(self, said, status, reason):
        system = server()
        system.processes.answer("barman", "verify-backup", status=status, stderr=said)
        with refused(reason):
            VERIFY(copy(), system)

    def test_nothing_to_verify(self):
        with refused(Reason.NO_RESTORE_POINT):
            VERIFY(copy(), server({"demo": []}))
