"""What backup tools leave in clear beside their data, by name and by form.

A name alone vouches for nothing: anybody can call an export `README` and lay it into a repository.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from guardian_agent.magic.binary import reads

PEEK = 64 * 1024
"""Bytes of a file's beginning that tell its form."""

Form = Callable[[bytes, int], bool]
"""Says of a file's beginning, and of its size in bytes, whether the tool wrote it."""

_INDEX = struct.Struct("<8siiBB")
_SMALL = 64 * 1024
_HEADER, _BLOCK = 64, 16


def _begins(*starts: bytes, most: int = _SMALL) -> Form:
    return lambda head, size: size <= most and head.lstrip().startswith(starts)


def _is_borg_index(head: bytes, size: int) -> bool:
    """A hash table of so many buckets (borg 1.x, `_hashindex.c`)."""
    if len(head) < _INDEX.size:
        return False
    magic, _, buckets, key_size, value_size = _INDEX.unpack_from(head)
    told: int = _INDEX.size + buckets * (key_size + value_size)
    return bool(magic == b"BORG_IDX") and size == told


def _is_borg_map(head: bytes, size: int) -> bool:
    """MessagePack: a map whose first key is `version`; its lists of numbers are no words."""
    begins = head[:1] >= b"\x80" and head[1:9] == b"\xa7version"
    return begins and (size <= _HEADER * 8 or not reads(head[_HEADER:]))


def _is_nonce(head: bytes, size: int) -> bool:
    return len(head) == size and re.fullmatch(rb"[0-9a-f]{16}\n?", head) is not None


def _is_vector(_: bytes, size: int) -> bool:
    return size == _BLOCK


_JSON = _begins(b"{")
_FORMS: tuple[tuple[re.Pattern[str], Form], ...] = tuple(
    (re.compile(name), form)
    for name, form in (
        (r"README", _begins(b"This is a Borg Backup repository.\n", most=256)),
        (r"config", _begins(b"[repository]")),
        (r"nonce", _is_nonce),
        (r"index\.\d+", _is_borg_index),
        (r"(?:hints|integrity)\.\d+", _is_borg_map),
        (r"lock\..+", _begins(b"{", most=4096)),
        (r"\.shards|kopia\.[a-z]+\.f|gocryptfs\.conf", _JSON),
        (r"gocryptfs\.diriv", _is_vector),
        (r"\.encfs6\.xml", _begins(b"<?xml", b"<!DOCTYPE boost_serialization")),
        (r"masterkey\.cryptomator.*", _JSON),
        (r"vault\.cryptomator.*", _begins(b"eyJ")),
    )
)
_NAMES = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _FORMS))
"""All of them in one: every file of a scan is asked for its name."""


def is_named_so(name: str) -> bool:
    """Say whether a tool leaves a file of this name in clear."""
    return _NAMES.fullmatch(name) is not None


def is_the_tools(name: str, head: bytes, size: int) -> bool:
    """Say whether a file is what a tool of that layout leaves in clear under its name.

    Args:
        name: without its folder.
        head: the first `PEEK` bytes, or all there are.
        size: bytes in all.
    """
    return any(pattern.fullmatch(name) and form(head, size) for pattern, form in _FORMS)
