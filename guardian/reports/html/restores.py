"""What restore tests showed of each copy: what came back, how sure that is, how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.wire.observations import Outcome

from guardian.domain import asked
from guardian.domain import words as plain_words
from guardian.domain.evidence import RestoreSeen, TestsOfKind
from guardian.domain.recovered import (
    COMPARED,
    FULL,
    bad_files,
    drawn,
    drew_all,
    newest_compared,
    newest_proven,
)
from guardian.domain.snapshot import CopyFigures, RestoreFigures, Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.reports.html import words

CONTROLS = ("restore.tested", "restore.proven", "restore.time")
TITLES = {
    "sample": "A sample of files",
    "full": "Everything",
    "database": "The database",
    "archive": "The archive, read to its end",
    "command": "A test of the operator's own",
}
"""Kinds of tests as the client reads them."""
_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.EXEMPT, Status.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """One test: of which kind, when, and what came of it."""

    status: Status
    title: str
    when: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that the tests of a copy show together, with its verdict where it has one."""

    name: str
    said: str
    status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An operator's question with the answer of the restored data."""

    name: str
    answer: str
    expected: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTests:
    """All that was tested of one copy; without `tests` nothing ever was."""

    where: str
    status: Status | None
    """The worst of what was agreed about its restores."""
    tests: tuple[TestLine, ...]
    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]


def copy_tests(snapshot: Snapshot) -> tuple[CopyTests, ...]:
    """Return what was tested of each copy, the worst first."""
    found = [_of_copy(copy, snapshot) for copy in snapshot.copies]
    return tuple(sorted(found, key=lambda each: (_badness(each.status), each.where)))


def _badness(status: Status | None) -> int:
    return _WORST_FIRST.index(status) if status is not None else len(_WORST_FIRST)


def _of_copy(copy: CopyFigures, snapshot: Snapshot) -> CopyTests:
    asset, shown = copy.asset, copy.restores
    findings = {one.control: one for one in snapshot.findings if one.asset == asset}
    statuses = [findings[control].status for control in CONTROLS if control in findings]
    lines = [line for known in shown.tests for line in _lines(known)]
    return CopyTests(
        where=words.place(asset.server, asset.backup_set, asset.copy),
        status=min(statuses, key=_badness, default=None),
        tests=tuple(sorted(lines, key=lambda line: _badness(line.status))),
        facts=tuple(_facts(shown, findings)),
        questions=tuple(_questions(shown)),
    )


def _lines(known: TestsOfKind) -> Iterator[TestLine]:
    """Yield what is known of one kind: its failure, its newest without an answer, its good one."""
    if known.standing_failed is not None:
        yield _line(known.standing_failed, Status.FAIL, _failed(known.standing_failed))
    newest = known.newest
    if not newest.verified and newest.outcome is not Outcome.FAILED:
        yield _line(newest, Status.UNKNOWN, _without_answer(newest))
    if known.last_good is not None:
        yield _line(known.last_good, Status.PASS, _came_back(known.last_good))


def _line(test: RestoreSeen, status: Status, said: str) -> TestLine:
    title = TITLES.get(test.test, str(test.test))
    return TestLine(status=status, title=title, when=words.clock(test.ended_at), said=said)


def _failed(test: RestoreSeen) -> str:
    bad = bad_files(test)
    files = f"; {words.count(bad, 'file')} came back wrong or not at all" if bad else ""
    return f"The test failed: {plain_words.why(test.reason)}{files}."


def _without_answer(test: RestoreSeen) -> str:
    if test.outcome is Outcome.PASSED:
        return (
            f"The server says that it passed, but that proves nothing: {test.unverified_because}."
        )
    return (
        f"The test was not made: {plain_words.why(test.reason)}. Nobody knows what it would show."
    )


def _came_back(test: RestoreSeen) -> str:
    took = f"in {plain_words.lasting(test.duration_seconds)}"
    if test.test in COMPARED:
        return f"{_restored(test)} restored {took}. {_compared(test)}"
    if test.database is not None:
        held = test.database
        tables, rows = plain_words.many(held.tables, "table"), plain_words.many(held.rows, "row")
        engine = plain_words.engine(held.engine)
        return f"Came to life in an empty {engine} {took}, and was read: {tables} with {rows}."
    if test.compared is not None:
        return f"{plain_words.many(test.compared.files, 'file')} read to the end {took}."
    return f"{_restored(test)} restored {took}."


def _restored(test: RestoreSeen) -> str:
    files = plain_words.many(test.files_restored, "file")
    return f"{files} ({plain_words.size(test.bytes_restored)})"


def _compared(test: RestoreSeen) -> str:
    """Say how files were compared, and own up to what could not be."""
    if test.matched == test.population:
        return f"{_all(test.matched)} byte for byte what was signed before."
    chosen = f"{plain_words.many(test.matched, 'file')} of {test.population:,}"
    said = f"{chosen}, drawn by chance, are byte for byte what was signed before"
    counted = test.compared
    if counted is not None and test.test == FULL:
        said += f"; by the server's own count {counted.matched:,} of {counted.files:,} are"
    elif counted is not None and counted.matched:
        said += f", and so are {counted.matched:,} more whose turn it was"
    if test.not_compared:
        said += (
            f"; {test.not_compared} of {drawn(test)} drawn had changed and could not be compared"
        )
    return f"{said}."


def _all(files: int) -> str:
    return "The one file is" if files == 1 else f"All {files:,} files are"


def _facts(shown: RestoreFigures, findings: dict[str, Finding]) -> Iterator[Fact]:
    yield from _sureness(shown)
    yield from _coverage(shown)
    time = findings.get("restore.time")
    yield Fact(
        name="A whole restore takes",
        said=_time(shown),
        status=None if time is None else time.status,
    )
    proven = findings.get("restore.proven")
    yield Fact(
        name="From when the data is",
        said=_age(shown),
        status=None if proven is None else proven.status,
    )
    due = "now" if shown.due_at is None else f"by {words.day(shown.due_at)}"
    yield Fact(name="New proof needed", said=due)


def _sureness(shown: RestoreFigures) -> Iterator[Fact]:
    bound = shown.bad_share_bound
    if bound is None:
        return
    sure = f"{plain_words.exactly(shown.confidence)} sure"
    said = f"We are {sure} that {plain_words.fewer_than(bound)} of the files are bad"
    newest = newest_compared(shown.tests)
    if bound <= 0 and newest is not None and drew_all(newest):
        said = "Every file that can be compared is good"
    agreed = f"agreed is {plain_words.exactly(shown.bad_share)} bad ones at most"
    status = Status.PASS if bound <= shown.bad_share else Status.UNKNOWN
    yield Fact(name="How sure that is", said=f"{said}; {agreed}.", status=status)


def _coverage(shown: RestoreFigures) -> Iterator[Fact]:
    covered = shown.coverage
    if covered is None:
        return
    files = plain_words.at_least(covered.files_tested, covered.files)
    data = plain_words.at_least(covered.bytes_tested, covered.bytes)
    said = f"{files} of the files, {data} of the data"
    if covered.untested_since is not None:
        said += f"; some wait since {words.day(covered.untested_since)} to be tested at all"
    elif covered.oldest_test_at is not None:
        said += f"; each since {words.day(covered.oldest_test_at)}"
    yield Fact(name="Brought back so far", said=f"{said}.")


def _time(shown: RestoreFigures) -> str:
    agreed = f"{words.span(shown.max_time)} agreed"
    time = shown.time
    if time is None:
        return f"Not known: no test measured it, and none lets it be estimated. {agreed}."
    upper = plain_words.lasting(time.upper_seconds)
    if time.measured:
        said = f"{words.sentence(upper)}, measured {words.day(time.test.ended_at)}"
        said += " and grown with the data since" if time.grown > 1 else ""
    else:
        lower = plain_words.lasting(time.lower_seconds)
        between = f"Between {lower} and {upper}"
        said = f"{words.sentence(upper) if lower == upper else between}, estimated from a sample"
    growth = ""
    if shown.breach_at is not None:
        growth = f" If it goes on growing so, that is passed about {words.day(shown.breach_at)}."
    return f"{said}; {agreed}.{growth}"


def _age(shown: RestoreFigures) -> str:
    """Say what is proven of the data's age, beside what the restore point claims."""
    newest = newest_proven(shown.tests)
    if newest is None or newest.proven_not_older_than is None:
        claimed = _claimed(_newest_good(shown))
        below = "; what the data answered stands below" if _has_answered(shown) else ""
        return f"Not proven: no marker of a known date came back{claimed}{below}."
    certain = words.clock(newest.proven_not_older_than)
    return f"Certainly not older than {certain}{_claimed(newest)}."


def _has_answered(shown: RestoreFigures) -> bool:
    return any(known.last_good is not None and known.last_good.answers for known in shown.tests)


def _newest_good(shown: RestoreFigures) -> RestoreSeen | None:
    good = [known.last_good for known in shown.tests if known.last_good is not None]
    return max(good, key=lambda test: test.ended_at, default=None)


def _claimed(test: RestoreSeen | None) -> str:
    if test is None or test.point_started_at is None:
        return ""
    return f"; the restore point itself claims {words.clock(test.point_started_at)}"


def _questions(shown: RestoreFigures) -> Iterator[Question]:
    """Yield each question with its newest answer, the wrong ones first."""
    newest = [known.standing_failed or known.last_good for known in shown.tests]
    given = [each for test in newest if test is not None for each in test.answers]
    for each in sorted(given, key=lambda each: each.holds is True):
        status = {True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}[each.holds]
        yield Question(
            name=str(each.answer.question),
            answer=asked.value(each),
            expected=asked.expected(each),
            status=status,
        )
