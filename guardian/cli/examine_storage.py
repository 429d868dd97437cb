"""What `guardian doctor` says of the storage that central looks at: what a store leaves unknown.

It reads what the newest looks told, and asks no store itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from guardian.cli.examine import OTHERS, Examined, Health
from guardian.config import Settings, WitnessTable
from guardian.domain.asset import Asset
from guardian.domain.disagreements import why_not
from guardian.domain.storage import DECISIVE, Lack, Question, StorageLook, Witnessed
from guardian.domain.words import age
from guardian.errors import StoreError
from guardian.stores.sqlite import SqliteStore
from guardian.stores.sqlite.store import DATABASE

SUBJECT = "witness"
LOOK = "run `guardian witness run`"
MEND = {
    "boto3-missing": "install the extra `guardian[s3]`",
    "credentials-unreadable": "give central's user the file, in AWS's own form",
    "credentials-refused": "make a new access key for central, and write it into the file",
    "no-such-bucket": "set `bucket`; where it was there, find out who deleted it",
    "no-such-place": "set `path`, or mount the share",
    "not-mounted": "mount the share",
    "no-list": "set `path`; the account there needs GNU find, and may read every folder of it",
    "ssh-missing": "install openssh-client",
    "no-answer": "set `endpoint` and `ca_file`; let central reach the store",
    "clock-differs": "set both clocks: the store's or this machine's is wrong",
    "not-implemented": "nothing to be done with this store: what it would show stays unknown",
    "uploader-sets-times": "keep copies in a store that sets times itself",
    "invents-answers": "keep copies in a store that says what it has",
    "ignores-prefix": "keep copies in a store that says what it has",
    "no-version-ids": "believe no versions of this store; look at its documentation",
    "empty-answer": "believe no locks of this store; look at its documentation",
    "another-answer": "believe no such setting of this store; look at its documentation",
    "listing-cut-short": "give the copy a bucket or a prefix of its own, and prune it",
}
OTHERWISE = "look at the store yourself, and at its log"


def examine_storage(settings: Settings, now: datetime) -> Iterator[Examined]:
    """Look at every storage with a witness."""
    if not settings.witnesses or not (settings.store_dir / DATABASE).exists():
        return
    known = _known(settings.store_dir)
    for table in settings.witnesses:
        yield from _credential(table)
        yield from _looked(table.asset, known.get(table.asset), now)


def _known(folder: Path) -> Mapping[Asset, Witnessed]:
    """Return what was seen; a store that cannot be read is another examination's subject."""
    try:
        store = SqliteStore(folder)
    except StoreError:
        return {}
    try:
        evidence = store.all_evidence()
    except StoreError:
        return {}
    finally:
        store.close()
    return {
        Asset(
            client=each.client, server=each.server, backup_set=copy.backup_set, copy=copy.copy
        ): copy.witness
        for each in evidence
        for copy in each.copies
        if copy.witness is not None
    }


def _credential(table: WitnessTable) -> Iterator[Examined]:
    named = table.table.get("credentials_file")
    if not isinstance(named, str):
        return
    try:
        mode = Path(named).stat().st_mode
    except OSError as error:
        yield _found(Health.FAIL, f"{named}: {error.strerror}", MEND["credentials-unreadable"])
        return
    if mode & OTHERS:
        mend = f"chmod 600 {named}, and make a new access key if a stranger may have read it"
        yield _found(Health.FAIL, f"{named}: others may use it ({mode & 0o777:o})", mend)


def _looked(asset: Asset, known: Witnessed | None, now: datetime) -> Iterator[Examined]:
    failure = None if known is None else known.failure
    if failure is not None:
        lack = Lack(question=Question.POINTS, reason=failure.reason, permission=failure.permission)
        yield _found(Health.FAIL, f"{asset}: saw nothing ({why_not(lack)})", _mend(lack))
    elif known is None or known.look is None:
        yield _found(Health.WARNING, f"{asset}: not looked at yet", LOOK)
    else:
        yield from _answered(asset, known.look, now)


def _answered(asset: Asset, look: StorageLook, now: datetime) -> Iterator[Examined]:
    for lack in look.lacks:
        worse = Health.FAIL if lack.question in DECISIVE else Health.WARNING
        found = f"{asset} ({look.store}): {lack.question} not known ({why_not(lack)})"
        yield _found(worse, found, _mend(lack))
    if not look.lacks:
        when = age(look.looked_at, now)
        yield _found(Health.OK, f"{asset} ({look.store}): every question answered {when} ago", None)


def _mend(lack: Lack) -> str:
    if lack.permission is not None:
        return f"give central's credential {lack.permission}"
    return MEND.get(lack.reason, OTHERWISE)


def _found(health: Health, found: str, mend: str | None) -> Examined:
    return Examined(subject=SUBJECT, health=health, found=found, mend=mend)
