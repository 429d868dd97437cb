"""`kill -9` of a restore test at any moment: the next pass tells, and nothing of it is left."""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from guardian_agent.wire.observations import Outcome, Reason, RestoreTest

from tests.agent.run.server import Server
from tests.world.restic import Restic

pytestmark = pytest.mark.tools

ROUNDS = int(os.environ.get("GUARDIAN_KILL_ROUNDS", "12"))
SEED = int(os.environ.get("GUARDIAN_KILL_SEED", "1"))
PATIENCE = 20.0
"""Seconds in which the kernel ends what was orphaned."""


class World:
    """A server with a restic copy, ready to be tested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        copy = Restic(folder / "repository", folder / "home").create()
        self.server = Server(folder)
        self.server.copies["local"] = dict(copy.settings)
        self.server.configure().enroll()
        self.server.look()
        copy.backup(self.server.files).checked()
        self.server.look()
        self.server.look()

    def begin(self, kind: str) -> subprocess.Popen[bytes]:
        config = str(self.folder / "agent.toml")
        words = ["--config", config, "restore-test", "files", "--kind", kind]
        return subprocess.Popen(
            [sys.executable, "-m", "guardian_agent", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def left_running(self) -> list[str]:
        """Return the command lines of other processes that have to do with this folder."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.folder) in line and path.parent.name != str(os.getpid()):
                found.append(line)
        return found

    def is_locked(self) -> bool:
        """Say whether somebody has the lock: who is ending has no command line any more."""
        with (self.folder / "state" / "restore.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def left_over(self) -> list[str]:
        sandbox = [str(path) for path in self.server.sandbox.rglob("*")]
        state = self.folder / "state"
        marks = [str(path) for path in state.glob("restore-test.json")]
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        return sandbox + marks + [line for line in mounts if str(self.folder) in line]


def gone(world: World) -> list[str]:
    """Wait until what was orphaned has ended; return what has not."""
    deadline = time.monotonic() + PATIENCE
    while (left := world.left_running()) or world.is_locked():
        if time.monotonic() > deadline:
            return left or ["the lock"]
        time.sleep(0.02)
    return []


def await_marker(world: World, testing: subprocess.Popen[bytes]) -> None:
    """Wait until the test has begun."""
    marker = world.folder / "state" / "restore-test.json"
    while testing.poll() is None and not marker.exists():
        time.sleep(0.002)


def duration(world: World, kind: str) -> float:
    began = time.monotonic()
    assert world.begin(kind).wait() == 0
    return time.monotonic() - began


def test_whenever_it_is_killed_the_next_pass_tells_and_cleans_up(tmp_path):
    world = World(tmp_path)
    chance = random.Random(SEED)
    longest = {kind: duration(world, kind) for kind in ("sample", "full")}
    world.server.look()
    told = len(world.server.stated(RestoreTest))
    outcomes = []
    for number in range(ROUNDS):
        kind = ("sample", "full")[number % 2]
        testing = world.begin(kind)
        if number % 4:  # the rest of the time it is killed while it starts, too
            await_marker(world, testing)
        time.sleep(chance.uniform(0, longest[kind] * 0.5))
        had_ended = testing.poll() is not None
        testing.kill()
        testing.wait()
        assert gone(world) == []
        world.server.look()
        new = world.server.stated(RestoreTest)[told:]
        told += len(new)
        assert world.left_over() == []
        assert len(new) <= 1
        assert not had_ended or [test.outcome for test in new] == [Outcome.PASSED]
        for test in new:
            assert (test.test, test.outcome, test.reason) in (
                (kind, Outcome.PASSED, Reason.NONE),
                (kind, Outcome.NOT_PERFORMED, Reason.INTERRUPTED),
            )
        outcomes.append(new[0].outcome if new else None)
    assert Outcome.NOT_PERFORMED in outcomes
    counts = {str(outcome): outcomes.count(outcome) for outcome in set(outcomes)}
    print(f"{ROUNDS} kills, seed {SEED}: {counts}")
