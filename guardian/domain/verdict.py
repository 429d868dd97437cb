"""Verdicts and findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guardian.domain.asset import Asset, Exemption, Severity
from guardian.domain.calendar import Pause
from guardian.domain.ladder import Rung


class Status(StrEnum):
    """What holds. `UNKNOWN` is never passing; `EXEMPT` is somebody's accepted risk."""

    PASS = "pass"  # noqa: S105 - a status, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check says of one asset.

    `holds_until` is the last moment at which it holds if nothing new comes; None: time alone does
    not change it. `since` is when it began, where the check can tell (a limit that was passed).
    """

    status: Status
    reason: str
    holds_until: datetime | None = None
    since: datetime | None = None
    excused_by: Pause | Exemption | None = None
    """The agreed pause, or the risk accepted for a part of the asset, that is all that is wrong
    until `holds_until`."""


def passes(reason: str, holds_until: datetime | None = None) -> Verdict:
    """Proof is there, until `holds_until`."""
    return Verdict(status=Status.PASS, reason=reason, holds_until=holds_until)


def fails(
    reason: str, holds_until: datetime | None = None, *, since: datetime | None = None
) -> Verdict:
    """It certainly does not hold, `since` the moment it became so."""
    return Verdict(status=Status.FAIL, reason=reason, holds_until=holds_until, since=since)


def unknown(
    reason: str, holds_until: datetime | None = None, *, since: datetime | None = None
) -> Verdict:
    """Nobody knows; that is never a pass."""
    return Verdict(status=Status.UNKNOWN, reason=reason, holds_until=holds_until, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict of one control on one asset, with its reason and since when."""

    asset: Asset
    control: str
    status: Status
    severity: Severity
    reason: str
    since: datetime
    holds_until: datetime | None
    evidence: Rung
    remedy: str
    """What to do about it, for the operator."""
    judged_status: Status
    """The verdict without the exemption: an exempt control is still judged."""
    exempt_until: datetime | None = None
    exempt_owner: str | None = None
    evidence_until: datetime | None = None
    """When the rung in `evidence` falls if nothing new comes."""
