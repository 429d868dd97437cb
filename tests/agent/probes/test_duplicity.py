from __future__ import annotations

from functools import partial

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.duplicity import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import Call, Completed, FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import SCRATCH, fact, machine, recorded, refused, subject

GPG = recorded("duplicity-0.8", "volume.gpg")
LOG = recorded("duplicity-0.8", "encrypted.log")


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"url": "file:///backup", **settings})


def server(log: bytes = LOG, *, volume: bytes | None = GPG, status: int = 0) -> FakeSystem:
    """Return a machine on which duplicity writes this log."""
    system = machine()
    system.files.make_directory("/backup")
    if volume is not None:
        system.files.put("/backup/duplicity-full.20261120T030001Z.vol1.difftar.gpg", volume)

    def write(call: Call) -> Completed:
        if "--log-file" in call.arguments and not status:
            place = call.arguments[call.arguments.index("--log-file") + 1]
            system.files.put(place, log)
        return Completed(status=status, stdout=b"", stderr=b"", seconds=1)

    system.processes.answer_with(write, "duplicity", "collection-status")
    system.processes.answer("duplicity", "--version", stdout=b"duplicity 0.8.22\n")
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


def state(facts: tuple[Observation, ...]) -> Encryption:
    return fact(facts, CopyEncryption).state


RECORDED = [
    Recording(
        probe=PROBE,
        subject=copy(),
        machine=partial(server, recorded("duplicity-0.8", f"{name}.log"), volume=volume),
    )
    for name, volume in (("mixed", b"plain text\n" * 50), ("encrypted", GPG), ("empty", None))
]


class TestListing:
    def test_all_sets_of_all_chains_newest_first(self):
        stated = fact(look(server(recorded("duplicity-0.8", "mixed.log"))), RestorePoints)
        assert [f"{point.started_at:%d %H:%M:%S %Z}" for point in stated.points] == [
            "22 03:00:00 UTC",
            "21 03:00:01 UTC",
            "20 03:00:00 UTC",
        ]
        assert (stated.tool, stated.tool_version) == ("duplicity", "0.8.22")

    def test_no_chains_are_no_points(self):
        (stated,) = look(server(recorded("duplicity-0.8", "empty.log")))
        assert isinstance(stated, RestorePoints)
        assert stated.total == 0

    def test_the_newest_without_volumes_is_incomplete(self):
        facts = look(server(LOG.replace(b"T030000Z 1 enc", b"T030000Z 0 enc")))
        found = fact(facts, PointContents)
        assert (found.valid, found.reason) == (False, Reason.INCOMPLETE)
        assert found.point == fact(facts, RestorePoints).points[0].id

    def test_what_builds_upon_lost_volumes_is_lost(self):
        facts = look(server(LOG.replace(b"T030001Z 1 enc", b"T030001Z 0 enc")))
        assert fact(facts, RestorePoints).total == 1
        assert fact(facts, PointContents).valid is False

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b" full 2026", b" inc 2026"),
            (b"incomplete-sets-num 0\n", b""),
            (b"T030000Z", b"T990000Z"),
            (b"chain-complete", b"chain-odd"),
            (b"INFO 3", b"INFO 33"),
        ],
    )
    def test_a_log_of_another_form_is_refused(self, old, new):
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(LOG.replace(old, new, 1)))

    def test_no_log_at_all(self):
        system = server()
        system.processes.answer("duplicity", "collection-status")
        with refused(Reason.UNREADABLE_ANSWER):
            look(system)

    def test_a_failure(self):
        with refused(Reason.EXIT_STATUS):
            look(server(status=23))

    def test_a_folder_that_is_not_there_is_not_made(self):
        system = server(volume=None)
        system.files.remove_tree("/backup")
        with refused(Reason.PATH_MISSING):
            look(system)
        assert not system.processes.calls

    def test_no_cache_answers_and_nothing_stays(self):
        system = server()
        look(system)
        words = system.processes.calls[-1].arguments
        assert words[words.index("--archive-dir") + 1].startswith(SCRATCH)
        assert not list(system.files.scan(SCRATCH))


class TestEncryption:
    def test_a_set_that_is_not_encrypted(self):
        facts = look(server(recorded("duplicity-0.8", "mixed.log")))
        assert state(facts) is Encryption.PLAINTEXT

    def test_bytes_that_prove_it(self):
        assert state(look(server())) is Encryption.ENCRYPTED

    def test_bytes_that_belie_the_name(self):
        assert state(look(server(volume=b"plain text\n" * 50))) is Encryption.PLAINTEXT

    def test_a_name_alone_proves_nothing(self):
        assert state(look(server(), copy(url="sftp://u@h//backup"))) is Encryption.UNKNOWN
        assert state(look(server(volume=None))) is Encryption.UNKNOWN

    def test_the_passphrase_comes_out_of_a_file(self):
        system = server()
        system.files.put("/etc/duplicity.env", b"PASSPHRASE=secret\n")
        look(system, copy(environment_file="/etc/duplicity.env"))
        assert system.processes.calls[-1].environment["PASSPHRASE"] == "secret"

    def test_volumes_can_be_searched_for_the_canary(self):
        assert PROBE.raw is not None
        assert len(list(PROBE.raw(copy(), server()))) == 1
        assert not list(PROBE.raw(copy(url="sftp://h/x"), server()))
