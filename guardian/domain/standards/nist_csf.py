"""NIST's Cybersecurity Framework."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

STANDARD = Standard(
    name="nist-csf",
    title="NIST Cybersecurity Framework 2.0",
    applies="To whoever chose it.",
    source="NIST CSWP 29",
    requirements=(
        Requirement(
            id="PR.DS-01",
            title="Stored data is protected",
            controls=("backup.encrypted", "data.encrypted"),
        ),
        Requirement(
            id="PR.DS-02",
            title="Data on its way is protected",
            controls=("data.exposed",),
            rule=travels_encrypted,
        ),
        Requirement(
            id="PR.DS-11",
            title="Backups are made, protected, kept and tested",
            controls=("backup.fresh", "backup.complete", "backup.encrypted", "restore.tested"),
        ),
        Requirement(
            id="RC.RP-03",
            title="Backups are known to be whole before they are restored",
            controls=("restore.intact", "restore.tested"),
        ),
        Requirement(
            id="RC.RP-05",
            title="Restored systems are known to be right",
            controls=("restore.proven",),
        ),
    ),
)
