"""The EU's General Data Protection Regulation, article 32."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Requirement, Standard

STANDARD = Standard(
    name="gdpr",
    title="GDPR (EU) 2016/679, article 32",
    applies="Where personal data is processed; what is appropriate depends on the risk.",
    source="EUR-Lex, eli/reg/2016/679, chapter IV section 2",
    requirements=(
        Requirement(
            id="32(1)(a)",
            title="Personal data is encrypted, stored and on its way",
            controls=("backup.encrypted", "data.encrypted", "data.exposed"),
        ),
        Requirement(
            id="32(1)(b)",
            title="It stays confidential and unharmed",
            controls=("data.exposed", "data.personal", "restore.intact"),
        ),
        Requirement(
            id="32(1)(c)",
            title="It is back in time after an incident",
            controls=("backup.fresh", "backup.complete", "restore.time"),
        ),
        Requirement(
            id="32(1)(d)",
            title="What protects it is tested regularly",
            controls=("restore.tested", "restore.intact"),
        ),
    ),
)
