"""NIST SP 800-53: contingency planning, and protection of what is stored and sent."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Limit, Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

STANDARD = Standard(
    name="nist-800-53",
    title="NIST SP 800-53, revision 5",
    applies="To federal systems of the United States, and to whoever chose it.",
    source="usnistgov/oscal-content, SP 800-53 rev. 5.1.1",
    requirements=(
        Requirement(
            id="CP-4",
            title="The plan for emergencies is tested",
            controls=("restore.tested",),
        ),
        Requirement(
            id="CP-6",
            title="Backups are kept at another site",
            controls=("backup.copies",),
            limits=(Limit(control="backup.copies", key="offsite", at_least=1),),
        ),
        Requirement(
            id="CP-9",
            title="Users' and systems' data is backed up, and the copies are protected",
            controls=("backup.fresh", "backup.complete", "backup.encrypted"),
        ),
        Requirement(
            id="CP-9(1)",
            title="Backups are tested for being readable and whole",
            controls=("restore.intact", "restore.tested"),
        ),
        Requirement(
            id="CP-9(8)",
            title="Backups are encrypted",
            controls=("backup.encrypted",),
        ),
        Requirement(
            id="CP-10",
            title="Systems are back in the time agreed",
            controls=("restore.proven", "restore.time"),
        ),
        Requirement(
            id="SC-8",
            title="What is sent is protected on its way",
            controls=("data.exposed",),
            rule=travels_encrypted,
        ),
        Requirement(
            id="SC-28",
            title="What is stored is protected",
            controls=("backup.encrypted", "data.encrypted"),
        ),
    ),
)
