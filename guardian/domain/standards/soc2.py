"""SOC 2: the AICPA's trust services criteria."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Limit, Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

STANDARD = Standard(
    name="soc2",
    title="SOC 2, trust services criteria of 2017 (points of focus of 2022)",
    applies="Where an examination covers availability or confidentiality.",
    source="AICPA TSP section 100",
    requirements=(
        Requirement(
            id="A1.2",
            title="Data is backed up, failures are noticed, and a copy is kept elsewhere",
            controls=("backup.fresh", "backup.complete", "agent.reporting", "backup.copies"),
            limits=(Limit(control="backup.copies", key="offsite", at_least=1),),
        ),
        Requirement(
            id="A1.3",
            title="Recovery is tested, and so is whether backups are whole",
            controls=("restore.tested", "restore.intact"),
        ),
        Requirement(
            id="CC6.1",
            title="Stored data is encrypted, and closed to those who have no right to it",
            controls=("backup.encrypted", "data.encrypted", "data.exposed"),
        ),
        Requirement(
            id="CC6.7",
            title="What travels is encrypted on its way",
            controls=("data.exposed",),
            rule=travels_encrypted,
        ),
        Requirement(
            id="CC7.5",
            title="Systems are back after an incident in the time agreed",
            controls=("restore.time", "restore.proven"),
        ),
    ),
)
