"""What a check is: one control, one pure function, its own thresholds.

A check is a module in `guardian/checks/` with one constant `CHECK`; nothing else lives there and no
list is edited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from guardian.domain.asset import Asset, ServerPlan, Severity, Subject
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Verdict

S = TypeVar("S")


def everywhere(plan: ServerPlan) -> bool:  # noqa: ARG001 - what is about every server asks none
    """Say that a control is about every server."""
    return True


def whichever(plan: ServerPlan, asset: Asset) -> bool:  # noqa: ARG001 - the same
    """Say that a control is about every asset of its kind."""
    return True


def always(settings: object) -> bool:  # noqa: ARG001 - what holds by default asks none
    """Say that a control's defaults are an agreement already."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a check is asked: this asset of this plan, with what is known about its server."""

    asset: Asset
    plan: ServerPlan
    evidence: ServerEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[S]):
    """One control. `judge` is total: it returns one verdict for one asset, always."""

    control: str
    title: str
    why: str
    """The consequence if it does not hold, for the client's report."""
    remedy: str
    """What the operator does about it."""
    applies_to: Subject
    severity: Severity
    settings: type[S]
    judge: Callable[[Case, S, datetime], Verdict]
    is_about: Callable[[ServerPlan], bool] = everywhere
    """Which servers, and copies on them, it is agreed for."""
    is_agreed: Callable[[S], bool] = always
    """Whether its settings agree on anything: what nobody agreed on has no finding at all."""
    concerns: Callable[[ServerPlan, Asset], bool] = whichever
    """Which of the assets that it applies to it is agreed for."""


AnyCheck = Check[Any]
