"""PCI DSS: data of payment cards."""

from __future__ import annotations

from guardian.domain.requirement.above_disk import above_the_disk
from guardian.domain.requirement.kinds import Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

STANDARD = Standard(
    name="pci",
    title="PCI DSS 4.0.1",
    applies="Where payment card data is stored, processed or transmitted, or can be affected.",
    source="PCI SSC document library, PCI DSS v4.0.1",
    requirements=(
        Requirement(
            id="3.5.1",
            title="Stored card numbers cannot be read: live data and backups are encrypted",
            controls=("backup.encrypted", "data.encrypted"),
            rule=above_the_disk,
        ),
        Requirement(
            id="3.5.1.2",
            title="A disk's own encryption is not all that protects media that stay in the machine",
            controls=("backup.encrypted", "data.encrypted"),
            rule=above_the_disk,
        ),
        Requirement(
            id="4.2.1",
            title="What is sent over open networks is encrypted on its way",
            controls=("data.exposed",),
            rule=travels_encrypted,
        ),
        Requirement(
            id="9.4.1.1",
            title="Backup media that are offline are kept in a safe place",
        ),
        Requirement(
            id="9.4.1.2",
            title="Somebody looks at that place once a year",
        ),
        Requirement(
            id="12.10.1",
            title="Backups are there when an incident has to be answered",
            controls=("backup.fresh", "backup.complete"),
        ),
    ),
)
