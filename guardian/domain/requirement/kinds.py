"""What a standard is: requirements, each with the controls that are evidence for it.

A standard is a module in `guardian/domain/standards/` with one constant `STANDARD`; nothing else
lives there and no list is edited. It has the requirements' ids as the standard has them, and our
own words: no text of a standard is copied, and nothing here says that anybody complies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from guardian.domain.asset import ServerPlan
from guardian.domain.requirement.declared import CertifiedMeans
from guardian.domain.snapshot import CopyFigures, ServerFigures
from guardian.domain.verdict import Finding


class Answer(StrEnum):
    """What is known that bears on a requirement. Only `EVIDENCE` is good."""

    EVIDENCE = "evidence"
    """Something proves it, as far as Guardian looks."""
    CONTRARY = "contrary"
    """What is known speaks against it."""
    UNKNOWN = "unknown"
    NOT_COVERED = "not_covered"
    """Guardian judges nothing, or not all, that the requirement asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer with its reason."""

    answer: Answer
    reason: str
    until: datetime | None = None
    """The last moment at which it holds if nothing new comes; None: time alone changes nothing."""
    attested: bool = False
    """It rests on a person's word as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One client, judged: whatever else is known of the fleet stays out of it."""

    plans: tuple[ServerPlan, ...]
    findings: tuple[Finding, ...]
    copies: tuple[CopyFigures, ...]
    servers: tuple[ServerFigures, ...]
    means: tuple[CertifiedMeans, ...]
    installed: frozenset[str]
    """The controls that this version judges."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What must be agreed for a control, where the standard itself names a number."""

    control: str
    key: str
    """The setting of the control (`max_age`)."""
    at_most: timedelta | None = None
    """More than that speaks against the requirement."""
    at_least: timedelta | int | None = None
    """With less, or nothing, that the control holds says nothing about the requirement."""


Rule = Callable[[Case, tuple[str, ...]], Said]
"""Answers a requirement that asks more, or less, than that its controls hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement of a standard."""

    id: str
    """As the standard has it."""
    title: str
    """What it is about, in our own words."""
    controls: tuple[str, ...] = ()
    """All of them must hold wherever they are agreed, and on every server; none: not covered."""
    limits: tuple[Limit, ...] = ()
    rule: Rule | None = None
    is_checked: bool = True
    """False where the id was not yet held against the standard's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One standard as a preset."""

    name: str
    """As `[client] standards` has it."""
    title: str
    applies: str
    """To whom it applies: whether it does, Guardian cannot know."""
    source: str
    """Which edition, and where its text stands."""
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One requirement with what is known that bears on it."""

    requirement: Requirement
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAnswered:
    """All requirements of one standard, for one client."""

    standard: Standard
    answers: tuple[Answered, ...]
