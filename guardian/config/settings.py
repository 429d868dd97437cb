"""The configuration after reading: what every other part of central works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from guardian_agent.wire.names import Name, Slug

from guardian.domain.asset import Asset, ServerPlan
from guardian.domain.requirement.declared import Attested, CertifiedMeans


class Language(StrEnum):
    """The language of a client's report."""

    ENGLISH = "en"
    RUSSIAN = "ru"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen: an IP address and a port (0: any free one)."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One value that applies to an asset and control, with the place that decided it."""

    control: str
    key: str
    value: Any
    origin: str
    """File and table ("clients.d/acme.toml: [policy.\"backup.fresh\"]"), or "default"."""
    file: str | None = None
    path: tuple[str | int, ...] = ()
    """Keys and positions that lead to the value in the file; empty for a default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSet:
    """A named thing that must be recoverable, and the places where it is kept."""

    name: Name
    copies: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessTable:
    """How central looks at one copy's storage; `table` is decoded with its kind's own settings."""

    asset: Asset
    """The copy."""
    kind: Slug
    table: Mapping[str, Any]
    where: str
    """File and table, for messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A client's machine with an agent."""

    id: Name
    interval: timedelta
    backup_sets: tuple[BackupSet, ...]
    exposures: tuple[Name, ...]
    plan: ServerPlan
    """The same as obligations, with what was agreed for each."""
    custody_of: Name | None = None
    """The other client whose data the provider holds here."""
    witnesses: tuple[WitnessTable, ...] = ()
    """How central looks at the storage of its copies itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A customer of the provider; the tenant that isolation protects."""

    id: Name
    name: str
    """For people: NFC, printable, at most 200 characters."""
    timezone: str
    language: Language
    servers: tuple[Server, ...]
    file: str
    """Where it is configured, for messages."""
    offboarded: date | None = None
    """The day on which it left."""
    standards: tuple[str, ...] = ()
    """Names of the standards for whose requirements evidence is shown."""
    certified_means: tuple[CertifiedMeans, ...] = ()
    insurance: bool = False
    """The report answers what insurers ask,"""
    attested: tuple[Attested, ...] = ()
    """beside what was seen by what somebody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. Clients stand in the order of their ids."""

    path: Path
    provider_name: str
    store_dir: Path
    listen: Address
    """Where agents deliver (TLS)."""
    operator: Address
    """Where metrics are served: plain HTTP, on the loopback alone."""
    url: str
    """What enrolment tokens tell agents: `https://host:port` or `file:///folder`."""
    judging_interval: timedelta
    witness_interval: timedelta
    """Time between two looks at every storage with a witness."""
    clients: tuple[Client, ...]
    decisions: Mapping[Asset, tuple[Decision, ...]]
    """For each asset, every value in force, for `config explain`."""

    @property
    def witnesses(self) -> tuple[WitnessTable, ...]:
        """Return how central looks at storage, over all clients."""
        servers = (server for client in self.clients for server in client.servers)
        return tuple(witness for server in servers for witness in server.witnesses)

    @property
    def plans(self) -> tuple[ServerPlan, ...]:
        """Return what every server's agent must speak about."""
        return tuple(server.plan for client in self.clients for server in client.servers)

    def client(self, client_id: str) -> Client | None:
        """Return one client."""
        return next((client for client in self.clients if client.id == client_id), None)
