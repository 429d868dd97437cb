"""What a key is tried on: a few bytes of a container, read once, and whether a key opens them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guardian_agent.magic import Read
from guardian_agent.wire.names import Slug

EMPTY = Slug("empty-password")
WELL_KNOWN = Slug("well-known-password")
BESIDE = Slug("key-beside-data")


class CannotTryError(Exception):
    """No key can be tried: too costly, or a method that is not known here. Proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One lock of a container; a container with several opens when one of them does.

    `material` is all that decides: the same material opens with the same keys. `opens` raises
    `CannotTryError`, or whatever comes of bytes that make no sense. `published` are the passwords
    that the tool's own source or manual names. Where `takes_passwords` is False only keys that lie
    beside the data are tried. `empty_opens` is which door it is when the empty password opens it.
    """

    material: bytes
    opens: Callable[[bytes], bool]
    published: tuple[bytes, ...] = ()
    takes_passwords: bool = True
    empty_opens: Slug = EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One file: its first bytes, its size, and how to read the rest."""

    head: bytes
    size: int
    read: Read
