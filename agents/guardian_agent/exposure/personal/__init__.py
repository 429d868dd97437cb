"""Personal data in readable files: counted by kind, validated, and never kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardian_agent.magic import Classified, Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one file holds: different validated values by kind, and how far it was read."""

    values: Mapping[str, int]
    bytes: int
    complete: bool


def search(read: Read, size: int, found: Classified, budget: int) -> Counted:
    """Count personal data in one readable file, decoded where its format is open.

    Args:
        read: reads at an offset.
        size: bytes in all.
        found: what the classifier said; only `plaintext` is searched.
        budget: bytes that may be read and decoded.
    """
    raise NotImplementedError
