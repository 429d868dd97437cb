"""CIS Controls, version 8: control 11 on recovering data, and where 3 speaks of encryption."""

from __future__ import annotations

from datetime import timedelta

from guardian.domain.requirement.kinds import Limit, Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

WEEK = timedelta(days=7)
QUARTER = timedelta(days=92)

STANDARD = Standard(
    name="cis-v8",
    title="CIS Controls v8",
    applies="To whoever chose them.",
    source="cisecurity.org; control 11 as csf.tools has it",
    requirements=(
        Requirement(
            id="3.10",
            title="Sensitive data is encrypted on its way",
            controls=("data.exposed",),
            rule=travels_encrypted,
            is_checked=False,
        ),
        Requirement(
            id="3.11",
            title="Sensitive data at rest is encrypted",
            controls=("data.encrypted",),
            is_checked=False,
        ),
        Requirement(
            id="11.1",
            title="How data is recovered is agreed: what first, how fast",
            controls=("restore.time",),
        ),
        Requirement(
            id="11.2",
            title="Backups are made by themselves, weekly or more often",
            controls=("backup.fresh", "backup.complete"),
            limits=(Limit(control="backup.fresh", key="max_age", at_most=WEEK),),
        ),
        Requirement(
            id="11.3",
            title="Backups are protected as well as the data they hold",
            controls=("backup.encrypted",),
        ),
        Requirement(
            id="11.4",
            title="One copy is kept apart from all others",
            controls=("backup.copies", "backup.immutable"),
            limits=(Limit(control="backup.copies", key="offsite", at_least=1),),
        ),
        Requirement(
            id="11.5",
            title="Recovery of a sample of systems is tested each quarter",
            controls=("restore.tested",),
            limits=(Limit(control="restore.tested", key="max_age", at_most=QUARTER),),
        ),
    ),
)
