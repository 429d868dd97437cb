"""Who else gets at client data: modes and owners, keys beside data, secrets in dumps and jobs.

Nothing of what is found leaves: a way in is a word from a closed list.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.exposure.reach.folders import OTHERS_READ, OTHERS_WRITE, Folders
from guardian_agent.exposure.reach.secrets import KEY, Secrets
from guardian_agent.magic import Classified
from guardian_agent.system.ports import Entry
from guardian_agent.wire.facts.words import Encryption

__all__ = ["KEY", "Folders", "Secrets", "ways"]

_SEALED = frozenset({Encryption.ENCRYPTED, Encryption.EMPTY})


def ways(
    entry: Entry, found: Classified, owners: frozenset[int], *, is_reached: bool
) -> frozenset[str]:
    """Return how others get at one file by its mode and owner; no way to what nobody can read.

    The ways are `world-readable`, `world-writable` and `wrong-owner`. What is in it may give away
    more: see `Secrets`.

    Args:
        entry: its mode and owner.
        found: what the classifier said.
        owners: numeric users it may belong to; none: its owner is not judged.
        is_reached: others may walk to its folder (`Folders.are_open`).
    """
    if found.state in _SEALED:
        return frozenset()
    return frozenset(_of_the_file(entry, owners, is_reached=is_reached))


def _of_the_file(entry: Entry, owners: frozenset[int], *, is_reached: bool) -> Iterator[str]:
    if is_reached and entry.mode & OTHERS_READ:
        yield "world-readable"
    if is_reached and entry.mode & OTHERS_WRITE:
        yield "world-writable"
    if owners and entry.user not in owners:
        yield "wrong-owner"
