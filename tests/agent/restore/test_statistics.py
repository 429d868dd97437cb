"""Whether a sample keeps the confidence that it states, from the agent's draw to central's word."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import comb

import pytest
from guardian_agent.restore.kinds.sample import Settings
from guardian_agent.wire.names import Hash
from guardian_agent.wire.observations import Outcome, RestorePoint, RestorePoints
from guardian_agent.wire.sampling import SAMPLE_FILES

from guardian.domain.evidence import RestoreSeen, ServerEvidence
from guardian.domain.fold import issued
from guardian.domain.recovered import bad_share
from tests.agent.restore.simulator import Fault, Population
from tests.central.domain import making

FILES = 2000
TRIALS = 200
CONFIDENCE = 0.95
RATES = (0.001, 0.003, 0.01, 0.03)
UNLIKELY = 1e-6
"""A right implementation fails a test of this module less often than so."""
DRAWS_ALONE = Settings(turn_files=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What central made of one test: whether bad files showed, and the bound that it states."""

    seen: RestoreSeen
    bad: int

    @property
    def detected(self) -> bool:
        return self.seen.outcome is Outcome.FAILED

    @property
    def was_drawn(self) -> bool:
        """Say whether a bad file was among those that the seed drew."""
        return self.seen.mismatched + self.seen.missing > 0

    @property
    def claims_wrongly(self) -> bool:
        """Say whether fewer bad files are claimed than there are."""
        if not self.seen.verified:
            return False
        bound = bad_share(self.seen, CONFIDENCE)
        assert bound is not None
        return self.bad / FILES > bound


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(FILES)


def trials(population: Population, rate: float, count: int) -> Iterator[Trial]:
    chance = random.Random(str(rate))
    bad = round(rate * FILES)
    for number in range(count):
        paths = chance.sample(population.paths, bad)
        faults = [Fault.ALTERED, Fault.CUT_SHORT, Fault.MISSING]
        checkpoint = (number + 1, Hash(hashlib.sha256(chance.randbytes(32)).hexdigest()))
        test = population.test(checkpoint, {path: chance.choice(faults) for path in paths})
        yield Trial(seen=judged(population, checkpoint, test), bad=bad)


def judged(population: Population, checkpoint: tuple[int, Hash], test) -> RestoreSeen:
    """Let central take the statement: manifest first, then the checkpoint, then the test."""
    evidence = making.told(population.manifest, at=population.signed_at)
    evidence = issued(evidence, *checkpoint, population.signed_at + timedelta(minutes=1))
    evidence = making.told(listing(population), test, after=evidence, at=population.now)
    return newest(evidence)


def listing(population: Population) -> RestorePoints:
    point = population.simulator.point
    known = RestorePoint(id=point.hashed_id, started_at=point.started_at)
    return RestorePoints(
        backup_set=making.SET, copy=making.COPY, tool=making.RESTIC, total=1, points=(known,)
    )


def newest(evidence: ServerEvidence) -> RestoreSeen:
    copy = evidence.copy(making.SET, making.COPY)
    assert copy is not None
    assert copy.restore is not None
    return copy.restore


def at_least(successes: int, of: int, probability: float) -> float:
    """Return how likely so many successes or more are (the exact binomial tail)."""
    return sum(
        comb(of, k) * probability**k * (1 - probability) ** (of - k)
        for k in range(successes, of + 1)
    )


def at_most(successes: int, of: int, probability: float) -> float:
    return at_least(of - successes, of, 1 - probability)


def chance_of_detection(bad: int) -> float:
    """Return how likely 299 of all files, drawn at random, have a bad one among them."""
    return 1 - comb(FILES - bad, SAMPLE_FILES) / comb(FILES, SAMPLE_FILES)


@pytest.mark.tools
@pytest.mark.parametrize("rate", RATES)
def test_the_stated_confidence_is_kept(population, rate):
    """And the draw detects as often as chance alone would.

    Not less often, as one that spares the bad, nor more often, as one that knows them.
    """
    made = list(trials(population, rate, TRIALS))
    wrong = sum(trial.claims_wrongly for trial in made)
    drawn = sum(trial.was_drawn for trial in made)
    detected = sum(trial.detected for trial in made)
    expected = chance_of_detection(round(rate * FILES))
    print(
        f"{rate:.1%} of {FILES} files bad: {detected} of {TRIALS} tests failed, {drawn} by the "
        f"files drawn ({expected * TRIALS:.1f} expected); {wrong} claims were false"
    )
    assert all(trial.detected or trial.seen.verified for trial in made)
    assert at_least(wrong, TRIALS, 1 - CONFIDENCE) > UNLIKELY / 3
    assert at_least(drawn, TRIALS, expected) > UNLIKELY / 3
    assert at_most(drawn, TRIALS, expected) > UNLIKELY / 3


def test_good_backups_pass_and_their_bound_is_what_is_promised(population):
    for trial in trials(population, 0, 5):
        assert trial.seen.verified, trial.seen.unverified_because
        assert (trial.seen.matched, trial.seen.population) == (SAMPLE_FILES, FILES)
        assert bad_share(trial.seen, CONFIDENCE) < 0.01


def test_many_bad_files_never_pass(population):
    assert all(trial.detected for trial in trials(population, 0.2, 5))


def test_a_damaged_pack_fails_when_one_of_its_files_is_asked_for(population):
    checkpoint = (1, Hash("ab" * 32))
    path = population.paths[0]
    everything = population.test(checkpoint, dict.fromkeys(population.paths, Fault.UNREADABLE))
    assert judged(population, checkpoint, everything).outcome is Outcome.FAILED
    good = population.test(checkpoint, {})
    drawn = {population.paths[each.index] for each in good.draws}
    one = population.test(checkpoint, {path: Fault.UNREADABLE}, DRAWS_ALONE)
    assert (one.outcome is Outcome.FAILED) is (path in drawn)
