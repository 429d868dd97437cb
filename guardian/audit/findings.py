"""Recording what was judged: the current findings, their history, and a leaf for each change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from guardian.audit.leaves import Kind, change_digest
from guardian.audit.log import append
from guardian.domain.verdict import Finding, Status
from guardian.domain.words import later
from guardian.ports import FindingChange, Unit

ACTOR = "central"
JUDGED_WITHIN = timedelta(hours=1)
"""How long after a pass ran out the next judgement may come and still continue it: the longest
interval that a running central may be told to judge at."""


def record(unit: Unit, findings: Iterable[Finding], now: datetime) -> tuple[Finding, ...]:
    """Make these the current findings of their assets and controls, and return them as kept.

    A change enters the history at its beginning, which may lie before `now`, when the log says
    that it was found. Whether a status changed is decided here, by what the unit sees: a command
    may judge beside central, and one change must enter the history once.

    Raises:
        StoreError: they could not be written.
    """
    return tuple(_recorded(unit, finding, now) for finding in findings)


def _recorded(unit: Unit, finding: Finding, now: datetime) -> Finding:
    known = unit.finding(finding.asset, finding.control)
    stays = known is not None and known.status is finding.status
    if known is not None and stays:
        finding = replace(finding, since=known.since)
    lapsed = None if known is None else _lapse(known, now if stays else finding.since)
    if lapsed is not None:
        _log(unit, _change(lapsed), now)
        finding = replace(finding, since=now) if stays else finding
    if lapsed is not None or not stays:
        _log(unit, _change(finding), now)
    unit.put_finding(finding)
    return finding


def _lapse(known: Finding, began: datetime) -> Finding | None:
    """Return the time after a pass in which nobody judged: a proof that ran out proves no more."""
    until = known.holds_until
    if known.status is not Status.PASS or until is None or began <= later(until, JUDGED_WITHIN):
        return None
    return replace(
        known, status=Status.UNKNOWN, since=until, reason="the last proof ran out, and none judged"
    )


def drop(unit: Unit, findings: Iterable[Finding], now: datetime) -> None:
    """Remove findings of assets that are configured no more; their history stays, and ends.

    Nobody looks any more, so from now on the history says that nothing is known.

    Raises:
        StoreError: they could not be removed.
    """
    for finding in findings:
        ended = replace(finding, status=Status.UNKNOWN, since=now, reason="configured no more")
        _log(unit, _change(ended), now)
        unit.drop_finding(finding)


def _change(finding: Finding) -> FindingChange:
    asset = finding.asset
    return FindingChange(
        client=asset.client,
        server=asset.server,
        backup_set=asset.backup_set,
        copy=asset.copy,
        control=finding.control,
        at=finding.since,
        status=finding.status,
        reason=finding.reason,
    )


def _log(unit: Unit, change: FindingChange, now: datetime) -> None:
    unit.add_change(change)
    append(
        unit,
        change.client,
        Kind.FINDING,
        at=now,
        actor=ACTOR,
        digest=change_digest(change),
        detail={
            "server": change.server,
            "backup_set": change.backup_set,
            "copy": change.copy,
            "control": change.control,
            "status": change.status.value,
        },
    )
