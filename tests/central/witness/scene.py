"""A small repository in a bucket of a real store, its agent's word, and central's own looks."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from guardian_agent.wire.observations import RestorePoint

from guardian.app.clock import SystemClock
from guardian.app.witnessing import Place, Witnessing
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from guardian.stores.memory import MemoryStore
from guardian.witness.s3 import WITNESS, Settings
from tests.central.domain.making import (
    CLIENT,
    COPY_ASSET,
    SERVER,
    judged,
    point,
    points,
    told,
    unspoken,
)
from tests.central.ingest.speaker import CENTRAL_KEY
from tests.world.seaweedfs import Store

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
CONTROLS = ("backup.witnessed", "backup.immutable")
_numbers = itertools.count(1)


@dataclass
class Scene:
    """Bucket `bucket` with versions, with locks in a mode, or with neither."""

    store: Store
    admin: Any
    mode: str = "plain"
    """`plain`, `versioned`, `COMPLIANCE` or `GOVERNANCE`."""
    agreed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """control -> settings"""
    bucket: str = field(default_factory=lambda: f"scene-{next(_numbers)}")
    claims: list[RestorePoint] = field(default_factory=list)
    known: MemoryStore = field(default_factory=MemoryStore)
    looks: int = 0
    _count: int = 0
    _witnessing: Witnessing = field(init=False)

    def __post_init__(self) -> None:
        locked = self.mode in ("COMPLIANCE", "GOVERNANCE")
        self.admin.create_bucket(Bucket=self.bucket, ObjectLockEnabledForBucket=locked)
        if self.mode == "versioned":
            self.versioning("Enabled")
        if locked:
            self.lock_rule(self.mode, 30)
        witness = WITNESS.open(
            Settings(
                bucket=self.bucket,
                credentials_file=str(self.store.folder / "witness.ini"),
                endpoint=self.store.endpoint,
                ca_file=str(self.store.certificate),
            )
        )
        place = Place(asset=COPY_ASSET, witness=witness)
        self._witnessing = Witnessing(self.known, (place,), CENTRAL_KEY, SystemClock())

    # The storage.

    def init(self) -> None:
        self.put("config", b"c" * 155)
        self.put("keys/k1", b"k" * 450)

    def backup(self) -> str:
        """Back up, and let the agent claim it; return the snapshot's name."""
        self._count += 1
        number = f"{self._count:064x}"
        for which in range(2):
            self.put(f"data/{which:02x}/{which}{number[1:]}", bytes([self._count]) * 2000)
        self.put(f"index/{number}", b"i" * 200)
        self.put(f"snapshots/{number}", bytes([self._count]) * 300)
        now = datetime.now(UTC)  # noqa: TID251 - the store's clock is the machine's
        self.claims.append(point(self._count, now - 10 * MINUTE, finished_at=now))
        return f"snapshots/{number}"

    def put(self, key: str, body: bytes, **more: Any) -> None:
        self.admin.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def delete(self, *keys: str, **more: Any) -> None:
        for key in keys:
            self.admin.delete_object(Bucket=self.bucket, Key=key, **more)

    def copy(self, source: str, target: str) -> None:
        self.admin.copy_object(
            Bucket=self.bucket, Key=target, CopySource={"Bucket": self.bucket, "Key": source}
        )

    def names(self, prefix: str = "") -> list[str]:
        told_ = self.admin.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [each["Key"] for each in told_.get("Contents", [])]

    def wait(self) -> None:
        """Wait until the store's clock, which counts seconds, has moved on."""
        time.sleep(1 - time.time() % 1)  # noqa: TID251 - the store's clock is the machine's

    def wait_until_gone(self) -> None:
        """Wait until the store itself knows that the bucket is gone: its parts learn it in turn."""
        for _ in range(100):
            try:
                self.admin.list_objects_v2(Bucket=self.bucket)
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchBucket":
                    return
            time.sleep(0.1)
        raise AssertionError(f"the store still lists {self.bucket}")

    def versions(self, key: str) -> list[str]:
        told_ = self.admin.list_object_versions(Bucket=self.bucket, Prefix=key)
        return [each["VersionId"] for each in told_.get("Versions", [])]

    def versioning(self, status: str) -> None:
        self.admin.put_bucket_versioning(
            Bucket=self.bucket, VersioningConfiguration={"Status": status}
        )

    def lock_rule(self, mode: str | None, days: int = 0) -> None:
        rule = {"Rule": {"DefaultRetention": {"Mode": mode, "Days": days}}} if mode else {}
        self.admin.put_object_lock_configuration(
            Bucket=self.bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", **rule}
        )

    def retain(self, key: str, mode: str | None, until: datetime | None) -> None:
        kept = {"Mode": mode, "RetainUntilDate": until} if mode else {}
        self.admin.put_object_retention(
            Bucket=self.bucket, Key=key, Retention=kept, BypassGovernanceRetention=True
        )

    def lifecycle(self, days: int) -> None:
        rule = {
            "ID": "cleanup",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": days},
        }
        self.admin.put_bucket_lifecycle_configuration(
            Bucket=self.bucket, LifecycleConfiguration={"Rules": [rule]}
        )

    # The agent.

    def tell(
        self,
        claims: Iterable[RestorePoint] | None = None,
        *,
        after: timedelta = 2 * HOUR,
        total: int | None = None,
    ) -> None:
        """Let the agent list what it claims, `after` now."""
        claimed = self.claims if claims is None else list(claims)
        now = datetime.now(UTC) + after  # noqa: TID251 - the same
        with self.known.unit() as unit:
            before = unit.evidence(CLIENT, SERVER) or unspoken()
            unit.put_evidence(told(points(*claimed, total=total), after=before, at=now))

    # Central.

    def look(self) -> None:
        """Let central look once."""
        self.looks += 1
        assert len(list(self._witnessing.run())) == 1

    @property
    def evidence(self) -> ServerEvidence:
        (found,) = self.known.all_evidence()
        return found

    def verdicts(self) -> dict[str, Verdict]:
        """Judge the copy by the controls that are about the storage."""
        return {
            control: judged(
                control,
                self.evidence,
                datetime.now(UTC) + MINUTE,  # noqa: TID251 - the same
                **self.agreed.get(control, {}),
            )
            for control in CONTROLS
        }

    def red(self) -> dict[str, str]:
        """Return which controls fail, and why."""
        found = self.verdicts().items()
        return {control: each.reason for control, each in found if each.status is Status.FAIL}
