"""The newest objects of a bucket, and how each says that it is encrypted.

An object's own answer tells what its bucket's setting does not: what was stored before the setting
was made, and what the client encrypted by itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import Lack, asked, setting
from guardian_agent.exposure.buckets.kinds import DUMMIES, Kind
from guardian_agent.exposure.buckets.port import Client, Reply
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import CLIENT_SIDE_ENCRYPTED, NEWEST_ENCRYPTED

_MAX_PAGES = 500
"""Of a thousand keys each."""
_BY_CLIENT = frozenset({"x-amz-key", "x-amz-key-v2", "x-amz-w"})
"""Metadata in which AWS's encryption clients keep the wrapped key of an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One object; its key stays here."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The newest objects, newest first, and why they may not be the newest of all."""

    objects: tuple[Object, ...]
    lack: Lack | None = None


def newest_objects(client: Client | None, prefix: str, count: int) -> Listing:
    """Find the newest objects below a prefix; stores list by name, so all are listed."""
    found: list[tuple[datetime, str, int]] = []
    lack = None
    for page in _pages(client, prefix):
        if isinstance(page, Lack):
            lack = page
            break
        # A key that ends so stands for a folder.
        fresh = (each for each in _entries(page) if each[2] or not each[1].endswith("/"))
        found = heapq.nlargest(count, (*found, *fresh))
    objects = tuple(Object(key=key, size=size, modified=at) for at, key, size in found)
    return Listing(objects=objects, lack=lack)


def _pages(client: Client | None, prefix: str) -> Iterator[Reply | Lack]:
    more: dict[str, object] = {"Prefix": prefix} if prefix else {}
    for _ in range(_MAX_PAGES):
        page = asked(client, calls.LIST, **more)
        yield page
        if isinstance(page, Lack) or page.fields.get("IsTruncated") is not True:
            return
        token = page.fields.get("NextContinuationToken")
        if not token or token == more.get("ContinuationToken"):
            break
        more["ContinuationToken"] = token
    yield Lack(standing=Standing.FAILED, rule=Slug("listing-cut-short"))


def _entries(page: Reply) -> Iterator[tuple[datetime, str, int]]:
    for each in page.fields.get("Contents") or []:
        key, at, size = each.get("Key"), each.get("LastModified"), each.get("Size", 0)
        if isinstance(key, str) and isinstance(at, datetime) and isinstance(size, int):
            yield at, key, size


def encrypted(client: Client | None, listing: Listing, kind: Kind) -> tuple[Setting, Setting]:
    """Say of the newest objects whether each is encrypted, by the store or by the client."""
    heads = [asked(client, calls.HEAD, Key=each.key) for each in listing.objects]
    lacks = [each for each in heads if isinstance(each, Lack)]
    replies = [each for each in heads if isinstance(each, Reply)]
    why = listing.lack or (lacks[0] if lacks else None)
    if why is None and not heads:
        why = Lack(standing=Standing.FAILED, rule=Slug("no-objects"))
    return _by_anybody(replies, why, kind), _by_client(replies, why)


def _by_anybody(replies: Sequence[Reply], why: Lack | None, kind: Kind) -> Setting:
    plain = [each for each in replies if not (_by_store(each) or _is_client_side(each))]
    if plain:
        return setting(NEWEST_ENCRYPTED, Standing.UNSAFE, "object-not-encrypted", len(plain))
    if why is not None:
        return why.of(NEWEST_ENCRYPTED)
    if kind in DUMMIES - {Kind.MINIO}:
        # It keeps the word that the client sent, and the bytes as they are.
        return setting(NEWEST_ENCRYPTED, Standing.UNSUPPORTED, "dummy-answer")
    return setting(NEWEST_ENCRYPTED, Standing.SAFE, "objects-encrypted", len(replies))


def _by_client(replies: Sequence[Reply], why: Lack | None) -> Setting:
    sealed = sum(_is_client_side(each) for each in replies)
    if why is not None:
        return why.of(CLIENT_SIDE_ENCRYPTED)
    if not sealed:
        return setting(CLIENT_SIDE_ENCRYPTED, Standing.NOT_SET, "no-client-keys")
    others = len(replies) - sealed
    if others:
        return setting(CLIENT_SIDE_ENCRYPTED, Standing.UNSAFE, "some-without-client-key", others)
    return setting(CLIENT_SIDE_ENCRYPTED, Standing.SAFE, "client-keys", sealed)


def _by_store(head: Reply) -> bool:
    told = head.fields
    return bool(told.get("ServerSideEncryption") or told.get("SSECustomerAlgorithm"))


def _is_client_side(head: Reply) -> bool:
    metadata: Mapping[str, Any] = head.fields.get("Metadata") or {}
    return any(str(name).lower() in _BY_CLIENT for name in metadata)
