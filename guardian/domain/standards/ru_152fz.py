"""Russian law 152-FZ with FSTEC's order 21: personal data.

Encryption counts there as a measure of protection only by means that are certified (orders of the
FSB); what an agent proves of AES is shown, and is no evidence for it. Order 117 of the FSTEC and
later changes of order 21 are not looked at here.
"""

from __future__ import annotations

from guardian.domain.requirement.certified import certified
from guardian.domain.requirement.declared import Protects
from guardian.domain.requirement.kinds import Requirement, Standard
from guardian.domain.requirement.travelling import travels_encrypted

STANDARD = Standard(
    name="152fz",
    title="152-FZ, FSTEC order 21 of 18 February 2013",
    applies=(
        "Where personal data falls under 152-FZ; which measures are asked for depends on the level "
        "of protection and the threat model."
    ),
    source=(
        "fstec.ru, order 21 with its annex; order 378 of the FSB of 10 July 2014; later changes of "
        "both are not looked at"
    ),
    requirements=(
        Requirement(
            id="ОДТ.4",
            title="Personal data is backed up to other media, regularly",
            controls=("backup.fresh", "backup.complete"),
        ),
        Requirement(
            id="ОДТ.5",
            title="It can be restored from the backups within the agreed time",
            controls=("restore.tested", "restore.proven", "restore.time"),
        ),
        Requirement(
            id="ОЦЛ.2",
            title="Backups cannot be changed unnoticed, and their contents are verified",
            controls=("restore.intact", "backup.immutable"),
        ),
        Requirement(
            id="ЗИС.3",
            title="What is sent out of the controlled zone is protected on its way",
            controls=("data.exposed",),
            rule=certified(Protects.IN_TRANSIT, travels_encrypted),
        ),
        Requirement(
            id="УПД.2",
            title="Only those who were given the right reach the data",
            controls=("data.exposed",),
        ),
        Requirement(
            id="ФСБ 378",
            title="Where the threat model asks for encryption at rest: by certified means",
            controls=("backup.encrypted", "data.encrypted"),
            rule=certified(Protects.AT_REST),
            is_checked=False,
        ),
    ),
)
