"""The simulator holds what it promises: it gives the results that a real repository gives."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from guardian_agent.restore.kinds.sample import Settings
from guardian_agent.wire.names import Hash
from guardian_agent.wire.observations import DrawResult, Outcome, Reason, RestoreTest

from tests.agent.restore.real_sample import RealSample
from tests.agent.restore.rooms import passable
from tests.agent.restore.simulator import Fault, Population
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
        self.restic = Restic(folder / "restic", folder / "home").create()
        self.sample = RealSample(folder, self.restic.settings)
        names = [f"{number:05}" for number in range(FILES)]
        self.sample.write({name: f"letter {name}".encode() * 20 for name in names})
        self.sample.sign()

    def back_up(self, faults: Mapping[int, Fault]) -> None:
        """Back up so that these files are bad in the repository, and only there."""
        spoilt = [each for each, fault in faults.items() if fault is not Fault.MISSING]
        whole = {each: self.path(each).read_bytes() for each in spoilt}
        for each in spoilt:
            changed = whole[each][:-1]
            self.put(each, changed if faults[each] is Fault.CUT_SHORT else changed + b"!")
        missing = [each for each, fault in faults.items() if fault is Fault.MISSING]
        excluded = [word for each in missing for word in ("--exclude", str(self.path(each)))]
        self.restic.backup(self.sample.files, extra=tuple(excluded)).checked()
        for each in spoilt:
            self.put(each, whole[each])

    def path(self, place: int) -> Path:
        return self.sample.files / f"{place:05}"

    def put(self, place: int, content: bytes) -> None:
        self.sample.rewrite(f"{place:05}", content)

    def unreadable(self) -> list[int]:
        """Return the files that a restore of everything does not bring back whole."""
        target = self.folder / "everything"
        self.restic("restore", "latest", "--target", str(target))
        back = target / self.sample.files.relative_to("/")
        wrong = []
        for number in range(FILES):
            path = back / f"{number:05}"
            if not path.exists() or path.read_bytes() != self.path(number).read_bytes():
                wrong.append(number)
        return wrong


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
    real = repository.sample.test(checkpoint, DRAWS_ALONE)
    population.simulator.point = replace(
        population.simulator.point, hashed_id=repository.sample.point().hashed_id
    )
    bad = {population.paths[each]: fault for each, fault in faults.items()}
    simulated = population.test(checkpoint, bad, DRAWS_ALONE)
    assert results(real) == results(simulated)
    assert (real.outcome, real.reason) == (simulated.outcome, simulated.reason)
    assert real.outcome in {Outcome.PASSED, Outcome.FAILED}, real.reason
    assert (real.reason is Reason.DAMAGED) <= damaged
    assert real.point == simulated.point
