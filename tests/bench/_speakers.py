"""Agents for the ingest benchmark: real keys, really enrolled, with statements made beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from guardian_agent.wire.encode import to_json
from guardian_agent.wire.enrolment import EnrolmentGrant, make_request, open_grant
from guardian_agent.wire.envelope import seal
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import NO_HASH, Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import (
    CanaryPlanted,
    CopyEncryption,
    Encryption,
    Manifest,
    Observation,
    Outcome,
    PointContents,
    RestorePoint,
    RestorePoints,
)
from guardian_agent.wire.statement import PAYLOAD_TYPE, Statement
from guardian_agent.wire.token import parse_token

from guardian.app import App

SETS = (Name("files"), Name("database"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POINTS = 7
"""Nightly restore points of a set; with two sets a statement has about 4,000 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One enrolled agent and what it will say, in order."""

    public_key: bytes
    envelopes: tuple[bytes, ...]


def enrolled(app: App, client: str, server: str, count: int) -> Speaker:
    """Enrol an agent and sign its hourly statements, the last one of now: a spool that waited."""
    token = parse_token(app.create_token(client, server, HOUR))
    key = SigningKey.from_seed(hashlib.sha256(f"{client}/{server}".encode()).digest())
    sealed = app.ingest.enrol(make_request(token, key))
    grant = open_grant(sealed, app.key.public, key_id(key.public))
    return Speaker(public_key=key.public, envelopes=tuple(_envelopes(key, grant, count)))


def _envelopes(key: SigningKey, grant: EnrolmentGrant, count: int) -> Sequence[bytes]:
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - central really runs now
    envelopes, previous = [], NO_HASH
    for number in range(1, count + 1):
        payload = to_json(_statement(grant, number, previous, now - (count - number) * HOUR))
        envelopes.append(seal(key, PAYLOAD_TYPE, payload))
        previous = hashlib.sha256(payload).hexdigest()
    return envelopes


def _statement(grant: EnrolmentGrant, number: int, previous: str, wall_time: datetime) -> Statement:
    return Statement(
        version=1,
        client=grant.client,
        agent=grant.agent,
        epoch=grant.epoch,
        number=number,
        previous=Hash(previous),
        boot_id=ShortHash("b0" * 16),
        wall_time=wall_time,
        monotonic_seconds=3600.5 * number,
        spooled=0,
        dropped=0,
        agent_version=Slug("0.1.0"),
        observations=tuple(fact for name in SETS for fact in _facts(name, wall_time)),
    )


def _facts(backup_set: Name, now: datetime) -> Sequence[Observation]:
    midnight = now.replace(hour=0, minute=0, second=0)
    points = [_point(backup_set, midnight - days * DAY) for days in range(POINTS)]
    copy = Name("offsite")
    return (
        RestorePoints(
            backup_set=backup_set,
            copy=copy,
            tool=Slug("restic"),
            tool_version=Slug("0.19.0"),
            total=POINTS,
            points=tuple(points),
            oldest_at=points[-1].started_at,
        ),
        PointContents(
            backup_set=backup_set,
            copy=copy,
            point=points[0].id,
            files=48_213,
            bytes=73_114_992_640,
            paths_expected=3,
            paths_missing=0,
            files_compared=48_102,
            files_missing=0,
        ),
        CopyEncryption(
            backup_set=backup_set,
            copy=copy,
            state=Encryption.ENCRYPTED,
            rule=Slug("restic-format"),
            canary_in_clear=False,
        ),
        Manifest(
            backup_set=backup_set,
            root=Hash(_hash(backup_set, midnight)),
            files=48_213,
            bytes=73_114_992_640,
            files_not_hashed=0,
            taken_at=now,
        ),
        CanaryPlanted(backup_set=backup_set, outcome=Outcome.PASSED),
    )


def _point(backup_set: Name, started_at: datetime) -> RestorePoint:
    return RestorePoint(
        id=ShortHash(_hash(backup_set, started_at)[:32]),
        started_at=started_at,
        finished_at=started_at + timedelta(minutes=14),
        files=48_213,
        bytes=73_114_992_640,
    )


def _hash(backup_set: str, moment: datetime) -> str:
    return hashlib.sha256(f"{backup_set} {moment:%Y-%m-%d}".encode()).hexdigest()
