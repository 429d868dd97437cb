"""A leaf of a client's evidence log: which bytes it is, so that anybody can hash it again.

A leaf is the compact ASCII JSON array
`["guardian-leaf/1", index, kind, at, actor, digest, detail]`; `at` is UTC with six decimals, and
`detail` is itself compact JSON with sorted keys. Its Merkle hash is SHA-256(0x00 || bytes),
RFC 6962 section 2.1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from enum import StrEnum

from guardian_agent.wire.encode import to_json
from guardian_agent.wire.merkle import leaf_hash
from guardian_agent.wire.names import Hash

from guardian.ports import FindingChange, LogEntry

FORM = "guardian-leaf/1"


class Kind(StrEnum):
    """What a leaf stands for, and what its digest is of."""

    STATEMENT = "statement"
    """An accepted statement: SHA-256 of its payload."""
    WITNESS = "witness"
    """A look of central's own at a copy's storage: SHA-256 of what it saw as JSON."""
    ENROLMENT = "enrolment"
    """A new key: the key's id."""
    REVOCATION = "revocation"
    """A key that counts no more: the key's id."""
    CONFLICT = "conflict"
    """Two statements with one number: SHA-256 of the payload that was not accepted."""
    FINDING = "finding"
    """A finding's change of status: SHA-256 of the change as JSON."""


Detail = Mapping[str, str | int | None]
"""Ids and counts only: a client's contents never enter the log."""


def canonical(detail: Detail) -> str:
    """Return ids and counts as JSON that is equal for equal values."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def leaf_bytes(entry: LogEntry) -> bytes:
    """Return the bytes that are hashed for a leaf."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    fields = [FORM, entry.index, entry.kind, at, entry.actor, entry.digest, entry.detail]
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def entry_hash(entry: LogEntry) -> bytes:
    """Return a leaf's Merkle hash."""
    return leaf_hash(leaf_bytes(entry))


def change_digest(change: FindingChange) -> Hash:
    """Return what the leaf of a finding's change commits to."""
    return Hash(hashlib.sha256(to_json(change)).hexdigest())
