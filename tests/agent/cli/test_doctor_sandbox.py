"""The doctor's lines about where restore tests work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.cli._doctor.sandbox import about_sandbox
from guardian_agent.config import AgentConfig, BackupSet, Central, Limits
from guardian_agent.restore.sandbox import KEPT_FREE_BYTES
from guardian_agent.wire.names import Name

from tests.agent.fakes import FakeSystem

CONFIG = AgentConfig(central=Central(url="file:///drop"))
FOLDER = "/var/lib/guardian-agent/sandbox"


@pytest.fixture
def system():
    """A machine that gives everything, and an agent that is root."""
    system = FakeSystem()
    system.files.put(f"{FOLDER}/.keep")
    system.files.user = 0
    return system


def told(system, config=CONFIG) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in about_sandbox(config, system):
        assert (line.mend is None) == (line.status == "ok")
        said = line.found if line.mend is None else f"{line.found} -> {line.mend}"
        found.setdefault(str(line.status), []).append(said)
    return found


def limit(system, **fewer) -> None:
    system.volumes.can = replace(system.volumes.can, **fewer)


def test_with_all_protections(system):
    assert told(system) == {
        "ok": [
            f"{FOLDER} has 1.0 TiB free",
            "tools can write nowhere else, and run nothing there (Landlock 7)",
            "it has a fixed size, and goes with the test however that ends",
            "restored databases run as user nobody",
            "restored databases have no network",
        ]
    }


def test_without_root_a_guard_and_the_own_user_are_as_it_should_be(system):
    system.files.user = 999
    limit(system, fixed_size=False, other_user=False, landlock=2)
    found = told(system)
    assert list(found) == ["ok"]
    assert "tools can write nowhere else, and run nothing there (Landlock 2)" in found["ok"]
    assert (
        "a guard keeps its size, and the next pass removes what a killed test left" in (found["ok"])
    )
    assert "restored databases run as the agent's own user" in found["ok"]


@pytest.mark.parametrize(
    ("fewer", "words"),
    [
        ({"landlock": 0}, "tools can write wherever their user may"),
        ({"fixed_size": False}, "let root mount in a namespace of its own"),
        ({"no_network": False}, "restored databases can reach the network"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(system, fewer, words):
    limit(system, **fewer)
    (warned,) = told(system)["warn"]
    assert words in warned


def test_a_user_that_is_not_there(system):
    system.volumes.users = set()
    assert told(system)["warn"] == [
        "there is no user 'nobody' -> set restore_tests.user to one that is"
    ]


def test_a_user_that_cannot_reach_a_guarded_room(system):
    system.volumes.closed = {"/var/lib/guardian-agent"}
    assert "warn" not in told(system)
    limit(system, fixed_size=False)
    assert any("cannot pass through" in each for each in told(system)["warn"])


def test_too_little_space(system):
    system.files.free = CONFIG.limits.restore_bytes + KEPT_FREE_BYTES - 1
    (warned,) = told(system)["warn"]
    assert "lower limits.restore_bytes" in warned


def test_a_folder_that_is_not_there_yet(system):
    system.files.remove_tree(FOLDER)
    assert "warn" not in told(system)
    system.files.fail("free_bytes", "/var/lib/guardian-agent")
    (failed,) = told(system)["fail"]
    assert failed.startswith("/var/lib/guardian-agent: Permission denied")


def test_a_folder_in_which_something_lives(system):
    files = BackupSet(name=Name("files"), paths=("/srv",))
    config = replace(CONFIG, limits=Limits(sandbox="/srv"), backup_sets=(files,))
    (failed,) = told(system, config)["fail"]
    assert "backup set 'files' lies in /srv" in failed
    assert failed.endswith("-> no restore test is made before")
