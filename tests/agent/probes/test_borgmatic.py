from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from guardian_agent.probe import AnySubject, verifier
from guardian_agent.probes.borgmatic import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Outcome,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, recorded, refused, subject

REPOSITORY = "/backup/borg"
FINISHED = (
    b"Starting cryptographic data integrity verification...\n"
    b"Finished cryptographic data integrity verification, verified 4 chunks with 0 integrity"
    b" errors.\n"
)
VERIFY = verifier(PROBE)
assert VERIFY is not None


def copy(**settings: object) -> AnySubject:
    known = {"config": "/etc/borgmatic/config.yaml", "repository": REPOSITORY}
    return subject(PROBE, **{**known, **settings})  # type: ignore[arg-type]


def told(version: str = "1.7", mode: str = "repokey") -> list:
    listed = json.loads(recorded(f"borgmatic-{version}", "rlist.json"))
    listed[0]["encryption"]["mode"] = mode
    return listed


def server(listed: object = None, **how: object) -> FakeSystem:
    system = machine()
    system.clock.wall = datetime(2026, 11, 27, tzinfo=UTC)
    text = json.dumps(told() if listed is None else listed).encode()
    system.processes.answer("borgmatic", "--version", stdout=b"1.7.7\n")
    system.processes.answer("borgmatic", "rlist", stdout=text, **how)  # type: ignore[arg-type]
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(server, told(version)))
    for version in ("1.7", "2.1")
]


class TestListing:
    @pytest.mark.parametrize(("version", "total"), [("1.7", 2), ("2.1", 1)])
    def test_archives_of_each_recorded_version(self, version, total):
        stated = fact(look(server(told(version))), RestorePoints)
        assert (stated.total, stated.tool, stated.tool_version) == (total, "borgmatic", "1.7.7")
        assert stated.oldest_at == datetime(2026, 11, 26, 15, 46, 30, tzinfo=UTC)

    def test_no_archives_are_no_points(self):
        listed = told()
        listed[0]["archives"] = []
        assert fact(look(server(listed)), RestorePoints).total == 0

    def test_another_repository_is_none_of_ours(self):
        with refused(Reason.NO_REPOSITORY):
            look(server(), copy(repository="/backup/other"))

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"passphrase supplied in BORG_PASSPHRASE is incorrect.", Reason.WRONG_PASSWORD),
            (b"Repository /x does not exist.", Reason.NO_REPOSITORY),
            (b"Failed to create/acquire the lock /x/lock (timeout).", Reason.LOCKED),
            (b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, stderr, reason):
        with refused(reason):
            look(server(status=1, stderr=stderr))

    def test_its_own_configuration_and_home(self):
        system = server()
        look(system, copy(home="/root"))
        call = system.processes.calls[-1]
        assert "/etc/borgmatic/config.yaml" in call.arguments
        assert call.environment["HOME"] == "/root"


class TestEncryption:
    @pytest.mark.parametrize("mode", ["none", "authenticated-blake2"])
    def test_a_mode_without_it(self, mode):
        assert fact(look(server(told(mode=mode))), CopyEncryption).state is Encryption.PLAINTEXT

    def test_a_mode_alone_proves_nothing(self):
        assert fact(look(server()), CopyEncryption).state is Encryption.UNKNOWN


class TestChecking:
    def test_is_made_whatever_its_own_dates_say(self):
        system = server()
        system.processes.answer("borgmatic", "check", stderr=FINISHED)
        found = VERIFY(copy(), system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)
        assert {"--only", "data", "--force"} < set(system.processes.calls[-1].arguments)

    def test_one_that_did_not_read_the_data_proves_nothing(self):
        system = server()  # its configuration may have it skip checks, and it is content
        system.processes.answer("borgmatic", "check", stdout=b"summary:\n")
        with refused(Reason.UNREADABLE_ANSWER):
            VERIFY(copy(), system)

    def test_one_of_other_repositories_proves_nothing(self):
        system = server()
        system.processes.answer("borgmatic", "check", stderr=FINISHED)
        with refused(Reason.NO_REPOSITORY):
            VERIFY(copy(repository="/backup/other"), system)

    def test_damage(self):
        system = server()
        said = b"Data integrity error: Segment entry checksum mismatch"
        system.processes.answer("borgmatic", "check", status=1, stderr=said)
        assert VERIFY(copy(), system).outcome is Outcome.FAILED

    def test_what_is_no_damage(self):
        system = server()
        system.processes.answer("borgmatic", "check", status=1, stderr=b"who knows")
        with refused(Reason.EXIT_STATUS):
            VERIFY(copy(), system)
