"""A repository on another machine: by a stand-in for ssh, and by a real one."""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from guardian.app.clock import SystemClock
from guardian.domain.storage import NoLook, Question
from guardian.errors import ConfigError
from guardian.ports import Witness
from guardian.witness.ssh import WITNESS, Settings, remote_command
from tests.contracts.witness import RESTIC, WitnessContract, ask, looked
from tests.world.ports import reserve_one

pytestmark = pytest.mark.tools

STAND_IN = """#!/bin/sh
for asked; do :; done
exec sh -c "$asked"
"""
SSHD = "/usr/sbin/sshd"


def settings(**more: Any) -> Settings:
    given = {
        "host": "127.0.0.1",
        "user": getpass.getuser(),
        "path": "/srv",
        "identity_file": "/nowhere",
        "known_hosts_file": "/nowhere",
        **more,
    }
    return Settings(**given)


@dataclass
class Remote:
    root: Path
    settings: Settings
    clock: SystemClock = field(default_factory=SystemClock)

    def put(self, name: str, data: bytes = b"data") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def witness(self, **more: Any) -> Witness:
        return WITNESS.open(replace(self.settings, **more))

    def witness_of_nothing(self) -> Witness:
        return self.witness(path=str(self.root / "nowhere"))


def stand_in(folder: Path, text: str = STAND_IN) -> str:
    path = folder / "ssh"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def storage(tmp_path):
    root = tmp_path / "it's a repository"
    root.mkdir()
    return Remote(root, settings(path=str(root), binary=stand_in(tmp_path)))


class TestStandIn(WitnessContract):
    @pytest.fixture
    def storage(self, storage):
        return storage


def says(storage: Remote, text: str) -> Any:
    """Let the other machine say this instead."""
    folder = storage.root.parent / "says"
    folder.mkdir(exist_ok=True)
    return ask(storage, storage.witness(binary=stand_in(folder, f"#!/bin/sh\n{text}\n")), seconds=2)


TIME = "date +%s; "


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exit 255", "no-answer"),
        ("exit 1", "no-list"),
        ("echo hello", "no-list"),
        ("echo 99999999999999", "no-list"),
        (TIME + "printf 'd snapshots\\0'; exit 255", "no-answer"),
        ("exec sleep 60", "time-spent"),
        ("exec yes", "no-list"),
        ("exec tr '\\0' 1 </dev/zero", "unreadable"),
    ],
)
def test_what_is_no_list_shows_nothing(storage, text, reason):
    began = time.monotonic()
    found = says(storage, text)
    assert isinstance(found, NoLook)
    assert found.reason == reason
    assert time.monotonic() - began < 20


FILE = "printf '1763726400.1234567890 5 a.sql\\0'; "


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exit 1", "permission-missing"),
        ("exit 255", "no-answer"),
        ("printf 'nonsense\\0'", "unreadable"),
        ("printf '1763726400.1 5 b.sq'", "unreadable"),
        ("sleep 60", "time-spent"),
    ],
)
def test_a_list_that_is_not_whole_is_told_as_that(storage, text, reason):
    found = says(storage, f"{TIME}printf 'f a.sql\\0\\0'; {FILE}{text}")
    assert found.total == 1
    assert found.lack(Question.POINTS).reason == reason
    assert (found.data, found.missing) == (None, ())


def test_a_whole_list(storage):
    found = says(storage, f"{TIME}printf 'f a.sql\\0\\0'; {FILE}printf '999999999999 1 b\\0'")
    assert [point.stored_at.year for point in found.points] == [9999, 2025]
    assert found.points[1].stored_at.microsecond == 123456
    assert found.lacks == ()


def test_another_clock(storage):
    found = says(storage, "echo 1; printf '\\0'")
    assert found.lack(Question.CLOCK).reason == "clock-differs"


def test_too_many_files(storage, monkeypatch):
    monkeypatch.setattr("guardian.witness.ssh.MAX_FILES", 1)
    monkeypatch.setattr("guardian.witness.ssh.MAX_TOP", 1)
    for name in "ab":
        storage.put(name)
    assert looked(storage).lack(Question.POINTS).reason == "too-many-files"


def test_without_ssh(storage):
    found = ask(storage, storage.witness(binary="/nowhere/ssh"))
    assert isinstance(found, NoLook)
    assert found.reason == "ssh-missing"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "-oProxyCommand=evil"),
        ("host", "a b"),
        ("user", "-l"),
        ("user", "root; rm"),
        ("identity_file", "key"),
        ("known_hosts_file", "/etc/a b"),
        ("binary", "ssh"),
        ("path", "srv"),
        ("path", "/srv\n"),
        ("port", 0),
        ("port", 65536),
    ],
)
def test_what_would_be_taken_for_something_else_is_refused(field, value):
    with pytest.raises(ConfigError, match=field):
        WITNESS.open(settings(**{field: value}))


def test_nothing_of_a_path_is_a_command():
    assert "'/srv/$(rm -rf ~)'" in remote_command("/srv/$(rm -rf ~)")


def key(folder: Path, name: str) -> Path:
    path = folder / name
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(words, check=True, timeout=20)
    return path


@pytest.fixture
def sshd(tmp_path) -> Iterator[Remote]:
    """A server on loopback, whose only key may run the one command and nothing else."""
    root = tmp_path / "repository"
    root.mkdir()
    host, own = key(tmp_path, "host"), key(tmp_path, "central")
    port = reserve_one()
    asked = remote_command(str(root))
    allowed = tmp_path / "authorized_keys"
    allowed.write_text(f'restrict,command="{asked}" {own.with_suffix(".pub").read_text()}')
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {host.with_suffix('.pub').read_text()}")
    config = tmp_path / "sshd_config"
    config.write_text(
        f"HostKey {host}\nAuthorizedKeysFile {allowed}\nStrictModes no\nUsePAM no\n"
        f"PidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    words = [SSHD, "-D", "-e", "-f", str(config), "-p", str(port), "-o", "ListenAddress=127.0.0.1"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "listening on" in line:
            break
    given = settings(path=str(root), identity_file=str(own), known_hosts_file=str(known), port=port)
    yield Remote(root, given)
    process.kill()
    process.communicate(timeout=20)


def test_a_real_server_with_a_key_that_may_only_list(sshd, tmp_path):
    for name in RESTIC:
        sshd.put(name)
    found = looked(sshd)
    assert (found.total, found.lacks) == (1, ())

    stranger = key(tmp_path, "stranger")
    refused = ask(sshd, sshd.witness(identity_file=str(stranger)))
    assert isinstance(refused, NoLook)

    (tmp_path / "known_hosts").write_text("")
    unknown = ask(sshd, sshd.witness())
    assert (type(unknown), unknown.reason) == (NoLook, "no-answer")
