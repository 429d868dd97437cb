"""Repositories: which keys are tried on them, which open them, and at what cost."""

from __future__ import annotations

import json

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.doors import Tried, try_doors
from guardian_agent.wire.facts.words import Reason

from tests.agent.exposure.doors.kept import (
    DOORS,
    PASSWORD,
    SAMPLES,
    kopia_repository,
    restic_key,
)
from tests.agent.fakes import FakeSystem

REPOSITORY = "/backup/repository"


@pytest.fixture
def system():
    return FakeSystem()


def put_restic(system, *keys):
    for number, key in enumerate(keys):
        system.files.put(f"{REPOSITORY}/keys/{number:064x}", key)
    system.files.put(f"{REPOSITORY}/data/00/00", b"pack")


def put_borg(system, config):
    system.files.put(f"{REPOSITORY}/config", config)
    system.files.put(f"{REPOSITORY}/data/0/1", b"BORG_SEG")


def test_a_good_password_keeps_strangers_out(system):
    put_restic(system, restic_key(PASSWORD))
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened=None)


def test_one_key_that_opens_is_enough(system):
    put_restic(system, restic_key(PASSWORD), restic_key(b""), restic_key(b"another"))
    assert try_doors(REPOSITORY, system) == Tried(doors=1, opened="empty-password")


def test_the_password_of_velero_is_known_to_everybody(system):
    put_restic(system, (DOORS / "restic-velero-key.json").read_bytes())
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened="well-known-password")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/backup/restic.key", b"test-only-pass"),
        ("/backup/password.txt", b"\ntest-only-pass\r\n"),
        ("/backup/repository/.password", b"# restic\n\ntest-only-pass\n"),
        ("/backup/backup.pass", b"export RESTIC_PASSWORD='test-only-pass'\nAWS_KEY=x\n"),
    ],
)
def test_a_password_beside_the_repository_opens_it(system, path, content):
    put_restic(system, restic_key(PASSWORD))
    system.files.put(path, content)
    assert try_doors(REPOSITORY, system).opened == "key-beside-data"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("/etc/restic/password", b"test-only-pass", id="elsewhere"),
        pytest.param("/backup/notes.md", b"test-only-pass", id="no key by its name"),
        pytest.param("/backup/restic.key", b"x" * 5000, id="too large for a password"),
        pytest.param("/backup/restic.key", b"", id="empty"),
        pytest.param("/backup/other/restic.key", b"test-only-pass", id="in another folder"),
    ],
)
def test_what_lies_elsewhere_is_not_beside(system, path, content):
    put_restic(system, restic_key(PASSWORD))
    system.files.put(path, content)
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened=None)


def test_a_key_that_may_not_be_read_is_left_out(system):
    put_restic(system, restic_key(PASSWORD))
    system.files.put("/backup/restic.key", PASSWORD)
    system.files.fail("read", "/backup/restic.key")
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened=None)


@pytest.mark.parametrize(
    "costs", [{"n": 1 << 30, "r": 8}, {"n": 1024, "r": 8, "p": 1 << 20}, {"n": 0}, {"n": 1000}]
)
def test_a_greedy_or_senseless_key_is_not_tried(system, costs):
    put_restic(system, restic_key(b"", **costs))
    assert try_doors(REPOSITORY, system) == Tried(doors=0, opened=None)


def test_when_the_time_is_up_no_more_is_tried(system):
    put_restic(system, restic_key(PASSWORD))
    ticks = iter((0.0, 1.0, 31.0))
    system.clock.monotonic = lambda: next(ticks)
    assert try_doors(REPOSITORY, system) == Tried(doors=1, opened=None, complete=False)


@pytest.mark.parametrize(
    ("config", "opened"),
    [
        ("borg-empty-config.ini", "empty-password"),
        ("borg-blake2-empty-config.ini", "empty-password"),
    ],
)
def test_borg_with_an_empty_passphrase_is_open(system, config, opened):
    put_borg(system, (DOORS / config).read_bytes())
    assert try_doors(REPOSITORY, system) == Tried(doors=1, opened=opened)


def test_borg_with_a_passphrase_is_not(system):
    put_borg(system, (SAMPLES / "borg-repokey-config.ini").read_bytes())
    assert try_doors(REPOSITORY, system) == Tried(doors=1, opened=None)


def test_borg_with_its_key_file_elsewhere_has_no_lock_to_try(system):
    put_borg(system, (DOORS / "borg-keyfile-config.ini").read_bytes())
    assert try_doors(REPOSITORY, system) == Tried(doors=0, opened=None)


def test_borg_with_its_key_file_beside_needs_the_passphrase_too(system):
    put_borg(system, (DOORS / "borg-keyfile-config.ini").read_bytes())
    system.files.put("/backup/borg.key", (DOORS / "borg-keyfile.key").read_bytes())
    assert try_doors(REPOSITORY, system) == Tried(doors=1, opened=None)
    system.files.put("/backup/borg.pass", b"x\n")
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened="key-beside-data")


def test_another_repositorys_key_file_is_none_of_this_one(system):
    config = (DOORS / "borg-keyfile-config.ini").read_bytes()
    put_borg(system, config.replace(b"\nid = ", b"\nid = 0"))
    system.files.put("/backup/borg.key", (DOORS / "borg-keyfile.key").read_bytes())
    assert try_doors(REPOSITORY, system) == Tried(doors=0, opened=None)


@pytest.mark.parametrize("name", ["kopia.repository", "kopia.repository.f"])
def test_kopia_with_the_password_of_velero_is_open(system, name):
    system.files.put(f"{REPOSITORY}/{name}", kopia_repository(b"static-passw0rd"))
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened="well-known-password")


def test_kopia_with_another_password_is_not(system):
    system.files.put(f"{REPOSITORY}/kopia.repository", kopia_repository(PASSWORD))
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened=None)


def test_kopia_of_a_method_that_is_not_known_is_not_tried(system):
    known = json.loads(kopia_repository(b"")) | {"keyAlgo": "scrypt-1073741824-8-1"}
    system.files.put(f"{REPOSITORY}/kopia.repository", json.dumps(known).encode())
    assert try_doors(REPOSITORY, system) == Tried(doors=0, opened=None)


def test_gocryptfs_is_tried_by_its_configuration(system):
    system.files.put(f"{REPOSITORY}/gocryptfs.conf", (DOORS / "gocryptfs.conf").read_bytes())
    system.files.put("/backup/gocryptfs.pass", PASSWORD)
    assert try_doors(REPOSITORY, system) == Tried(doors=2, opened="key-beside-data")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff" * 100, b'{"N": "x"}', b"[" * 50_000]
)
def test_nonsense_in_a_key_file_is_not_tried(system, content):
    put_restic(system, content)
    system.files.put(f"{REPOSITORY}/kopia.repository", content)
    system.files.put(f"{REPOSITORY}/gocryptfs.conf", content)
    put_borg(system, b"[repository]\nkey = " + content)
    assert try_doors(REPOSITORY, system) == Tried(doors=0, opened=None)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda files: None, Reason.PATH_MISSING),
        (lambda files: files.fail("stat", REPOSITORY), Reason.PERMISSION_DENIED),
    ],
)
def test_what_cannot_be_read_at_all_is_said(system, prepare, reason):
    prepare(system.files)
    with pytest.raises(ProbeError) as caught:
        try_doors(REPOSITORY, system)
    assert caught.value.reason is reason
