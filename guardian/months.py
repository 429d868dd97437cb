"""A client's month as facts: what every report format writes down, each in its own way.

Nothing here is said in words or rounded: times are UTC in ISO 8601, lengths are seconds, states are
the words of the interfaces. Reasons are English, the language they were judged in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from guardian.domain.asset import Asset
from guardian.domain.figures import weight
from guardian.domain.history import FindingChange, Period, ServiceLevel, periods, service_levels
from guardian.domain.requirement.insurance import Reply
from guardian.domain.snapshot import CopyFigures, ServerFigures
from guardian.domain.verdict import Finding, Status
from guardian.errors import ReportError
from guardian.ports import ReportInput

Cell = str | int | float | bool | None
LONGEST = 2000
"""Characters of one value that are shown: a name of a megabyte must not bury a report."""
WHERE = ("server", "backup_set", "copy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Facts of one kind."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def own(month: ReportInput) -> ReportInput:
    """Keep what is this client's: a snapshot covers the whole fleet."""
    whose, shot = month.client_id, month.snapshot
    kept = replace(
        shot,
        findings=tuple(sorted((f for f in shot.findings if f.asset.client == whose), key=weight)),
        copies=tuple(one for one in shot.copies if one.asset.client == whose),
        servers=tuple(one for one in shot.servers if one.client == whose),
    )
    changes = tuple(change for change in month.changes if change.client == whose)
    return replace(month, snapshot=kept, changes=changes)


def end(month: ReportInput) -> datetime:
    """Return where the figures end: the month's end, or the moment of building within it.

    Raises:
        ReportError: when the month had not begun at the time of building.
    """
    until = min(month.month_end, month.built_at)
    if until <= month.month_start:
        raise ReportError(
            f"{month.month_start:%Y-%m} has not begun at {moment(month.built_at)}:"
            " there is nothing to report; name an earlier month"
        )
    return until


def head(month: ReportInput) -> Mapping[str, Cell]:
    """Return whose month it is, and up to when and when it was judged.

    Raises:
        ReportError: when the month had not begun at the time of building.
    """
    until = end(month)
    return {
        "client": visible(month.client_id),
        "client_name": visible(month.client_name),
        "provider": visible(month.provider_name),
        "month": f"{month.month_start:%Y-%m}",
        "from": moment(month.month_start),
        "until": moment(until),
        "is_over": until == month.month_end,
        "judged_at": moment(month.snapshot.judged_at),
        "built_at": moment(month.built_at),
    }


def tables(month: ReportInput) -> tuple[Table, ...]:
    """Return all facts of a client's month; what else the snapshot holds stays out.

    Raises:
        ReportError: when the month had not begun at the time of building.
    """
    until, month = end(month), own(month)
    shot = month.snapshot
    return (
        _table("findings", _FINDING, map(_finding, shot.findings)),
        _table("copies", _COPY, map(_copy, shot.copies)),
        _table("servers", _SERVER, map(_server, shot.servers)),
        _table("levels", _LEVEL, _levels(month, until)),
        _table("periods", _PERIOD, _periods(month, until)),
        _table("changes", _CHANGE, _changes(month)),
        _table("requirements", _REQUIREMENT, _requirements(month)),
        _table("insurance", _INSURANCE, map(_reply, month.insurance)),
    )


def visible(text: str) -> str:
    """Replace what cannot be seen: controls, direction marks, lone surrogates, line separators."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}…"


def moment(when: datetime) -> str:
    """Write a moment ("2026-11-21T07:00:00Z")."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


_FINDING = (
    *WHERE, "control", "status", "judged_status", "severity", "reason", "since", "holds_until",
    "rung", "accepted_by", "accepted_until", "remedy",
)  # fmt: skip
_COPY = (
    *WHERE, "rung", "newest_complete_at", "max_age_seconds", "size_bytes", "restored_at",
    "restore_seconds", "restore_max_age_seconds", "restore_due_at", "restore_max_seconds",
    "restore_expected_seconds", "proven_not_older_than", "bad_share_bound", "encrypted",
)  # fmt: skip
_SERVER = ("server", "last_statement_at", "clock_skew_seconds", "agent_version", "readable_files")
_LEVEL = (*WHERE, "control", *(f"{status.value}_seconds" for status in Status))
_PERIOD = (*WHERE, "control", "status", "from", "until", "reason")
_CHANGE = (*WHERE, "control", "status", "at", "reason")
_REQUIREMENT = (
    "standard", "requirement", "title", "answer", "attested", "controls", "reason", "holds_until",
    "id_checked",
)  # fmt: skip
_INSURANCE = (
    "question", "title", "answer", "figure", "reason", "statement", "owner", "said_on",
    "holds_until",
)  # fmt: skip


def _table(name: str, columns: Sequence[str], rows: Iterator[tuple[Cell, ...]]) -> Table:
    shown = (tuple(visible(c) if isinstance(c, str) else c for c in row) for row in rows)
    return Table(name=name, columns=tuple(columns), rows=tuple(shown))


def _finding(found: Finding) -> tuple[Cell, ...]:
    return (
        *_place(found.asset),
        found.control,
        found.status.value,
        found.judged_status.value,
        found.severity.value,
        found.reason,
        moment(found.since),
        _maybe(found.holds_until),
        int(found.evidence),
        found.exempt_owner,
        _maybe(found.exempt_until),
        found.remedy,
    )


def _copy(copy: CopyFigures) -> tuple[Cell, ...]:
    tested = copy.restores
    return (
        *_place(copy.asset),
        int(copy.rung),
        _maybe(copy.last_complete_at),
        None if copy.max_age is None else copy.max_age.total_seconds(),
        copy.size_bytes,
        _maybe(copy.restore_last_success_at),
        copy.restore_duration_seconds,
        copy.restore_max_age.total_seconds(),
        _maybe(tested.due_at),
        tested.max_time.total_seconds(),
        None if tested.time is None else tested.time.upper_seconds,
        _maybe(tested.proven_not_older_than),
        tested.bad_share_bound,
        copy.encrypted.value,
    )


def _server(server: ServerFigures) -> tuple[Cell, ...]:
    return (
        server.server,
        _maybe(server.last_statement_at),
        server.clock_skew_seconds,
        server.agent_version,
        sum(items for _, items in server.exposed),
    )


def _levels(month: ReportInput, until: datetime) -> Iterator[tuple[Cell, ...]]:
    for level in service_levels(month.changes, month.month_start, until):
        yield (*_place(level), level.control, *(level.seconds[status] for status in Status))


def _periods(month: ReportInput, until: datetime) -> Iterator[tuple[Cell, ...]]:
    """Yield when something did not hold; what passes needs no row."""
    for one in periods(month.changes, month.month_start, until):
        if one.status is not Status.PASS:
            span = moment(one.start), moment(one.end)
            yield (*_place(one), one.control, one.status.value, *span, one.reason)


def _changes(month: ReportInput) -> Iterator[tuple[Cell, ...]]:
    for one in month.changes:
        yield (*_place(one), one.control, one.status.value, moment(one.at), one.reason)


def _requirements(month: ReportInput) -> Iterator[tuple[Cell, ...]]:
    """Yield what is evidence for each requirement of the standards that were agreed on."""
    for standard in month.standards:
        for one in standard.answers:
            asked, said = one.requirement, one.said
            yield (
                standard.standard.name,
                asked.id,
                asked.title,
                said.answer.value,
                said.attested,
                ", ".join(asked.controls),
                said.reason,
                _maybe(said.until),
                asked.is_checked,
            )


def _reply(reply: Reply) -> tuple[Cell, ...]:
    return (
        reply.question.id,
        reply.question.title,
        reply.answer.value,
        reply.figure,
        reply.behind,
        reply.statement or None,
        reply.owner or None,
        None if reply.said_on is None else reply.said_on.isoformat(),
        _maybe(reply.until),
    )


def _place(
    thing: Asset | FindingChange | Period | ServiceLevel,
) -> tuple[str, str | None, str | None]:
    return thing.server, thing.backup_set, thing.copy


def _maybe(when: datetime | None) -> str | None:
    return None if when is None else moment(when)
