"""The families about restore tests: when, how sure, how much, how long, how new."""

from __future__ import annotations

from datetime import datetime

from guardian.domain.snapshot import CopyFigures
from guardian.metrics.family import Family
from guardian.metrics.of_copies import COPY, of_copies, seconds


def _known(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _time_at_most(copy: CopyFigures) -> float | None:
    time = copy.restores.time
    return None if time is None else time.upper_seconds


def _time_measured(copy: CopyFigures) -> float | None:
    time = copy.restores.time
    return None if time is None else time.measured


def _files_covered(copy: CopyFigures) -> float | None:
    covered = copy.restores.coverage
    return None if covered is None else _share(covered.files_tested, covered.files)


def _bytes_covered(copy: CopyFigures) -> float | None:
    covered = copy.restores.coverage
    return None if covered is None else _share(covered.bytes_tested, covered.bytes)


def _share(part: int, whole: int) -> float | None:
    return min(part / whole, 1.0) if whole else None


RESTORES = (
    Family(
        name="guardian_restore_test_last_success_timestamp_seconds",
        help="When the newest verified restore test ended, in Unix seconds; 0: never.",
        labels=COPY,
        samples=of_copies(lambda copy: seconds(copy.restore_last_success_at)),
    ),
    Family(
        name="guardian_restore_test_duration_seconds",
        help="How long the newest verified restore test took; absent before the first.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.restore_duration_seconds),
    ),
    Family(
        name="guardian_restore_test_max_age_seconds",
        help="How old the newest verified restore test may be.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.restore_max_age.total_seconds()),
    ),
    Family(
        name="guardian_restore_test_due_timestamp_seconds",
        help="When a restore test must have been made anew, in Unix seconds; absent before one of "
        "each agreed kind.",
        labels=COPY,
        samples=of_copies(lambda copy: _known(copy.restores.due_at)),
    ),
    Family(
        name="guardian_restore_bad_share_bound_ratio",
        help="Share of files below which, with the agreed confidence, the bad ones stay; absent "
        "before a verified test of files.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.restores.bad_share_bound),
    ),
    Family(
        name="guardian_restore_coverage_ratio",
        help="Share of the files that restore tests have brought back so far; absent where none "
        "told.",
        labels=COPY,
        samples=of_copies(_files_covered),
    ),
    Family(
        name="guardian_restore_coverage_bytes_ratio",
        help="Share of the bytes that restore tests have brought back so far; absent where none "
        "told.",
        labels=COPY,
        samples=of_copies(_bytes_covered),
    ),
    Family(
        name="guardian_restore_proven_not_older_than_timestamp_seconds",
        help="Moment after which the newest restored data with a canary was certainly backed up, "
        "in Unix seconds; 0: never proven.",
        labels=COPY,
        samples=of_copies(lambda copy: seconds(copy.restores.proven_not_older_than)),
    ),
    Family(
        name="guardian_restore_time_estimate_seconds",
        help="How long a whole restore takes at most, measured or estimated; absent where nobody "
        "knows.",
        labels=COPY,
        samples=of_copies(_time_at_most),
    ),
    Family(
        name="guardian_restore_time_measured",
        help="1 if a whole restore was measured, 0 if its time is estimated from a sample; absent "
        "where nobody knows it.",
        labels=COPY,
        samples=of_copies(_time_measured),
    ),
    Family(
        name="guardian_restore_time_max_seconds",
        help="How long a whole restore may take.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.restores.max_time.total_seconds()),
    ),
    Family(
        name="guardian_restore_time_breach_timestamp_seconds",
        help="When growth is expected to take a whole restore past what it may, in Unix seconds; "
        "absent where that is not foreseeable.",
        labels=COPY,
        samples=of_copies(lambda copy: _known(copy.restores.breach_at)),
    ),
)
