from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.kopia import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

FOLDER = "kopia-documented"


def copy(**settings: object) -> AnySubject:
    known = {"host": "web1", "config_file": "/etc/kopia/repository.config"}
    return subject(PROBE, **{**known, **settings})  # type: ignore[arg-type]


def told(name: str = "snapshot-list") -> list:
    return json.loads(recorded(FOLDER, f"{name}.json"))


def server(listed: object = None, cipher: str | None = None, **how: object) -> FakeSystem:
    system = at_noon()
    status = json.loads(recorded(FOLDER, "repository-status.json"))
    if cipher is not None:
        status["contentFormat"]["encryption"] = cipher
    snapshots = json.dumps(told() if listed is None else listed).encode()
    answer = system.processes.answer
    answer("kopia", "--version", stdout=recorded(FOLDER, "version.txt"))
    answer("kopia", "snapshot", "list", stdout=snapshots, **how)  # type: ignore[arg-type]
    answer("kopia", "repository", "status", stdout=json.dumps(status).encode())
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


class TestListing:
    def test_finished_snapshots_of_this_host(self):
        stated = fact(look(server()), RestorePoints)
        assert (stated.total, stated.tool_version) == (2, "0.17.0")
        newest = stated.points[0]
        assert newest.started_at == datetime(2026, 11, 22, 2, 0, 3, 771021, UTC)
        assert newest.finished_at == datetime(2026, 11, 22, 2, 3, 11, 200317, UTC)
        assert (newest.files, newest.bytes) == (1204, 52430000)

    def test_everything_is_asked_for(self):
        system = server()
        look(system)
        (asked,) = [call.arguments for call in system.processes.calls if "list" in call.arguments]
        assert {"--all", "--incomplete", "--show-identical"} < set(asked)
        assert "--max-results=1000000" in asked

    def test_another_hosts_snapshots_are_none_of_ours(self):
        assert fact(look(server(), copy(host="web3")), RestorePoints).total == 0
        assert fact(look(server(), copy(user="backup")), RestorePoints).total == 0

    def test_other_paths_are_of_other_sets(self):
        snapshots = told()
        for each in snapshots:
            each["source"]["path"] = "/home"
        assert fact(look(server(snapshots)), RestorePoints).total == 0

    def test_null_is_an_empty_list(self):
        system = server()
        system.processes.answer("kopia", "snapshot", "list", stdout=b"null\n")
        assert fact(look(system), RestorePoints).total == 0

    @pytest.mark.parametrize("time", ["2026-11-22T02:00:03", "yesterday", None, 5])
    def test_a_time_without_a_zone_is_none(self, time):
        snapshots = told()
        snapshots[1]["startTime"] = time
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(snapshots))

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"repository is not connected", Reason.NO_REPOSITORY),
            (b"invalid repository password", Reason.WRONG_PASSWORD),
            (b"open x: permission denied", Reason.PERMISSION_DENIED),
            (b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, stderr, reason):
        with refused(reason):
            look(server(status=1, stderr=stderr))

    def test_the_password_comes_out_of_a_file(self):
        system = server()
        system.files.put("/etc/kopia/password", b"secret\n")
        system.files.put("/etc/kopia/environment", b"AWS_SECRET_ACCESS_KEY=key\n")
        files = {
            "password_file": "/etc/kopia/password",
            "environment_file": "/etc/kopia/environment",
        }
        look(system, copy(**files))
        environment = system.processes.calls[-1].environment
        assert environment["KOPIA_PASSWORD"] == "secret"
        assert environment["AWS_SECRET_ACCESS_KEY"] == "key"


class TestContents:
    def test_its_own_word_proves_no_completeness(self):
        found = fact(look(server()), PointContents)
        assert (found.valid, found.files, found.paths_missing) == (None, 1204, 0)

    def test_files_that_could_not_be_read(self):
        snapshots = told()
        snapshots[1]["rootEntry"]["summ"]["numFailed"] = 2
        found = fact(look(server(snapshots)), PointContents)
        assert (found.valid, found.reason) == (False, Reason.INCOMPLETE)

    def test_a_path_that_no_snapshot_covers(self):
        asked = subject(
            PROBE,
            paths=("/srv/files", "/home"),
            host="web1",
            config_file="/etc/kopia/repository.config",
        )
        assert fact(look(server(), asked), PointContents).paths_missing == 1

    def test_where_there_are_several_sources_a_path_that_none_covers(self):
        snapshots = told()
        snapshots[0]["source"]["path"] = "/etc"
        asked = subject(
            PROBE,
            paths=("/srv/files", "/etc", "/home"),
            host="web1",
            config_file="/etc/kopia/repository.config",
        )
        assert fact(look(server(snapshots), asked), PointContents).paths_missing == 1


class TestEncryption:
    @pytest.mark.parametrize(
        ("cipher", "state"),
        [
            (None, Encryption.ENCRYPTED),
            ("CHACHA20-POLY1305-HMAC-SHA256", Encryption.ENCRYPTED),
            ("NONE", Encryption.PLAINTEXT),
            ("ROT13", Encryption.UNKNOWN),
        ],
    )
    def test_is_the_repositorys(self, cipher, state):
        assert fact(look(server(cipher=cipher)), CopyEncryption).state is state
