from __future__ import annotations

import json
from dataclasses import replace

import pytest
from guardian_agent.probes.restic import PROBE

from tests.agent.fakes import FakeSystem
from tests.agent.probes.subjects import machine, subject

ONE, TWO = "11" * 32, "22" * 32
MEMORY = "/state/memory"


def copy(repository: str = "/backup"):
    known = {"repository": repository, "password_file": "/etc/restic.password"}
    return replace(subject(PROBE, **known), memory=MEMORY)


def snapshots(*names: str) -> bytes:
    return json.dumps([{"id": name, "time": "2026-11-22T03:00:00Z"} for name in names]).encode()


def repository(*names: str) -> FakeSystem:
    system = machine()
    system.files.make_directory("/state")
    for name in names:
        system.files.put(f"/backup/snapshots/{name}")
    system.processes.answer("restic", "version", stdout=b"restic 0.14.0")
    system.processes.answer("restic", "snapshots", stdout=snapshots(*names), seconds=0.7)
    return system


def asked(system: FakeSystem) -> int:
    return sum("snapshots" in call.arguments for call in system.processes.calls)


def ask(system: FakeSystem, **of: str):
    return PROBE.points(copy(**of), system)


def test_where_no_snapshot_came_or_went_restic_is_not_asked_again():
    system = repository(ONE)
    first = ask(system)
    system.clock.advance(hours=1)
    again = ask(system)
    assert asked(system) == 1
    assert again.answers["snapshots"] == first.answers["snapshots"]
    assert again.answers["asked_at"] > first.answers["asked_at"]
    assert again.seconds == first.seconds == 0.7


def test_what_a_pass_has_listed_is_known_too():
    system = repository(ONE)
    PROBE.gather(copy(), system)
    ask(system)
    assert asked(system) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.put(f"/backup/snapshots/{TWO}"),
        lambda files: files.remove(f"/backup/snapshots/{ONE}"),
        lambda files: files.rename(f"/backup/snapshots/{ONE}", f"/backup/snapshots/{TWO}"),
        lambda files: files.fail("scan", "/backup/snapshots"),
        lambda files: files.remove(MEMORY),
        lambda files: files.put(MEMORY, b"{}"),
        lambda files: files.put(MEMORY, b"\xff\n"),
        lambda files: files.put(MEMORY, files.read(MEMORY, 10**6) + b"\xff"),
        lambda files: files.put(MEMORY, b"x" * (5 * 1024 * 1024)),
    ],
)
def test_anything_else_is_asked(change):
    system = repository(ONE)
    ask(system)
    change(system.files)
    ask(system)
    assert asked(system) == 2


def test_another_repository_is_asked():
    system = repository(ONE)
    system.files.put(f"/other/snapshots/{ONE}")
    ask(system)
    ask(system, repository="/other")
    assert asked(system) == 2


@pytest.mark.parametrize("where", ["sftp:host:/backup", "s3:https://host/backup", "/nowhere"])
def test_what_cannot_be_seen_is_asked_each_time(where):
    system = repository(ONE)
    ask(system, repository=where)
    ask(system, repository=where)
    assert asked(system) == 2
    assert not system.files.exists(MEMORY)


@pytest.mark.parametrize("told", [snapshots(), snapshots(ONE, TWO), b"no list"])
def test_a_list_that_is_not_what_the_folder_shows_is_not_kept(told):
    system = repository(ONE)
    system.processes.answer("restic", "snapshots", stdout=told)
    ask(system)
    assert not system.files.exists(MEMORY)


def test_without_a_place_to_remember_it_is_asked():
    system = repository(ONE)
    PROBE.points(replace(copy(), memory=""), system)
    assert system.files.tree("/state") == {}


def test_a_full_disk_costs_the_memory_only():
    system = repository(ONE)
    system.files.fail("write", MEMORY)
    assert ask(system).answers["snapshots"]
