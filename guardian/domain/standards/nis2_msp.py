"""NIS2 and its implementing regulation for managed service providers."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Limit, Requirement, Standard

STANDARD = Standard(
    name="nis2-msp",
    title="NIS2, implementing regulation (EU) 2024/2690, annex (if in scope)",
    applies=(
        "If in scope: managed service providers and others that the regulation names; small ones "
        "may be outside of it."
    ),
    source="EUR-Lex, eli/reg_impl/2024/2690 (OJ L, 18 October 2024)",
    requirements=(
        Requirement(
            id="4.2.1",
            title="If in scope: backups are kept as planned, and are there when needed",
            controls=("backup.fresh",),
        ),
        Requirement(
            id="4.2.2(a)",
            title="If in scope: how long recovery may take is agreed, and kept",
            controls=("restore.time",),
        ),
        Requirement(
            id="4.2.2(b)",
            title="If in scope: backups are complete and right",
            controls=("backup.complete", "restore.proven"),
        ),
        Requirement(
            id="4.2.2(c)",
            title="If in scope: a copy is kept elsewhere, far enough away and off the network",
            controls=("backup.copies",),
            limits=(Limit(control="backup.copies", key="offsite", at_least=1),),
        ),
        Requirement(
            id="4.2.2(d)",
            title="If in scope: only those who need it get at the backups",
            controls=("backup.encrypted", "data.exposed", "backup.immutable"),
        ),
        Requirement(
            id="4.2.2(f)",
            title="If in scope: backups are kept as long as was agreed",
            controls=("backup.vanished", "backup.retention"),
        ),
        Requirement(
            id="4.2.3",
            title="If in scope: backups are checked for damage regularly",
            controls=("restore.intact",),
        ),
        Requirement(
            id="4.2.6",
            title="If in scope: recovery is tested regularly, with results written down",
            controls=("restore.tested",),
        ),
        Requirement(
            id="9.2(a)",
            title="If in scope: stored data is encrypted as its value asks for",
            controls=("backup.encrypted", "data.encrypted"),
        ),
    ),
)
