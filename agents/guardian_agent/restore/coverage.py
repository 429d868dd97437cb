"""How much of a backup set restore tests of one copy have brought back so far.

Every kind of test that compares files with the signed manifest notes here what came back as it was
signed: `numbered` gives the files with the numbers to note, `mark` notes them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import UTC, datetime
from itertools import repeat

from guardian_agent.restore.index import Row, moment_of
from guardian_agent.restore.ledger import read_ledger
from guardian_agent.restore.livedata import nanoseconds
from guardian_agent.restore.manifest import fitting_index
from guardian_agent.restore.records import Record, read
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.restores import Coverage

_NEVER = 2**32
"""Later than any time that an index can hold."""


class Marks:
    """A set of files by their numbers, a byte each: a full test has millions."""

    def __init__(self) -> None:
        self._known = bytearray()

    def add(self, number: int) -> None:
        """Add the file of this number."""
        missing = number + 1 - len(self._known)
        if missing > 0:
            self._known.extend(bytes(missing + len(self._known)))
        self._known[number] = 1

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number < len(self._known) and bool(self._known[number])


def numbered(files: Files, manifest: str) -> Iterator[tuple[Record, int | None]]:
    """Yield every file of the signed manifest with its number; None where there is no index.

    Raises:
        StateError: the manifest is damaged.
        OSError: it cannot be read.
    """
    index = fitting_index(files, manifest)
    rows: Iterator[Row | None] = repeat(None) if index is None else index.rows(files)
    records = (item for item in read(files, manifest) if isinstance(item, Record))
    for record, row in zip(records, rows, strict=False):
        yield record, None if row is None else row.number


def mark(
    files: Files,
    manifest: str,
    ledger: str,
    at: datetime,
    tested: Container[int],
    bad: Container[int] = frozenset(),
) -> Coverage | None:
    """Note the files that a test brought back as they were signed, and return the coverage.

    A pass may have signed a newer manifest meanwhile: numbers mean the same files in it, and what
    was first seen after `at` was not tested.

    Args:
        files: the machine's files.
        manifest: the signed manifest.
        ledger: the copy's ledger.
        at: when the test was begun, not later than the manifest was read.
        tested: the numbers of these files.
        bad: the numbers of files that came back wrong or not at all.

    Returns:
        None where the manifest has no index: nothing is noted then.

    Raises:
        OSError: the ledger cannot be written.
    """
    index = fitting_index(files, manifest)
    if index is None:
        return None
    known, moment = read_ledger(files, ledger, index.summary), moment_of(nanoseconds(at))
    times = known.times()
    files_tested = bytes_tested = 0
    oldest, waiting = moment, _NEVER
    for size, _, seen, number, _, _ in index.plain_rows(files):
        if number in tested and seen <= moment:
            known.mark(number, moment)
        elif number in bad:
            known.mark_bad(number)
        if seen <= times[number] <= moment:
            files_tested += 1
            bytes_tested += size
            oldest = min(oldest, times[number])
        else:
            waiting = min(waiting, seen)
    known.write(files, ledger)
    return Coverage(
        files=index.summary.files,
        bytes=index.summary.bytes,
        files_tested=files_tested,
        bytes_tested=bytes_tested,
        untested_since=None if waiting == _NEVER else _moment(waiting),
        oldest_test_at=_moment(oldest) if files_tested else None,
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
