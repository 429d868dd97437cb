"""HIPAA's security rule. What was only proposed in January 2025 is no law, and not in here."""

from __future__ import annotations

from guardian.domain.requirement.kinds import Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

STANDARD = Standard(
    name="hipaa",
    title="HIPAA security rule, 45 CFR part 164",
    applies="Where electronic protected health information is created, kept or passed on.",
    source="eCFR, 45 CFR 164.308 and 164.312",
    requirements=(
        Requirement(
            id="164.308(a)(7)(ii)(A)",
            title="Copies of health data are made that can be restored exactly",
            controls=("backup.fresh", "backup.complete", "restore.tested"),
            is_checked=False,
        ),
        Requirement(
            id="164.308(a)(7)(ii)(B)",
            title="Lost data can be restored",
            controls=("restore.tested", "restore.time"),
            is_checked=False,
        ),
        Requirement(
            id="164.308(a)(7)(ii)(D)",
            title="Plans for emergencies are tested from time to time",
            controls=("restore.tested",),
            is_checked=False,
        ),
        Requirement(
            id="164.312(a)(2)(iv)",
            title="Stored health data is encrypted, or why not is written down",
            controls=("backup.encrypted", "data.encrypted"),
            is_checked=False,
        ),
        Requirement(
            id="164.312(c)(1)",
            title="It is not changed or destroyed by those who may not",
            controls=("restore.intact", "backup.vanished", "backup.immutable"),
            is_checked=False,
        ),
        Requirement(
            id="164.312(e)(2)(ii)",
            title="It is encrypted on its way, or why not is written down",
            controls=("data.exposed",),
            rule=travels_encrypted,
            is_checked=False,
        ),
    ),
)
