"""Who else gets at client data: modes and owners, keys beside data, secrets in jobs and dumps."""

from __future__ import annotations

from guardian_agent.magic import Classified, Read
from guardian_agent.system.ports import Entry


def ways(entry: Entry, found: Classified, owners: frozenset[int], read: Read) -> frozenset[str]:
    """Return the ways in which others get at one file's data; none for what nobody can read.

    Args:
        entry: its mode and owner.
        found: what the classifier said.
        owners: numeric users it may belong to; none: its owner is not judged.
        read: reads at an offset.
    """
    raise NotImplementedError
