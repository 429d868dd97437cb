"""Who else can read a copy: what is proven, who holds the key, who can fetch the bytes."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from guardian_agent.wire.observations import CopyEncryption, Encryption

from guardian.domain.evidence import CopyEvidence
from guardian.domain.words import count, later

DOORS: dict[str, str] = {
    "empty-password": "the empty password opens it",
    "well-known-password": "a password that is published opens it",
    "key-beside-data": "a key that lies beside it opens it",
}
"""By door, what opened it."""
HELD: dict[str, str] = {
    "on-server": "the key is on the server",
    "beside-data": "the key lies beside the data",
    "not-here": "the key is not on the server",
}
FETCHED: dict[str, str] = {
    "anyone": "anybody can fetch its bytes",
    "local-users": "every user of the server can fetch its bytes",
    "owner": "only its owner can fetch its bytes",
}


class Readable(StrEnum):
    """Whether others can read a copy: a property that is proven, refuted or unknown."""

    PROVEN = "proven"
    """Unreadable without the key, by what was seen lately."""
    REFUTED = "refuted"
    UNKNOWN = "unknown"


def encrypted(copy: CopyEvidence | None, max_age: timedelta, now: datetime) -> Readable:
    """Return whether a copy is encrypted; what refutes it stays true, proof grows old."""
    if copy is None or copy.encryption is None:
        return Readable.UNKNOWN
    seen = copy.encryption
    if refuted(seen.fact) is not None:
        return Readable.REFUTED
    is_new = now <= later(seen.dated, max_age) and copy.failed_listing is None
    is_proven = seen.fact.state is Encryption.ENCRYPTED and is_new
    return Readable.PROVEN if is_proven else Readable.UNKNOWN


def refuted(fact: CopyEncryption) -> str | None:
    """Say how a copy can be read without its own key; None where nobody is known to.

    What was tried and opened comes before what a header says.
    """
    if fact.canary_in_clear:
        return "our own canary was found readable in the copy's raw bytes: not encrypted"
    if fact.door is not None:
        opened = DOORS.get(fact.door, f"the door {fact.door} stands open")
        return f"{opened}, whatever its format says ({fact.rule})"
    if fact.key_held == "beside-data":
        return f"its key lies beside it: who takes one has both ({fact.rule})"
    if fact.state in (Encryption.PLAINTEXT, Encryption.WEAK):
        how = "without a key" if fact.state is Encryption.PLAINTEXT else "with little effort"
        return f"the copy can be read {how} ({fact.rule})"
    return None


def tried(fact: CopyEncryption) -> str:
    """Say what was proven beyond the format ("3 keys that strangers try did not open it")."""
    if not fact.doors_tried:
        return "no key that strangers try could be tried"
    return f"{count(fact.doors_tried, 'key')} that strangers try did not open it"


def key_holder(fact: CopyEncryption) -> str:
    """Say where the key is."""
    if fact.key_held is None:
        return "who holds the key is not known"
    return HELD.get(fact.key_held, f"the key is held {fact.key_held.replace('-', ' ')}")


def fetchers(fact: CopyEncryption) -> str:
    """Say who can fetch the bytes."""
    if fact.fetched_by is None:
        return "who can fetch its bytes is not known"
    return FETCHED.get(fact.fetched_by, f"fetched by {fact.fetched_by.replace('-', ' ')}")
