"""What a tool's restore really left: an exit status alone proves nothing.

restic restores nothing and exits 0 when a pattern matches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from guardian_agent.errors import ProbeError
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason


def came_back(files: Files, target: str, names: Mapping[str, str], limit: int) -> dict[str, str]:
    """Return where each file that came back lies, by its live path.

    Args:
        files: the machine's files.
        target: the folder that was restored into.
        names: the name below `target` of each live path that was asked for.
        limit: bytes that may come back.

    Raises:
        ProbeError: QUOTA_EXCEEDED when more came back.
    """
    found: dict[str, str] = {}
    total = 0
    for path, name in names.items():
        place = f"{target}/{name}"
        try:
            entry = files.stat(place)
        except OSError:
            continue
        if entry.is_file:
            found[path] = place
            total += entry.size
    if total > limit:
        raise ProbeError(Reason.QUOTA_EXCEEDED, f"{total} bytes came back, {limit} may")
    return found
