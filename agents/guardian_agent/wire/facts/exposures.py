"""Facts about places where client data lies: readable by whom, how far, and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name, Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many files (and bytes) of one kind are in one state."""

    kind: Slug
    state: Encryption
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What lies under one watched name, by state and kind. `complete` is False when cut short."""

    KIND: ClassVar[str] = "exposure"

    name: Name
    scanned_at: datetime
    complete: bool
    reason: Reason
    counts: tuple[KindCount, ...]
    oldest_look_at: datetime | None = None
    """When the file that was not read for longest was read: what did not change is not read again.
    None: all were read in this scan."""
    turned_files: int = 0
    """Files that a reader made sense of once, and that look like ciphertext now."""
    turned_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachCount:
    """How often others get at client data one way (`world-readable`, `key-beside-data`)."""

    way: Slug
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who but its owner gets at what lies under one watched name; no way found, no counts.

    `name` is the watched place's, or that of what was looked at instead (`jobs`: what runs
    backups).
    """

    KIND: ClassVar[str] = "reach"

    name: Name
    looked_at: datetime
    complete: bool
    reason: Reason
    counts: tuple[ReachCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCount:
    """How many different validated values of one kind (`card`, `iban`) lie in how many files."""

    kind: Slug
    files: int
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Personal data that anybody can read under one watched name, as counts and never values.

    `files` and `bytes` are what was read for it: readable data only.
    """

    KIND: ClassVar[str] = "personal_data"

    name: Name
    looked_at: datetime
    complete: bool
    reason: Reason
    files: int
    bytes: int
    counts: tuple[PersonalCount, ...]


class Standing(StrEnum):
    """What is known of one setting.

    Only `SAFE` may pass and only `UNSAFE` and `NOT_SET` may fail: whoever was not allowed to ask,
    or asked what cannot answer, does not know.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    NOT_SET = "not_set"
    """The asked one said in its own words that there is no such setting."""
    UNSUPPORTED = "unsupported"
    DENIED = "denied"
    FAILED = "failed"
    """No answer, or none that could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting that decides who can read (`volume-encrypted`, `tls-only`), and what is known.

    `rule` names what decided. `items` says of how many entries that is true, where it is a list.
    `permission` is what was missing where the standing is `DENIED`, in lower case, a dot for its
    colon (`s3.getbucketpolicy`; IAM's action names have no case).
    """

    setting: Slug
    standing: Standing
    rule: Slug
    items: int = 0
    permission: Slug | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """How something that holds or carries client data is set up.

    `subject` is what it is (`volume`, `database`, `bucket`, `transport`), `name` what the operator
    called it; a transport has the name of its copy, and its backup set beside it.
    """

    KIND: ClassVar[str] = "posture"

    subject: Slug
    name: Name
    looked_at: datetime
    settings: tuple[Setting, ...]
    backup_set: Name | None = None
