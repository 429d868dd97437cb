"""What the store does by itself: encrypt, keep old versions, lock, write down who asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import Lack, asked, setting
from guardian_agent.exposure.buckets.kinds import DUMMIES, SILENT_ABOUT_LOGGING, Kind
from guardian_agent.exposure.buckets.port import Client
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.postures import (
    ACCESS_LOGGING,
    DEFAULT_ENCRYPTION,
    OBJECT_LOCK,
    VERSIONING,
)

_ALGORITHMS = {
    "AES256": "aes256",
    "aws:kms": "aws-kms",
    "aws:kms:dsse": "aws-kms-dsse",
    "aws:fsx": "aws-fsx",
    "aws:backup": "aws-backup",
}
_DAYS_A_YEAR = 365


def default_encryption(client: Client | None) -> Setting:
    """Say whether new objects are encrypted without being asked; every rule counts."""
    reply = asked(client, calls.ENCRYPTION)
    if isinstance(reply, Lack):
        return reply.of(DEFAULT_ENCRYPTION)
    rules = _part(reply.fields, "ServerSideEncryptionConfiguration").get("Rules") or []
    named = [
        _part(each, "ApplyServerSideEncryptionByDefault").get("SSEAlgorithm") for each in rules
    ]
    if not named:
        return setting(DEFAULT_ENCRYPTION, Standing.FAILED, "empty-answer")
    known = sorted({_ALGORITHMS[each] for each in named if each in _ALGORITHMS})
    if not all(each in _ALGORITHMS for each in named):
        return setting(DEFAULT_ENCRYPTION, Standing.FAILED, "algorithm-unknown")
    return setting(DEFAULT_ENCRYPTION, Standing.SAFE, known[0], len(named))


def versioning(client: Client | None, kind: Kind) -> Setting:
    """Say whether old versions stay. A bucket that never had any answers with nothing at all."""
    reply = asked(client, calls.VERSIONING)
    if isinstance(reply, Lack):
        return reply.of(VERSIONING)
    match reply.fields.get("Status"):
        case "Enabled":
            return setting(VERSIONING, Standing.SAFE, "enabled")
        case "Suspended":
            return setting(VERSIONING, Standing.UNSAFE, "suspended")
        case None if kind is not Kind.RCLONE:
            return setting(VERSIONING, Standing.NOT_SET, "not-set")
        case _:
            return setting(VERSIONING, Standing.FAILED, "unknown-answer")


def object_lock(client: Client | None) -> Setting:
    """Say whether what is stored is locked by itself, how and for how many days (`items`).

    GOVERNANCE is no proof: who has s3:BypassGovernanceRetention deletes all the same. Nor is a
    lock without a rule: it locks what asks for it, and nothing else.
    """
    reply = asked(client, calls.LOCK)
    if isinstance(reply, Lack):
        return reply.of(OBJECT_LOCK)
    told = _part(reply.fields, "ObjectLockConfiguration")
    if told.get("ObjectLockEnabled") != "Enabled":
        return setting(OBJECT_LOCK, Standing.FAILED, "empty-answer")
    kept = _part(_part(told, "Rule"), "DefaultRetention")
    days = _number(kept.get("Days")) + _DAYS_A_YEAR * _number(kept.get("Years"))
    match kept.get("Mode"):
        case "COMPLIANCE" if days:
            return setting(OBJECT_LOCK, Standing.SAFE, "compliance", days)
        case "GOVERNANCE" if days:
            return setting(OBJECT_LOCK, Standing.UNSAFE, "governance", days)
        case None:
            return setting(OBJECT_LOCK, Standing.UNSAFE, "lock-without-rule")
        case _:
            return setting(OBJECT_LOCK, Standing.FAILED, "unknown-answer")


def access_logging(client: Client | None, kind: Kind) -> Setting:
    """Say whether the store writes down who asked for what."""
    reply = asked(client, calls.LOGGING)
    if isinstance(reply, Lack):
        return reply.of(ACCESS_LOGGING)
    if _part(reply.fields, "LoggingEnabled").get("TargetBucket"):
        return setting(ACCESS_LOGGING, Standing.SAFE, "enabled")
    if kind in DUMMIES | SILENT_ABOUT_LOGGING:
        return setting(ACCESS_LOGGING, Standing.UNSUPPORTED, "dummy-answer")
    return setting(ACCESS_LOGGING, Standing.NOT_SET, "not-set")


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
