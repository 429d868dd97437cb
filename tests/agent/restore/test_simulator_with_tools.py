"""The simulator holds what it promises: it gives the results that a real repository gives."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from guardian_agent import probes
from guardian_agent.config import BackupSet
from guardian_agent.probe import AnyProbe, AnySubject, Point, Subject
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.sample import Settings, sample_test
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.room import Plot
from guardian_agent.system import System
from guardian_agent.system.real import real_system
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import DrawResult, Outcome, Reason, RestoreTest

from tests.agent.restore.fake_tool import KEY
from tests.agent.restore.rooms import passable
from tests.agent.restore.simulator import Fault, Population
from tests.world import live
from tests.world.restic import Restic, damage

pytestmark = pytest.mark.tools

FILES = 500
BAD = 6
DRAWS_ALONE = Settings(turn_files=0)


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(FILES)


@pytest.fixture
def place():
    with passable() as folder:
        yield folder


class Repository:
    """Live files, their signed manifest, and a restic repository that is yet empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "srv"
        self.files.mkdir()
        for number in range(FILES):
            (self.files / f"{number:05}").write_bytes(f"letter {number}".encode() * 20)
        live.settle(self.files)
        self.system: System = real_system()
        self.backup_set = BackupSet(name=Name("files"), paths=(str(self.files),))
        self.where = manifest_file(str(folder / "state"), "files")
        take_manifest(self.backup_set, KEY, self.system, Budget(10**9), self.where)
        self.where.keep(self.system.files)
        self.restic = Restic(folder / "restic", folder / "home").create()

    def back_up(self, faults: Mapping[int, Fault]) -> None:
        """Back up so that these files are bad in the repository, and only there."""
        spoilt = [each for each, fault in faults.items() if fault is not Fault.MISSING]
        whole = {each: self.path(each).read_bytes() for each in spoilt}
        for each in spoilt:
            changed = whole[each][:-1]
            self.put(each, changed if faults[each] is Fault.CUT_SHORT else changed + b"!")
        missing = [each for each, fault in faults.items() if fault is Fault.MISSING]
        excluded = [word for each in missing for word in ("--exclude", str(self.path(each)))]
        self.restic.backup(self.files, extra=tuple(excluded)).checked()
        for each in spoilt:
            self.put(each, whole[each])

    def path(self, place: int) -> Path:
        return self.files / f"{place:05}"

    def put(self, place: int, content: bytes) -> None:
        """Write a file under the time that it had."""
        before = self.path(place).stat()
        self.path(place).write_bytes(content)
        os.utime(self.path(place), ns=(before.st_atime_ns, before.st_mtime_ns))

    def unreadable(self) -> list[int]:
        """Return the files that a restore of everything does not bring back whole."""
        target = self.folder / "everything"
        self.restic("restore", "latest", "--target", str(target))
        back = target / self.files.relative_to("/")
        wrong = []
        for number in range(FILES):
            path = back / f"{number:05}"
            if not path.exists() or path.read_bytes() != self.path(number).read_bytes():
                wrong.append(number)
        return wrong

    def test(self, checkpoint: tuple[int, Hash]) -> RestoreTest:
        probe, subject = self.probe()
        (self.folder / "scratch").mkdir()
        plot = Plot(
            folder=str(self.folder / "box"),
            limit=10**8,
            user="nobody",
            memory_bytes=2**31,
            processes=64,
            writable=(subject.scratch,),
        )
        ground = Ground(
            checkpoint=checkpoint,
            manifest=self.where.signed,
            ledger=str(self.folder / "state" / "ledger"),
            marker=None,
            plot=plot,
        )
        return sample_test(
            Task(
                probe=probe,
                subject=subject,
                settings=DRAWS_ALONE,
                ground=ground,
                system=self.system,
                progress=lambda text, share: None,
            )
        )

    def probe(self) -> tuple[AnyProbe, AnySubject]:
        probe = probes.find("restic")
        assert probe is not None
        settings = probe.settings(
            repository=str(self.restic.repository), password_file=str(self.restic.password_file)
        )
        subject = Subject(
            backup_set=self.backup_set,
            copy="local",
            settings=settings,
            key=KEY,
            scratch=str(self.folder / "scratch"),
        )
        return probe, subject

    def point(self) -> Point:
        probe, subject = self.probe()
        assert probe.restorer is not None
        found = probe.restorer.newest(subject, probe.gather(subject, self.system))
        assert found is not None
        return found


def results(test: RestoreTest) -> Sequence[tuple[int, DrawResult]]:
    return [(each.index, each.result) for each in test.draws]


@pytest.mark.parametrize("trial", range(6))
def test_same_draws_and_same_results(population, place, trial):
    chance = random.Random(trial)
    repository = Repository(place)
    places = chance.sample(range(FILES), BAD)
    kinds = [Fault.ALTERED, Fault.CUT_SHORT, Fault.MISSING]
    damaged = trial % 3 == 2
    faults = {} if damaged else {each: chance.choice(kinds) for each in places}
    repository.back_up(faults)
    if damaged:
        damage(repository.restic.packs()[0], share=chance.uniform(0.1, 0.5))
        faults = dict.fromkeys(repository.unreadable(), Fault.UNREADABLE)
        assert faults
    checkpoint = (trial + 1, Hash(hashlib.sha256(chance.randbytes(32)).hexdigest()))
    real = repository.test(checkpoint)
    population.simulator.point = replace(
        population.simulator.point, hashed_id=repository.point().hashed_id
    )
    bad = {population.paths[each]: fault for each, fault in faults.items()}
    simulated = population.test(checkpoint, bad, DRAWS_ALONE)
    assert results(real) == results(simulated)
    assert (real.outcome, real.reason) == (simulated.outcome, simulated.reason)
    assert real.outcome in {Outcome.PASSED, Outcome.FAILED}, real.reason
    assert (real.reason is Reason.DAMAGED) <= damaged
    assert real.point == simulated.point
