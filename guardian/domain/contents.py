"""What a restore point certainly lacks, by what was seen inside it."""

from __future__ import annotations

from guardian_agent.wire.observations import PointContents

from guardian.domain.words import count, why


def lacks(fact: PointContents) -> list[str]:
    """Say what the restore point certainly lacks; empty where nothing is known to be missing."""
    found = []
    if fact.valid is False:
        found.append(f"is not well-formed ({why(fact.reason)})")
    if fact.paths_expected and not fact.files:
        found.append("is empty")
    if fact.paths_missing:
        paths = count(fact.paths_expected, "configured path")
        found.append(f"lacks {fact.paths_missing} of {paths}")
    if fact.files_missing:
        files = count(fact.files_compared, "file")
        found.append(f"lacks {fact.files_missing} of {files} looked for")
    return found
