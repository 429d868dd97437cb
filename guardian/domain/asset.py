"""What must hold: clients, servers, backup sets, copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from guardian.domain.calendar import Calendar, Pause
from guardian.domain.lifecycle import Aside


class Subject(StrEnum):
    """What a control is about."""

    SERVER = "server"
    SET = "backup set"
    COPY = "copy"


class Severity(StrEnum):
    """How loud a failing control is; alert routing and the order of `status` follow it."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Asset:
    """One thing a control is judged on: a server, one of its backup sets, or a copy of that.

    `backup_set` and `copy` are None for a server, `copy` alone for a backup set.
    """

    client: str
    server: str
    backup_set: str | None = None
    copy: str | None = None

    @property
    def subject(self) -> Subject:
        """Return what kind of thing this is."""
        if self.backup_set is None:
            return Subject.SERVER
        return Subject.SET if self.copy is None else Subject.COPY

    def __str__(self) -> str:
        parts = (self.client, self.server, self.backup_set, self.copy)
        return "/".join(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A risk somebody accepted: with a reason, an owner and an end, or not at all."""

    reason: str
    owner: str
    expires: date
    """The first day on which the control bites again, in the client's time zone (UTC midnight)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """Live data that somebody accepts to be in no backup, by what its area is called."""

    area: str
    exemption: Exemption


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What applies to one asset and one control, resolved from all levels of configuration."""

    settings: Any
    """The check's own `Settings` dataclass."""
    severity: Severity
    exemption: Exemption | None = None
    origin: str = "default"
    """Where the deciding lines stand ("clients.d/acme.toml: policy.'backup.fresh'")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """An asset with what was agreed for each control that applies to it."""

    asset: Asset
    agreements: dict[str, Agreement]
    """control -> agreement"""


class Media(StrEnum):
    """On what a copy is kept: what one cause destroys at once is one kind."""

    DISK = "disk"
    NAS = "nas"
    OBJECT = "object"
    TAPE = "tape"
    OPTICAL = "optical"
    REMOVABLE = "removable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """A copy of a backup set that must be there, and where the operator says that it lies.

    None: not told, which is neither the same as elsewhere nor as the next copy.
    """

    backup_set: str
    copy: str
    place: str | None = None
    """The site, by the provider's own name for it: what one fire or one flood reaches."""
    media: Media | None = None
    offsite: bool | None = None
    """Whether it lies away from the server's own site."""
    witness: str | None = None
    """The kind of storage that central looks at itself; None: nobody but the agent looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """A server the provider looks after: what its agent must speak about."""

    client: str
    server: str
    interval: timedelta
    """How often the agent should speak."""
    exposures: tuple[str, ...] = ()
    """Names of the watched places that must be reported."""
    volumes: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    """Names of what else must be reported, with its settings."""
    custody_of: str | None = None
    """The other client whose data the provider holds here."""
    gone_by: date | None = None
    """The first day on which that data must be gone (UTC midnight)."""
    offboarded: date | None = None
    """The day on which the client left whose data lies here."""
    copies: tuple[CopyPlan, ...] = ()
    """Every copy of every backup set."""
    calendar: Calendar | None = None
    """What schedules mean in the server's zone."""
    pauses: tuple[Pause, ...] = ()
    """Agreed times without runs, in their order, none over another."""
    aside: Aside | None = None
    """Since when and why it is parked or retired; None: it is in use."""
    longest_silence: timedelta | None = None
    """How long a server that is not always on may be silent; None: it is always on."""
    uncovered: tuple[Uncovered, ...] = ()
    """Live data that need not be in a backup."""
    obligations: tuple[Obligation, ...] = field(default_factory=tuple)

    def copies_of(self, backup_set: str | None) -> tuple[CopyPlan, ...]:
        """Return the copies that a backup set must have."""
        return tuple(copy for copy in self.copies if copy.backup_set == backup_set)

    def copy(self, backup_set: str | None, name: str | None) -> CopyPlan | None:
        """Return what is configured of one copy."""
        return next((copy for copy in self.copies_of(backup_set) if copy.copy == name), None)
