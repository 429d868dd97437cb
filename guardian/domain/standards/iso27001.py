"""ISO/IEC 27001, annex A."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Requirement, Standard

STANDARD = Standard(
    name="iso27001",
    title="ISO/IEC 27001:2022, annex A",
    applies="Where the client's statement of applicability names the control.",
    source="ISO (to be bought); ids by the edition of 2022",
    requirements=(
        Requirement(
            id="A.5.30",
            title="Systems are back within the time that the business needs",
            controls=("restore.tested", "restore.time"),
        ),
        Requirement(
            id="A.8.3",
            title="Only those who need it reach the data",
            controls=("data.exposed",),
            is_checked=False,
        ),
        Requirement(
            id="A.8.13",
            title="Backups are made, checked and tested as was agreed",
            controls=("backup.fresh", "backup.complete", "restore.intact", "restore.tested"),
        ),
        Requirement(
            id="A.8.24",
            title="Encryption is used as was decided, for live data and for backups",
            controls=("backup.encrypted", "data.encrypted"),
        ),
    ),
)
