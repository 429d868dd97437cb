"""What central saw itself becomes evidence: its leaf and its facts in one unit, or neither."""

from __future__ import annotations

import hashlib
from datetime import datetime

from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash, Name

from guardian.audit.leaves import Kind
from guardian.audit.log import append
from guardian.domain.asset import Asset
from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import witnessed
from guardian.domain.storage import NoLook, StorageLook
from guardian.ports import Store

ACTOR = "central"


def keep(store: Store, asset: Asset, found: StorageLook | NoLook, now: datetime) -> None:
    """Keep one look at the storage of a copy.

    Args:
        store: where evidence is kept.
        asset: the copy.
        found: what was seen.
        now: central's time of keeping it.

    Raises:
        StoreError: it could not be kept, and nothing of it was.
    """
    client, server = Name(asset.client), Name(asset.server)
    with store.unit() as unit:
        known = unit.evidence(client, server) or ServerEvidence(client=client, server=server)
        append(
            unit,
            client,
            Kind.WITNESS,
            at=now,
            actor=ACTOR,
            digest=Hash(hashlib.sha256(to_json(found)).hexdigest()),
            detail={
                "server": asset.server,
                "backup_set": asset.backup_set,
                "copy": asset.copy,
                "saw": found.reason if isinstance(found, NoLook) else found.layout.value,
            },
        )
        copy = (Name(asset.backup_set or ""), Name(asset.copy or ""))
        unit.put_evidence(witnessed(known, *copy, found))
