"""Who else gets at client data: modes and owners, keys beside data, secrets in dumps and jobs.

Nothing of what is found leaves: a way in is a word from a closed list.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.exposure.reach.folders import OTHERS_READ, OTHERS_WRITE, Folders
from guardian_agent.exposure.reach.secrets import KEY, secrets_in
from guardian_agent.magic import Classified, Read
from guardian_agent.system.ports import Entry
from guardian_agent.wire.facts.words import Encryption

__all__ = ["KEY", "READ_BYTES", "Folders", "ways"]

READ_BYTES = 1024 * 1024
"""How far a file is searched for secrets."""

_SEALED = frozenset({Encryption.ENCRYPTED, Encryption.EMPTY})


def ways(
    entry: Entry, found: Classified, owners: frozenset[int], read: Read, *, is_reached: bool
) -> frozenset[str]:
    """Return the ways in which others get at one file's data; none for what nobody can read.

    `world-readable`, `world-writable` and `wrong-owner` are about the file, the others about
    secrets in it, by which one gets at more (see `guardian_agent.exposure.reach.secrets`).

    Args:
        entry: its mode and owner.
        found: what the classifier said.
        owners: numeric users it may belong to; none: its owner is not judged.
        read: reads at an offset; asked for at most `READ_BYTES`.
        is_reached: others may walk to its folder (`Folders.are_open`).
    """
    if found.state in _SEALED:
        return frozenset()
    return frozenset((*_of_the_file(entry, owners, is_reached=is_reached), *_in_it(found, read)))


def _of_the_file(entry: Entry, owners: frozenset[int], *, is_reached: bool) -> Iterator[str]:
    if is_reached and entry.mode & OTHERS_READ:
        yield "world-readable"
    if is_reached and entry.mode & OTHERS_WRITE:
        yield "world-writable"
    if owners and entry.user not in owners:
        yield "wrong-owner"


def _in_it(found: Classified, read: Read) -> frozenset[str]:
    return secrets_in(read(0, READ_BYTES)) if found.state is Encryption.PLAINTEXT else frozenset()
