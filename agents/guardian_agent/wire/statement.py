"""The statement: one agent's signed, numbered list of facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import Observation

MAX_WIRE_BYTES = 256 * 1024
"""Largest envelope on the wire, compressed or not (rule V1)."""
MAX_BYTES = 1024 * 1024
"""Largest envelope after decompression (rule V1)."""
MAX_RATIO = 20
"""Largest ratio of unpacked to packed bytes (rule V1): 1 GiB of zeros packs to 1 MB."""

PAYLOAD_TYPE = "application/vnd.guardian.statement.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFailure:
    """A probe that could not state its facts, and why; silence would look like health."""

    probe: Slug
    reason: Reason
    backup_set: Name | None = None
    copy: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed. Times are UTC; `monotonic_seconds` counts since `boot_id`'s boot.

    `number` rises by one within an `epoch` and `previous` is the SHA-256 of the payload before it
    (64 zeros for number 1), so a lost, repeated or rewritten statement shows.
    """

    version: int
    client: Name
    agent: Name
    epoch: int
    number: int
    previous: Hash
    boot_id: ShortHash
    wall_time: datetime
    monotonic_seconds: float
    spooled: int
    dropped: int
    agent_version: Slug
    observations: tuple[Observation, ...] = ()
    failures: tuple[ProbeFailure, ...] = ()
