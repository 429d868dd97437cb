"""What verified restore tests show of the data: how much of it may be bad, and from when it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Coverage
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES

from guardian.domain.confidence import bad_share_bound
from guardian.domain.evidence import CopyEvidence, RestoreSeen, TestsOfKind
from guardian.domain.words import later

COMPARED = frozenset({Slug("sample"), Slug("full")})
"""Kinds of tests that draw files and compare them with hashes signed before."""
ASKED = frozenset({Slug("database"), Slug("command")})
"""Kinds of tests that ask the operator's questions."""
FULL = Slug("full")


def drawn(test: RestoreSeen) -> int:
    """Return how many files the seed drew."""
    return test.matched + test.mismatched + test.missing + test.not_compared


def drew_all(test: RestoreSeen) -> bool:
    """Say whether every file was drawn: what is said of the whole then is no estimate."""
    return drawn(test) >= test.population


def bad_share(test: RestoreSeen, confidence: float) -> float | None:
    """Return the share of files that stays below which at that confidence; None: none was drawn.

    The bound speaks of the files that can be compared. Those drawn that could not be are left out
    of the population, as long as a whole sample may have as many (101 of 400); beyond that, what
    was compared no longer stands for the rest, and every file counts that was not.
    """
    if test.test not in COMPARED:
        return None
    whole_sample = test.matched * MAX_DRAWS >= drawn(test) * SAMPLE_FILES
    left_out = test.not_compared if whole_sample else 0
    return bad_share_bound(test.matched, test.population - left_out, confidence)


def brought_back(test: RestoreSeen) -> bool:
    """Say whether a verified test restored the data, and did not only read it to its end."""
    return test.test in COMPARED | ASKED


def is_whole(test: RestoreSeen) -> bool:
    """Say whether a verified test brought all of its restore point back, and measured that.

    A database may be one file among many, and a command may have asked for some paths alone; then
    it tells no size of the whole.
    """
    if test.duration_seconds <= 0:
        return False
    told = max(test.whole_files, test.whole_bytes) > 0
    return test.test == FULL or (test.test in ASKED and told)


def bad_files(test: RestoreSeen) -> int:
    """Return how many files certainly came back wrong or not at all."""
    among_drawn = test.mismatched + test.missing
    counted = 0 if test.compared is None else test.compared.mismatched + test.compared.missing
    # A full test counts every file, those drawn among them; a sample those beside them.
    return max(among_drawn, counted) if test.test == FULL else among_drawn + counted


def good_tests(copy: CopyEvidence) -> list[RestoreSeen]:
    """Return the newest verified test of each kind."""
    return [known.last_good for known in copy.tests if known.last_good is not None]


def newest_compared(tests: Sequence[TestsOfKind]) -> RestoreSeen | None:
    """Return the newest verified test that compared files with what was signed before."""
    good = [known.last_good for known in tests if known.last_good is not None]
    compared = [test for test in good if test.test in COMPARED]
    return max(compared, key=lambda test: test.ended_at, default=None)


def standing_failures(copy: CopyEvidence) -> list[RestoreSeen]:
    """Return the failed tests that no verified pass of their kind has followed, the newest first.

    A pass of one kind says nothing of what another kind found.
    """
    failed = [known.standing_failed for known in copy.tests if known.standing_failed is not None]
    return sorted(failed, key=lambda test: test.ended_at, reverse=True)


def test_due(copy: CopyEvidence, kinds: Sequence[str], max_age: timedelta) -> datetime | None:
    """Return until when a test must be made again; None before the first of each named kind."""
    ended = {test.test: test.ended_at for test in good_tests(copy)}
    if not kinds:
        newest = max(ended.values(), default=None)
        return None if newest is None else later(newest, max_age)
    if any(kind not in ended for kind in kinds):
        return None
    return later(min(ended[Slug(kind)] for kind in kinds), max_age)


def newest_coverage(copy: CopyEvidence) -> tuple[RestoreSeen, Coverage] | None:
    """Return the newest verified test that says how much was brought back so far."""
    telling = [(test, test.coverage) for test in good_tests(copy) if test.coverage is not None]
    return max(telling, key=lambda pair: pair[0].ended_at, default=None)


def waiting_since(test: RestoreSeen, coverage: Coverage) -> datetime | None:
    """Return when the file that waits longest was last brought back, or first seen if never.

    None where nobody told, or what was told contradicts itself. No date lies after the test's end:
    the same test stated again brings nothing back.
    """
    if coverage.files_tested < coverage.files and coverage.untested_since is None:
        return None
    if coverage.files_tested > coverage.files or coverage.bytes_tested > coverage.bytes:
        return None
    moments = (coverage.untested_since, coverage.oldest_test_at)
    oldest = min((moment for moment in moments if moment is not None), default=None)
    return None if oldest is None else min(oldest, test.ended_at)


def canary_lag(test: RestoreSeen) -> timedelta | None:
    """Return how long before its restore point's beginning the canary is from; None: not known."""
    if test.proven_not_older_than is None or test.point_started_at is None:
        return None
    return test.point_started_at - test.proven_not_older_than


def answered_all(test: RestoreSeen) -> bool:
    """Say whether a test asked at least one question, and each answer is as expected."""
    return bool(test.answers) and all(each.holds is True for each in test.answers)


def newest_proven(tests: Sequence[TestsOfKind]) -> RestoreSeen | None:
    """Return the newest verified test that gave back a canary known to central."""
    good = [known.last_good for known in tests if known.last_good is not None]
    proven = [test for test in good if test.proven_not_older_than is not None]
    return max(proven, key=lambda test: test.ended_at, default=None)


def is_proof(test: RestoreSeen, max_lag: timedelta) -> bool:
    """Say whether a verified test proves the recovery of all of a restore point, in measured time.

    That is a full, database or command test of the whole that answered its questions or gave back a
    canary not too old for its restore point; files alone are proven by the canary.
    """
    if not is_whole(test):
        return False
    lag = canary_lag(test)
    if lag is not None and lag > max_lag:
        return False
    if lag is None and test.canary_expected:
        return False
    return lag is not None or (test.test in ASKED and answered_all(test))
