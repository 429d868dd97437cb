from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.zfs import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

FOLDER = "zfs-documented"
LIST = recorded(FOLDER, "list.txt")


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"dataset": "tank/shop", "prefix": "autosnap_", **settings})


def server(
    listed: bytes = LIST, cipher: bytes = recorded(FOLDER, "encryption.txt"), **how: object
) -> FakeSystem:
    system = at_noon()
    answer = system.processes.answer
    answer("zfs", "version", stdout=recorded(FOLDER, "version.txt"))
    answer("zfs", "list", stdout=listed, **how)  # type: ignore[arg-type]
    answer("zfs", "get", stdout=cipher)
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(server, cipher=cipher))
    for cipher in (b"aes-256-gcm\n", b"off\n")
]


def test_the_datasets_own_snapshots():
    stated = fact(look(server()), RestorePoints)
    assert (stated.total, stated.tool_version) == (2, "2.1.11-1")
    assert stated.points[0].started_at == datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert fact(look(server(), copy(prefix="")), RestorePoints).total == 3


def test_a_snapshot_is_the_same_wherever_it_is_sent():
    elsewhere = LIST.replace(b"tank/shop", b"vault/acme/shop")
    there = look(server(elsewhere), copy(dataset="vault/acme/shop"))
    assert fact(there, RestorePoints).points == fact(look(server()), RestorePoints).points


def test_no_snapshots():
    assert fact(look(server(b"")), RestorePoints).total == 0


@pytest.mark.parametrize(
    "line",
    [b"tank/shop@x\t1795143600\n", b"tank/crm@x\t1\t1\n", b"tank/shop@x\t-\t1\n", b"no snapshots"],
)
def test_a_line_of_another_form_is_refused(line):
    with refused(Reason.UNREADABLE_ANSWER):
        look(server(LIST + line))


@pytest.mark.parametrize("dataset", ["-r", "", "tank/shop\n", "tank@x"])
def test_a_dataset_that_might_pass_for_an_option_is_refused(dataset):
    with refused(Reason.INTERNAL):
        look(server(), copy(dataset=dataset))


@pytest.mark.parametrize(
    ("cipher", "state"),
    [
        (b"aes-256-gcm\n", Encryption.ENCRYPTED),
        (b"off\n", Encryption.PLAINTEXT),
        (b"on\n", Encryption.UNKNOWN),
        (b"", Encryption.UNKNOWN),
        (b"off\naes-256-gcm\n", Encryption.UNKNOWN),
    ],
)
def test_encryption_is_the_datasets(cipher, state):
    assert fact(look(server(cipher=cipher)), CopyEncryption).state is state


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (b"cannot open 'x': dataset does not exist", Reason.NO_REPOSITORY),
        (b"Permission denied the ZFS utilities must be run as root.", Reason.PERMISSION_DENIED),
        (b"who knows", Reason.EXIT_STATUS),
    ],
)
def test_what_went_wrong(stderr, reason):
    with refused(reason):
        look(server(status=1, stderr=stderr))
