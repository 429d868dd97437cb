from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.proxmox_backup import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Integrity,
    Observation,
    Outcome,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

FOLDER = "proxmox_backup-documented"


def copy(**settings: object) -> AnySubject:
    known = {"repository": "backup@pbs@pbs.example:store", "group": "vm/100"}
    return subject(PROBE, **{**known, **settings})  # type: ignore[arg-type]


def told() -> list:
    return json.loads(recorded(FOLDER, "snapshot-list.json"))


def unverified() -> list:
    (_, newest) = told()
    del newest["verification"]
    return [newest]


def server(listed: object = None, **how: object) -> FakeSystem:
    system = at_noon()
    snapshots = json.dumps(told() if listed is None else listed).encode()
    answer = system.processes.answer
    answer("proxmox-backup-client", "version", stdout=recorded(FOLDER, "version.txt"))
    answer("proxmox-backup-client", "snapshot", stdout=snapshots, **how)  # type: ignore[arg-type]
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


def integrity(listed: list) -> list[Integrity]:
    return [each for each in look(server(listed)) if isinstance(each, Integrity)]


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(server, listed))
    for listed in (told(), unverified())
]


class TestListing:
    def test_the_groups_snapshots(self):
        stated = fact(look(server()), RestorePoints)
        assert (stated.total, stated.tool_version) == (2, "3.2.3-1")
        newest = stated.points[0]
        assert newest.started_at == datetime(2026, 11, 22, 1, 0, 4, tzinfo=UTC)
        assert (newest.finished_at, newest.bytes) == (None, 34359740454)

    def test_another_groups_are_none_of_ours(self):
        assert fact(look(server(), copy(group="vm/101")), RestorePoints).total == 0

    def test_one_without_its_manifest_is_not_finished(self):
        listed = told()
        listed[1]["files"].pop()
        assert fact(look(server(listed)), RestorePoints).total == 1

    @pytest.mark.parametrize("group", ["--help", "vm", "vm/../x", "vm/1\n", "x/1"])
    def test_a_group_of_another_form_is_refused(self, group):
        with refused(Reason.INTERNAL):
            look(server(), copy(group=group))

    @pytest.mark.parametrize("time", [-1, 2**62, "1795309204x", None, True])
    def test_a_time_out_of_range_is_refused(self, time):
        listed = told()
        listed[1]["backup-time"] = time
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(listed))

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"Error: authentication failed - invalid credentials", Reason.WRONG_PASSWORD),
            (b"Error: permission check failed", Reason.PERMISSION_DENIED),
            (b"Error: no such datastore 'x'", Reason.NO_REPOSITORY),
            (b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, stderr, reason):
        with refused(reason):
            look(server(status=255, stderr=stderr))

    def test_secrets_come_out_of_a_file(self):
        system = server()
        system.files.put("/etc/pbs.env", b"PBS_PASSWORD=secret\n")
        look(system, copy(environment_file="/etc/pbs.env", namespace="acme"))
        call = system.processes.calls[-1]
        assert call.environment["PBS_PASSWORD"] == "secret"
        assert "acme" in call.arguments


class TestVerification:
    def test_of_all_is_as_old_as_the_oldest(self):
        (found,) = integrity(told())
        assert (found.outcome, found.data_read, found.parts) == (Outcome.PASSED, 1.0, 1)
        assert found.started_at == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)

    def test_never_verified_is_not_verified(self):
        assert integrity(unverified()) == []

    def test_of_some_is_as_much_as_they_hold(self):
        listed = told()
        del listed[1]["verification"]
        (found,) = integrity(listed)
        assert (found.data_read, found.part, found.parts) == (0.5, 0, 0)

    @pytest.mark.parametrize("state", ["failed", "", "OK", "who knows"])
    def test_what_is_not_ok_failed(self, state):
        listed = told()
        listed[0]["verification"]["state"] = state
        (found,) = integrity(listed)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    @pytest.mark.parametrize("upid", ["", "UPID:x", "UPID:pbs1:000003A1:00000B22:12:zz:a:b:c:"])
    def test_a_verification_without_its_date_is_refused(self, upid):
        listed = told()
        listed[0]["verification"]["upid"] = upid
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(listed))


class TestEncryption:
    def test_every_file_but_the_manifest_counts(self):
        assert fact(look(server()), CopyEncryption).state is Encryption.ENCRYPTED

    @pytest.mark.parametrize(
        ("mode", "state"),
        [
            ("none", Encryption.PLAINTEXT),
            ("sign-only", Encryption.PLAINTEXT),
            (None, Encryption.UNKNOWN),
            ("rot13", Encryption.UNKNOWN),
        ],
    )
    def test_the_weakest_file_counts(self, mode, state):
        listed = told()
        listed[1]["files"][1]["crypt-mode"] = mode
        assert fact(look(server(listed)), CopyEncryption).state is state
