"""One look at one bucket, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets.access import access_block, by_acl, by_policy
from guardian_agent.exposure.buckets.account import account_block, together
from guardian_agent.exposure.buckets.contents import exposure
from guardian_agent.exposure.buckets.kinds import Kind, recognise
from guardian_agent.exposure.buckets.newest import Listing, encrypted, newest_objects
from guardian_agent.exposure.buckets.port import Client, Refusal, Ways
from guardian_agent.exposure.buckets.protection import (
    access_logging,
    default_encryption,
    object_lock,
    versioning,
)
from guardian_agent.exposure.buckets.retention import newest_locked
from guardian_agent.exposure.buckets.strangers import knock
from guardian_agent.system import Clock
from guardian_agent.wire.facts.exposures import Exposure, Posture, Setting, Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import PLAIN_HTTP, TLS_ONLY


def look(
    bucket: Bucket, ways: Ways, known: frozenset[str], host: str | None, clock: Clock
) -> Iterator[Posture | Exposure]:
    """Yield a bucket's posture and, where its objects may be read, what they are.

    Args:
        bucket: as configured.
        ways: to it.
        known: accounts that may be let in, its own first of all; empty where none is known.
        host: of its endpoint; None: AWS's own.
        clock: for when it was looked at.
    """
    now = clock.now()
    kind = recognise(host, _greeting(ways.owner or ways.stranger))
    listing = newest_objects(ways.owner, bucket.prefix, bucket.objects)
    settings = (
        *_protection(ways.owner, listing, kind, now),
        *_access(bucket, ways, listing, known, kind),
    )
    yield Posture(subject=Slug("bucket"), name=bucket.name, looked_at=now, settings=settings)
    if bucket.read_objects and ways.owner is not None:
        yield exposure(ways.owner, bucket.name, listing, now)


def _greeting(client: Client) -> dict[str, str]:
    """Return the headers of an answer that every store gives, be it a refusal."""
    try:
        return dict(client.call("HeadBucket").headers)
    except Refusal as refusal:
        return refusal.headers


def _protection(
    owner: Client | None, listing: Listing, kind: Kind, now: datetime
) -> tuple[Setting, ...]:
    lock = object_lock(owner)
    return (
        default_encryption(owner),
        *encrypted(owner, listing, kind),
        versioning(owner, kind),
        lock,
        newest_locked(owner, listing, lock, now),
        access_logging(owner, kind),
    )


def _access(
    bucket: Bucket, ways: Ways, listing: Listing, known: frozenset[str], kind: Kind
) -> tuple[Setting, ...]:
    account = account_block(ways, kind)
    block = together(access_block(ways.owner), account)
    key = listing.objects[0].key if listing.objects else None
    told = (
        account.setting,
        block.setting,
        *by_acl(ways.owner, kind, block, known),
        *by_policy(ways.owner, bucket.bucket, block, known),
        *knock(ways, bucket.prefix, key),
    )
    return tuple(_held_by_store(each, told) for each in told)


def _held_by_store(each: Setting, told: tuple[Setting, ...]) -> Setting:
    """Where a store has no policies and nobody answers without TLS, TLS is the only way."""
    silent = any(other.setting == PLAIN_HTTP and other.rule == "nobody-answers" for other in told)
    if each.setting == TLS_ONLY and each.standing is Standing.UNSUPPORTED and silent:
        return replace(each, standing=Standing.SAFE, rule=Slug("store-without-plain-http"))
    return each
