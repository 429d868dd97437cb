"""DORA: the digital resilience of financial entities, and of those who serve them."""

from __future__ import annotations

from datetime import timedelta

from guardian.domain.requirement.kinds import Limit, Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

YEAR = timedelta(days=366)

STANDARD = Standard(
    name="dora",
    title="DORA, regulation (EU) 2022/2554",
    applies="If the client is a financial entity, or serves one.",
    source="EUR-Lex, eli/reg/2022/2554; eli/reg_del/2024/1774 for the technical standards",
    requirements=(
        Requirement(
            id="9(2)",
            title="Stored data is kept confidential",
            controls=("backup.encrypted", "data.encrypted"),
        ),
        Requirement(
            id="9(3)(a)",
            title="Data is safe on its way",
            controls=("data.exposed",),
            rule=travels_encrypted,
        ),
        Requirement(
            id="11(6)(a)",
            title="Plans for continuing are tested at least once a year",
            controls=("restore.tested",),
            limits=(Limit(control="restore.tested", key="max_age", at_most=YEAR),),
        ),
        Requirement(
            id="12(1)(a)",
            title="What is backed up, and how often, is agreed and kept",
            controls=("backup.fresh", "backup.complete"),
        ),
        Requirement(
            id="12(2)",
            title="Backups and their restoring are tested",
            controls=("restore.tested", "restore.intact"),
        ),
        Requirement(
            id="12(3)",
            title="What restores is kept apart from the systems that it restores",
            controls=("backup.copies", "backup.immutable"),
            limits=(Limit(control="backup.copies", key="offsite", at_least=1),),
        ),
        Requirement(
            id="12(6)",
            title="How long recovery may take is agreed for each function, and kept",
            controls=("restore.time",),
        ),
    ),
)
