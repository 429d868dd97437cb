"""What restore tests and checks brought, in words for the technician who waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from guardian_agent.cli._amounts import count, size
from guardian_agent.restore.questions import holds
from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.restores import Answer, Comparison, DrawResult, RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason

Result = RestoreTest | Integrity

_COMPARING = ("sample", "full")
_EXPECTED = {
    Comparison.AT_LEAST: "at least",
    Comparison.AT_MOST: "at most",
    Comparison.EQUAL: "exactly",
}
_NOT_COMPARED = (DrawResult.CHANGED, DrawResult.NOT_HASHED, DrawResult.NOT_IN_POINT)
_HINTS = {
    Reason.NO_CHECKPOINT: "run `guardian-agent run` first; central's receipt brings a checkpoint",
    Reason.NOTHING_COMPARABLE: "let a pass run, then a backup, then test again",
    Reason.NO_RESTORE_POINT: "the copy has no restore point of this backup set yet",
    Reason.NOTHING_RESTORED: "the restore ended well, and there is nothing in it",
    Reason.QUOTA_EXCEEDED: "give the test more room: room_bytes, restore_bytes, memory_bytes",
    Reason.TIMEOUT: "give the test more time: within, limits.restore_seconds",
    Reason.TOOL_MISSING: "install the tool; guardian-agent doctor names it",
    Reason.TOOL_UNTRUSTED: "let root own it, and nobody else write it; see guardian-agent doctor",
    Reason.LOCKED: "something else holds the repository's lock",
    Reason.UNSUPPORTED: "nothing here can restore it: an unknown form, or encrypted by other means",
    Reason.INTERRUPTED: "it was ended from outside; it stays due",
}


def heading(fact: Result) -> tuple[str, str, str]:
    """Return of what it is, what was done, and how that ended."""
    what = "integrity" if isinstance(fact, Integrity) else fact.test
    return f"{fact.backup_set}/{fact.copy}", what, ended(fact.outcome, fact.reason)


def details(fact: Result) -> list[str]:
    """Return what there is to say about it, a line each."""
    return list(_check(fact) if isinstance(fact, Integrity) else _test(fact))


def summary(fact: Result) -> str:
    """Say it in one line."""
    return "; ".join((heading(fact)[2], *details(fact)))


def ended(outcome: Outcome, reason: Reason) -> str:
    """Say how something ended ("not performed: no checkpoint"); a failure is hard to overlook."""
    word = _plain(outcome)
    shown = word.upper() if outcome is Outcome.FAILED else word
    return shown if reason is Reason.NONE else f"{shown}: {_plain(reason)}"


def _check(fact: Integrity) -> Iterator[str]:
    took = f"{fact.data_read:.0%} of the data read in {_seconds(fact.duration_seconds)}"
    yield f"part {fact.part} of {fact.parts}, {took}" if fact.parts > 1 else took
    yield from _hint(fact)


def _test(fact: RestoreTest) -> Iterator[str]:
    if fact.test in _COMPARING:
        yield from _compared(fact)
    elif fact.compared is not None and fact.compared.files:
        verb = "read to the end" if fact.test == "archive" else "looked at"
        amount = f", {size(fact.compared.bytes)}" if fact.compared.bytes else ""
        yield f"{count(fact.compared.files, 'file')} {verb}{amount}"
    yield from _database(fact)
    yield from (_answer(answer, fact.point_started_at) for answer in fact.answers)
    if fact.files_restored:
        what = f"{count(fact.files_restored, 'file')}, {size(fact.bytes_restored)}"
        yield f"{what} restored in {_seconds(fact.duration_seconds)}"
    yield from _coverage(fact)
    yield from _age(fact)
    yield from _hint(fact)


def _compared(fact: RestoreTest) -> Iterator[str]:
    """Say how the files compared; of a full test, the counts of all include those drawn."""
    results = Counter(draw.result for draw in fact.draws)
    matched, mismatched = results[DrawResult.MATCHED], results[DrawResult.MISMATCHED]
    missing, left_out = results[DrawResult.MISSING], sum(results[each] for each in _NOT_COMPARED)
    others = fact.compared
    if others is not None and fact.test == "full":
        matched = mismatched = missing = left_out = 0
    if others is not None:
        matched, mismatched = matched + others.matched, mismatched + others.mismatched
        missing, left_out = missing + others.missing, left_out + others.changed
    compared = matched + mismatched + missing
    if not compared:
        return
    bad = [f"{mismatched} DIFFERENT"] * bool(mismatched) + [f"{missing} MISSING"] * bool(missing)
    said = ", ".join(bad) or ("as signed" if compared == 1 else "all as signed")
    yield f"{count(compared, 'file')} restored and compared, {said}"
    if left_out:
        yield f"{count(left_out, 'file')} could not be compared: changed before the backup"


def _database(fact: RestoreTest) -> Iterator[str]:
    known = fact.database
    if known is None:
        return
    version = "" if known.engine_version is None else f" {known.engine_version}"
    what = f"{count(known.tables, 'table')}, {count(known.rows, 'row')}, {size(known.bytes)}"
    notices = f"; {count(known.notices, 'benign message')}" if known.notices else ""
    yield f"{what} in {known.engine}{version}{notices}"


def _answer(answer: Answer, point_at: datetime | None) -> str:
    if answer.reason is not Reason.NONE:
        return f"{answer.question}: NO ANSWER{_because(answer.reason)}, {_expectation(answer)}"
    value = f"{answer.number:.15g}" if answer.number is not None else ""
    value = _minute(answer.moment) if answer.moment is not None else value
    good = point_at is not None and holds(answer, point_at)
    return f"{answer.question}: {value}, {_expectation(answer)}{'' if good else ': WRONG'}"


def _because(reason: Reason) -> str:
    return "" if reason is Reason.NO_ANSWER else f" ({_plain(reason)})"


def _expectation(answer: Answer) -> str:
    if answer.comparison is Comparison.NEWER_THAN:
        span = format_duration(timedelta(seconds=answer.expected))
        return f"expected at most {span} before the restore point"
    return f"expected {_EXPECTED[answer.comparison]} {answer.expected:.15g}"


def _coverage(fact: RestoreTest) -> Iterator[str]:
    known = fact.coverage
    if known is None or not known.files:
        return
    share = f"{known.files_tested / known.files:.0%}"
    since = known.untested_since
    waits = "" if since is None else f"; the longest untested since {since:%Y-%m-%d}"
    yield f"so far {known.files_tested} of {count(known.files, 'file')} tested ({share}){waits}"


def _age(fact: RestoreTest) -> Iterator[str]:
    if fact.point_started_at is not None:
        yield f"restore point of {_minute(fact.point_started_at)}"
    if fact.canary is not None:
        yield f"canary {fact.canary.tree_size} came back"
    elif fact.canary_expected and fact.files_restored:
        yield "the canary DID NOT COME BACK"


def _hint(fact: Result) -> Iterator[str]:
    if fact.outcome is not Outcome.PASSED and fact.reason in _HINTS:
        yield _HINTS[fact.reason]


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else format_duration(timedelta(seconds=seconds))  # noqa: PLR2004


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(word: str) -> str:
    return word.replace("_", " ")
