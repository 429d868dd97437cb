from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from guardian_agent.probe import AnySubject, Fetched, Form, Point, verifier
from guardian_agent.probes.pgbackrest import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Integrity,
    Observation,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import Call, Completed, FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, recorded, refused, subject

FULL = "20261121-225504F"
INCREMENT = f"{FULL}_20261121-225511I"
VERIFIED = "stanza: demo\nstatus: {}\n  backup: x, status: valid\n"


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, paths=(), **{"stanza": "demo", **settings})


def info(version: str = "2.45") -> list:
    return json.loads(recorded(f"pgbackrest-{version}", "info.json"))


def server(told: object = None, *, status: int = 0, stderr: bytes = b"") -> FakeSystem:
    system = machine()
    system.clock.wall = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    answer = json.dumps(info() if told is None else told).encode()
    system.processes.answer("pgbackrest", "info", stdout=answer, status=status, stderr=stderr)
    system.processes.answer("pgbackrest", "version", stdout=b"pgBackRest 2.45\n")
    return system


def look(system: FakeSystem, asked: AnySubject | None = None) -> tuple[Observation, ...]:
    asked = asked or copy()
    return tuple(PROBE.parse(asked, PROBE.gather(asked, system), system.clock.now()))


def validity(told: list) -> tuple[bool | None, Reason]:
    found = fact(look(server(told)), PointContents)
    return found.valid, found.reason


def told(version: str) -> FakeSystem:
    return server(info(version))


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(told, version))
    for version in ("2.45", "2.55")
]


class TestListing:
    @pytest.mark.parametrize("version", ["2.45", "2.55"])
    def test_backups_with_both_times(self, version):
        points = fact(look(server(info(version))), RestorePoints)
        assert (points.total, points.tool, points.tool_version) == (2, "pgbackrest", "2.45")
        newest = points.points[0]
        assert newest.started_at == datetime(2026, 11, 21, 22, 55, 11, tzinfo=UTC)
        assert newest.finished_at == datetime(2026, 11, 21, 22, 55, 12, tzinfo=UTC)
        assert newest.bytes == 101807938

    def test_no_backups_are_no_restore_points(self):
        told = [{"name": "demo", "status": {"code": 2}, "cipher": "none", "backup": []}]
        (points,) = look(server(told))
        assert isinstance(points, RestorePoints)
        assert points.total == 0

    @pytest.mark.parametrize("code", [1, 3])
    def test_a_stanza_that_is_not_there(self, code):
        told = info()
        told[0]["status"]["code"] = code
        with refused(Reason.NO_REPOSITORY):
            look(server(told))

    def test_another_stanza_is_none_of_ours(self):
        with refused(Reason.NO_REPOSITORY):
            look(server(), copy(stanza="crm"))

    def test_an_unknown_error(self):
        told = info()
        told[0]["status"]["code"] = 99
        with refused(Reason.EXIT_STATUS):
            look(server(told))

    def test_the_configured_file_and_repository_are_asked(self):
        system = server()
        look(system, copy(config="/etc/pgbackrest.conf", repo=2))
        asked = next(call.arguments for call in system.processes.calls if "info" in call.arguments)
        assert {"--stanza=demo", "--config=/etc/pgbackrest.conf", "--repo=2"} < set(asked)

    @pytest.mark.parametrize(
        ("status", "stderr", "reason"),
        [
            (41, b"unable to open file for read: [13] Permission denied", Reason.PERMISSION_DENIED),
            (50, b"unable to acquire lock", Reason.LOCKED),
            (95, b"unable to decrypt", Reason.WRONG_PASSWORD),
            (7, b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, status, stderr, reason):
        with refused(reason):
            look(server(status=status, stderr=stderr))

    @pytest.mark.parametrize("label", ["--stanza=x", "../x", "", None, 5])
    def test_a_label_that_might_pass_for_an_option_is_refused(self, label):
        told = info()
        told[0]["backup"][0]["label"] = label
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(told))

    def test_a_time_out_of_range_is_refused(self):
        told = info()
        told[0]["backup"][0]["timestamp"]["start"] = 2**62
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(told))


class TestEncryption:
    @pytest.mark.parametrize(
        ("ciphers", "state"),
        [
            (["aes-256-cbc"], Encryption.ENCRYPTED),
            (["none"], Encryption.PLAINTEXT),
            (["aes-256-cbc", "none"], Encryption.PLAINTEXT),
            (["rot13"], Encryption.UNKNOWN),
        ],
    )
    def test_the_weakest_repository_counts(self, ciphers, state):
        told = info()
        told[0]["repo"] = [{"cipher": cipher, "key": 1} for cipher in ciphers]
        assert fact(look(server(told)), CopyEncryption).state is state

    def test_an_old_version_tells_one_cipher(self):
        told = info()
        del told[0]["repo"]
        found = fact(look(server(told)), CopyEncryption)
        assert (found.state, found.rule) == (
            Encryption.ENCRYPTED,
            "pgbackrest-cipher-aes-256-cbc",
        )


class TestPages:
    def test_sound_ones(self):
        assert validity(info()) == (True, Reason.NONE)

    def test_ones_that_were_not_checked(self):
        told = info()
        for backup in told[0]["backup"]:
            del backup["error"]
        assert validity(told) == (None, Reason.NONE)

    @pytest.mark.parametrize("number", [0, 1])
    def test_bad_ones_in_the_newest_or_in_what_it_builds_upon(self, number):
        told = info()
        told[0]["backup"][number]["error"] = True
        assert validity(told) == (False, Reason.DAMAGED)
        found = fact(look(server(told)), Integrity)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    def test_bad_ones_of_long_ago_are_gone(self):
        told = info()
        told[0]["backup"][0]["error"] = True
        told[0]["backup"][1]["reference"] = None
        assert validity(told) == (True, Reason.NONE)

    def test_log_that_was_not_archived(self):
        told = info()
        told[0]["archive"][0]["max"] = "000000010000000000000007"
        assert validity(told) == (False, Reason.INCOMPLETE)

    def test_log_of_another_cluster_says_nothing(self):
        told = info()
        told[0]["archive"][0]["database"]["id"] = 7
        assert validity(told) == (True, Reason.NONE)


class TestVerifying:
    def verified(self, system: FakeSystem) -> Integrity:
        verify = verifier(PROBE)
        assert verify is not None
        return verify(copy(), system)

    def answered(self, text: str, *, status: int = 0, told: object = None) -> FakeSystem:
        system = server(told)
        system.processes.answer("pgbackrest", "verify", stdout=text.encode(), status=status)
        return system

    def test_all_is_read(self):
        found = self.verified(self.answered(VERIFIED.format("ok")))
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)
        assert (found.part, found.parts) == (1, 1)

    def test_status_0_and_an_error_in_the_text(self):
        found = self.verified(self.answered(VERIFIED.format("error")))
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    @pytest.mark.parametrize("text", ["", "stanza: demo\n", "status: good\n"])
    def test_no_status_proves_nothing(self, text):
        with refused(Reason.UNREADABLE_ANSWER):
            self.verified(self.answered(text))

    def test_a_version_that_cannot(self):
        with refused(Reason.UNSUPPORTED):
            self.verified(self.answered("", status=31))

    def test_pages_that_were_bad_when_they_were_backed_up(self):
        told = info()
        told[0]["backup"][1]["error"] = True
        found = self.verified(self.answered(VERIFIED.format("ok"), told=told))
        assert found.reason is Reason.DAMAGED


class TestFetching:
    LIMIT = 200_000_000

    def server(self, told: object = None, *, missing: bool = False) -> FakeSystem:
        system = server(told)

        def get(call: Call) -> Completed:
            if missing:
                return Completed(status=1, stdout=b"", stderr=b"", seconds=0.1)
            system.files.put(call.arguments[-1], bytes(2**20))
            return Completed(status=0, stdout=b"", stderr=b"", seconds=0.1)

        system.processes.answer("pgbackrest", "restore")
        system.processes.answer_with(get, "pgbackrest", "archive-get")
        return system

    def fetched(self, system: FakeSystem, limit: int = LIMIT) -> Fetched:
        assert PROBE.database is not None
        point = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        return PROBE.database.fetch(copy(), system, point, "/room/back", limit)

    def test_the_newest_backup_and_its_log(self):
        system = self.server()
        assert self.fetched(system) == Fetched(path="/room/back/data", form=Form.CLUSTER, own=True)
        restore, *rest = [
            call.arguments for call in system.processes.calls if "restore" in call.arguments
        ]
        assert {f"--set={INCREMENT}", "--type=none", "--pg1-path=/room/back/data"} < set(restore)
        assert rest == []
        assert sorted(system.files.tree("/room/back/data/pg_wal")) == [
            "/room/back/data/pg_wal/000000010000000000000007",
            "/room/back/data/pg_wal/000000010000000000000008",
        ]

    def test_more_than_there_is_room_for(self):
        with refused(Reason.QUOTA_EXCEEDED):
            self.fetched(self.server(), 1000)

    def test_log_that_is_not_in_the_archive(self):
        with refused(Reason.INCOMPLETE):
            self.fetched(self.server(missing=True))

    def test_tablespaces_would_lie_elsewhere(self):
        told = info()
        told[0]["backup"][0]["tablespace"] = [{"name": "fast", "oid": 1}]
        with refused(Reason.UNSUPPORTED):
            self.fetched(self.server(told))

    def test_a_backup_of_a_stopped_server_needs_no_log(self):
        told = info()
        told[0]["backup"][1]["archive"] = {"start": None, "stop": None}
        system = self.server(told)
        self.fetched(system)
        assert not any("archive-get" in call.arguments for call in system.processes.calls)

    def test_a_damaged_backup(self):
        system = self.server()
        system.processes.answer("pgbackrest", "restore", status=29, stderr=b"checksum_invalid")
        with refused(Reason.DAMAGED):
            self.fetched(system)

    def test_there_may_be_none(self):
        told = [{"name": "demo", "status": {"code": 2}, "cipher": "none", "backup": []}]
        system = server(told)
        assert PROBE.database is not None
        newest: Point | None = PROBE.database.newest(copy(), PROBE.gather(copy(), system))
        assert newest is None
