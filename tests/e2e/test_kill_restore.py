"""`kill -9` of a restore test at any moment, with real tools: restic, borg, PostgreSQL.

Either process is killed: the one that was called, or one of those that work in namespaces for it.
The next `guardian-agent run` finds nothing mounted, no process and no restored byte, and states
what was begun as not performed because it was interrupted; never as passed.
"""

from __future__ import annotations

import json
import os
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from guardian_agent.wire.observations import Integrity, Outcome, Reason, RestoreTest

from tests.agent.hostile.attacked import leftovers
from tests.agent.run.server import Server
from tests.e2e import killing
from tests.world import live, toml
from tests.world.borg import Borg
from tests.world.postgresql import postgresql
from tests.world.restic import Restic

pytestmark = pytest.mark.tools

ROUNDS = int(os.environ.get("GUARDIAN_KILL_ROUNDS", "20"))
SEED = int(os.environ.get("GUARDIAN_KILL_SEED", "1"))
FILES = 200
AT_WORK = ROUNDS // 3
"""At least so many kills must fall into a test's work."""
SECONDS = 60


@dataclass
class Site:
    """A server with one copy of one tool, and its restore tests."""

    folder: Path
    settings: dict[str, object]
    tests: list[dict[str, object]]
    paths: list[str]
    seconds: float = 0.0
    """What an undisturbed call takes."""
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.server = Server(self.folder)
        self.log = self.folder / "log"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def marker(self) -> Path:
        return self.state / "restore-test.json"

    def configure(self) -> Site:
        backup_set = {
            "name": "files",
            "paths": self.paths,
            "copy": [{"name": "local", **self.settings}],
            "test": self.tests,
        }
        settings = {
            "central": {"url": self.server.central.url},
            "state": {"dir": str(self.state)},
            "backup_set": [backup_set],
        }
        (self.folder / "agent.toml").write_text(toml.dumps(settings))
        return self

    def enroll(self) -> Site:
        self.server.enroll()
        self.server.look()
        self.server.look()
        begun = time.monotonic()
        assert killing.finish(self.begin()) == 0, self.log.read_text()
        self.seconds = time.monotonic() - begun
        self.look()
        return self

    def begin(self):
        return self._agent("restore-test", "--all")

    def look(self) -> None:
        """Make one pass, in a process of its own, and let central answer."""
        assert killing.finish(self._agent("run")) == 0, self.log.read_text()
        self.server.ingest()

    def _agent(self, *words: str):
        config = str(self.folder / "agent.toml")
        return killing.start(killing.agent, str(self.log), "--config", config, *words)

    def begun(self) -> dict[str, object] | None:
        """Return the chore that the killed process was at, by the marker it left."""
        with suppress(FileNotFoundError):
            found = json.loads(self.marker.read_bytes())
            return found if "chore" in found else None
        return None

    def stated(self) -> list[RestoreTest | Integrity]:
        return [*self.server.stated(RestoreTest), *self.server.stated(Integrity)]


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    killing.CONTEXT.set_forkserver_preload(
        ["guardian_agent.run.turn", "guardian_agent.run.drill", "guardian_agent.cli.restore_test"]
    )
    folder = tmp_path_factory.mktemp("sites")
    folder.chmod(0o755)
    return [
        _files(folder / "restic", Restic),
        _files(folder / "borg", Borg),
        _dumps(folder / "sql"),
    ]


def _files(folder: Path, tool: type[Restic | Borg]) -> Site:
    folder.mkdir()
    copy = tool(folder / "repository", folder / "home").create()
    tests = [{"kind": "sample"}, {"kind": "full"}]
    site = Site(folder, dict(copy.settings), tests, [str(folder / "srv" / "files")])
    live.office(site.server.files, count=FILES)
    site.configure().server.enroll()
    site.server.look()
    copy.backup(site.server.files).checked()
    return site.enroll()


def _dumps(folder: Path) -> Site:
    dumps = folder / "dumps"
    dumps.mkdir(parents=True)
    with postgresql() as server:
        server.dump(dumps / "shop.dump").checked()
    settings = {"tool": "postgres_dump", "path": str(dumps), "pattern": "*"}
    question = {"name": "orders", "sql": "select count(*) from orders", "at_least": 5000}
    tests = [{"kind": "database", "question": [question]}]
    return Site(folder, settings, tests, []).configure().enroll()


def family(number: int) -> list[int]:
    """Return a process and its descendants, as long as they live."""
    found = [number]
    for parent in found:
        with suppress(OSError):
            words = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            found += [int(word) for word in words]
    return found


def await_gone(numbers: list[int]) -> None:
    deadline = time.monotonic() + SECONDS
    while any(_lives(number) for number in numbers):
        assert time.monotonic() < deadline, "a process outlived its parent"
        time.sleep(0.005)


def _lives(number: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_whatever_is_killed_nothing_is_left_and_nothing_passes(sites):
    chance, interrupted, number = random.Random(SEED), 0, 0
    # Where the machine has other work, most are over or not begun: then it takes more kills.
    while number < ROUNDS or (interrupted < AT_WORK and number < 4 * ROUNDS):
        site = sites[number % len(sites)]
        test = site.begin()
        time.sleep(chance.uniform(0, site.seconds))
        at_work = family(test.pid)
        # The process that was called, the one between, or the first of the namespace.
        victim = chance.choice(at_work[:3])
        with suppress(ProcessLookupError):
            os.kill(victim, 9)
        killing.finish(test)
        await_gone(at_work)
        begun = site.begun()
        site.look()
        assert leftovers(site.server.sandbox) == [], f"round {number}"
        assert not site.marker.exists()
        if begun is not None:
            interrupted += 1
            assert_interrupted(site.stated(), begun)
        number += 1
    assert interrupted >= AT_WORK
    print(f"{number} kills, {interrupted} of them at work, seed {SEED}")


def assert_interrupted(stated: list[RestoreTest | Integrity], begun: dict[str, object]) -> None:
    """Of what was begun last exactly one fact is stated: that it was interrupted."""
    since = datetime.fromisoformat(str(begun["started_at"]))
    (fact,) = [
        fact for fact in stated if _chore(fact) == begun["chore"] and fact.started_at >= since
    ]
    assert (fact.outcome, fact.reason) == (Outcome.NOT_PERFORMED, Reason.INTERRUPTED)


def _chore(fact: RestoreTest | Integrity) -> str:
    return fact.test if isinstance(fact, RestoreTest) else "integrity"
