"""Ways in which others get at client data, as people say them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_SAID = 3
"""Ways that one sentence holds."""

WAYS: dict[str, tuple[str, str]] = {
    "world-readable": ("file", "that every user of the machine can read"),
    "world-writable": ("file", "that every user of the machine can change"),
    "wrong-owner": ("file", "of an owner that was not agreed on"),
    "key-beside-data": ("folder", "where the key lies beside what it protects"),
    "private-key": ("file", "with a private key in it"),
    "cloud-key": ("file", "with a cloud provider's key in it"),
    "access-token": ("file", "with an access token in it"),
    "password-hash": ("file", "with password hashes in it"),
    "password": ("file", "with a password in it"),
    "password-in-open-job": ("backup job", "with a password that every user can read"),
    "password-in-job": ("backup job", "with a password in its file"),
    "password-on-command-line": ("process", "with a password on its command line"),
    "password-in-environment": ("process", "with a password in its environment"),
}
"""By way, what is counted, and what is the matter with it."""


def ways_in(ways: Sequence[tuple[str, int]]) -> str:
    """Say how others get in, the most frequent first; empty where there is no way.

    Args:
        ways: (way, items) as stated.
    """
    ranked = sorted(ways, key=lambda each: (-each[1], each[0]))
    said = [_way(way, items) for way, items in ranked[:MOST_SAID]]
    left = len(ranked) - MOST_SAID
    return ", ".join([*said, *([f"and {left} more ways"] if left > 0 else [])])


def _way(way: str, items: int) -> str:
    if way not in WAYS:
        return f"{items} times {way.replace('-', ' ')}"
    unit, matter = WAYS[way]
    plural = f"{unit}es" if unit.endswith("s") else f"{unit}s"
    return f"{items} {unit if items == 1 else plural} {matter}"
