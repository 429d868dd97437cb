"""The two files as they are written: field names are TOML's keys, annotations are the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from guardian_agent.wire.names import Name, ShortHash, Slug

from guardian.config.settings import Language
from guardian.domain.asset import Media
from guardian.domain.lifecycle import State
from guardian.domain.requirement.declared import Protects

PolicyTables = dict[str, dict[str, Any]]
"""control -> the check's own settings, decoded later with the check's schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who runs central."""

    name: str
    """The provider's name, as reports show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTable:
    """Where central keeps what it knows."""

    dir: str = "/var/lib/guardian"
    """Folder of the database, the signing key and the certificate; relative to this file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where agents deliver."""

    address: str = "127.0.0.1:8443"
    """IP address and port, served over TLS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Where metrics are served."""

    address: str = "127.0.0.1:9464"
    """IP address and port, plain HTTP; only a loopback address is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Central:
    """How agents find central."""

    url: str | None = None
    """`https://host:port` or `file:///folder`, put into tokens; default: the listen address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How often central judges."""

    interval: timedelta = timedelta(seconds=15)
    """Time between two looks for verdicts that changed by time alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessing:
    """How often central looks at the storage itself."""

    interval: timedelta = timedelta(hours=1)
    """Time between two looks of `guardian serve` at every storage with a witness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianFile:
    """guardian.toml: central itself."""

    provider: Provider
    store: StoreTable = field(default_factory=StoreTable)
    listen: Listen = field(default_factory=Listen)
    operator: Operator = field(default_factory=Operator)
    central: Central = field(default_factory=Central)
    judging: Judging = field(default_factory=Judging)
    witness: Witnessing = field(default_factory=Witnessing)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTable:
    """Who the client is."""

    id: Name
    """The client's id in labels, file names and commands."""
    name: str
    """The client's name, as reports show it."""
    timezone: str = "UTC"
    """The client's zone in the IANA database, such as "Europe/Berlin"."""
    language: Language = Language.ENGLISH
    """The language of the client's report."""
    offboarded: date | None = None
    """The day on which the client left: from then on its data has to go."""
    standards: tuple[Name, ...] = ()
    """Standards for whose requirements evidence is shown, such as "pci" and "152fz"."""
    insurance: bool = False
    """Whether the report answers what insurers ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedMeansTable:
    """Means of encryption with a state's certificate, for standards where no others count."""

    name: str
    """The means' name."""
    certificate: str
    """The certificate's number."""
    valid_until: date
    """The last day on which the certificate is valid."""
    owner: str
    """Whose word it is that the means are in use."""
    protects: tuple[Protects, ...] = (Protects.AT_REST,)
    """What it protects."""
    servers: tuple[Name, ...] = ()
    """The servers that use it; all of the client's where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedTable:
    """A yes to a question of insurers that no agent can answer; it counts for a year."""

    question: Name
    """The question's id, as `guardian insurance` shows it."""
    statement: str
    """What is said to be so."""
    owner: str
    """Whose word it is."""
    said_on: date
    """The day on which it was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerExemption:
    """A risk somebody accepted for a server, and for every copy on it where it is about copies."""

    control: Slug
    """The control that does not alert until the risk's end."""
    reason: str
    """Why the risk is acceptable."""
    owner: str
    """Who accepted it."""
    expires: date
    """The first day on which the control bites again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredTable:
    """Live data that need not be in a backup: one area, where `backup.coverage` names it."""

    area: ShortHash
    """The area's name, as `guardian-agent show` prints it on that server."""
    reason: str
    """Why it need not be backed up."""
    owner: str
    """Who accepted it."""
    expires: date
    """The first day on which it counts again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExemption:
    """A risk somebody accepted for one copy of a backup set, or for all of them."""

    control: Slug
    """The control that does not alert until the risk's end."""
    reason: str
    """Why the risk is acceptable."""
    owner: str
    """Who accepted it."""
    expires: date
    """The first day on which the control bites again."""
    copy: Name | None = None
    """The copy it is about; every copy of the set where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTable:
    """Where a copy lies, as central knows it: `[server.backup_set.copy.offsite]`, by its name."""

    place: Name | None = None
    """The site where it lies, by your own name for it: what one fire or one flood reaches."""
    media: Media | None = None
    """On what it is kept."""
    offsite: bool | None = None
    """Whether it lies away from the server's own site."""
    witness: dict[str, Any] | None = None
    """How central looks at its storage itself: `kind`, and that kind's own settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTable:
    """A named thing that must be recoverable."""

    name: Name
    """The backup set's name; the agent's file uses the same."""
    copies: tuple[Name, ...]
    """Where it is kept; the agent's file names the same copies."""
    copy: dict[Name, CopyTable] = field(default_factory=dict)
    """What central knows of its copies."""
    policy: PolicyTables = field(default_factory=dict)
    """What was agreed for this backup set."""
    exempt: tuple[SetExemption, ...] = ()
    """Accepted risks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTable:
    """A machine with an agent."""

    id: Name
    """The server's id in labels and commands."""
    interval: timedelta = timedelta(hours=1)
    """How often its agent speaks."""
    exposures: tuple[Name, ...] = ()
    """Watched places where client data lies; the agent's file names the same."""
    volumes: tuple[Name, ...] = ()
    """Live data that must lie on encrypted volumes; the agent's file names the same."""
    databases: tuple[Name, ...] = ()
    """Database servers whose settings must be safe; the agent's file names the same."""
    buckets: tuple[Name, ...] = ()
    """Buckets that hold client data; the agent's file names the same."""
    timezone: str | None = None
    """The zone in which its schedules are meant; the client's where it is left out."""
    usually_on: bool = True
    """False for a laptop: then the time counts in which it speaks, and not being heard does not."""
    longest_silence: timedelta | None = None
    """How long a server that is not always on may be silent; 14 days where it is left out."""
    state: State = State.ACTIVE
    """Whether it is in use; what is parked or retired stays on record and does not alarm."""
    since: date | None = None
    """The first day on which it is parked or retired."""
    until: date | None = None
    """The first day on which a parked server is in use again."""
    reason: str | None = None
    """Why it is parked or retired."""
    owner: str | None = None
    """Who said so."""
    custody_of: Name | None = None
    """The client whose data the provider holds here: an external disk, a migration's leftovers."""
    gone_by: date | None = None
    """The first day on which that data must not be here any more."""
    backup_set: tuple[SetTable, ...] = ()
    """What must be recoverable."""
    policy: PolicyTables = field(default_factory=dict)
    """What was agreed for this server."""
    exempt: tuple[ServerExemption, ...] = ()
    """Accepted risks."""
    uncovered: tuple[UncoveredTable, ...] = ()
    """Live data that need not be in a backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayTable:
    """Days on which no backup is expected: what is due on them falls due after them."""

    first: date
    """The first day, in the server's zone."""
    reason: str
    """Why no run is expected."""
    owner: str
    """Who agreed."""
    last: date | None = None
    """The last day; the first where it is left out."""
    servers: tuple[Name, ...] = ()
    """The servers it is about; all of the client's where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceTable:
    """A time in which work is done: nothing that begins in it alarms, and no run is expected."""

    starts: datetime
    """From when, with its zone (`2026-11-28T20:00:00+01:00`)."""
    ends: datetime
    """Until when."""
    reason: str
    """What is done."""
    owner: str
    """Who agreed."""
    servers: tuple[Name, ...] = ()
    """The servers it is about; all of the client's where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFile:
    """clients.d/<id>.toml: one client."""

    client: ClientTable
    policy: PolicyTables = field(default_factory=dict)
    """What was agreed for all servers of this client."""
    certified_means: tuple[CertifiedMeansTable, ...] = ()
    """Means of encryption with a certificate."""
    attested: tuple[AttestedTable, ...] = ()
    """What insurers are told by somebody's word."""
    server: tuple[ServerTable, ...] = ()
    """The client's servers; at least one."""
    holiday: tuple[HolidayTable, ...] = ()
    """Days without runs."""
    maintenance: tuple[MaintenanceTable, ...] = ()
    """Times of work on the servers."""
