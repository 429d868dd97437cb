"""A store in memory that answers as S3 does, with versions; or as some store does that lies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from guardian.domain.storage import NoLook, StorageLook
from guardian.ports import Looking, Witness
from guardian.witness.s3.looking import Target, look
from guardian.witness.s3.port import Refusal, Reply
from tests.central.ingest.speaker import FakeClock

ROOTS = {
    "ListObjectVersions": "ListVersionsResult",
    "ListObjectsV2": "ListBucketResult",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetObjectLockConfiguration": "ObjectLockConfiguration",
    "GetObjectRetention": "Retention",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketReplication": "ReplicationConfiguration",
}
NOT_SET = {
    "GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError",
    "GetObjectRetention": "NoSuchObjectLockConfiguration",
    "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration",
    "GetBucketReplication": "ReplicationConfigurationNotFoundError",
}
Said = Mapping[str, Any] | Refusal | Callable[..., Any]


@dataclass
class FakeS3:
    """`says` gives operations another answer than the store has; `page` is how many it lists."""

    clock: FakeClock = field(default_factory=FakeClock)
    says: dict[str, Said] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    server: str = "SeaweedFS 4.48"
    skew: timedelta = timedelta()
    date: bool = True
    versioned: bool = True
    page: int = 1000
    asked: list[str] = field(default_factory=list)
    _kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _count: int = 0

    def put(self, name: str, data: bytes = b"data", at: datetime | None = None) -> None:
        self._add(name, Size=len(data), ETag=hashlib.md5(data).hexdigest(), at=at)

    def remove(self, name: str) -> None:
        if self.versioned:
            self._add(name, deleted=True)
        else:
            del self._kept[name]

    def witness(self, prefix: str = "", **settings: Any) -> Witness:
        target = Target(prefix=prefix, host="s3.example", **settings)
        return _Looking(self, target)

    def witness_of_nothing(self) -> Witness:
        nothing = Refusal(404, "NoSuchBucket")
        return FakeS3(
            says=dict.fromkeys(("ListObjectVersions", "ListObjectsV2"), nothing)
        ).witness()

    def call(self, operation: str, **parameters: Any) -> Reply:
        self.asked.append(operation)
        said = self.says.get(operation)
        if callable(said):
            said = said(**parameters)
        if said is None:
            said = self._answer(operation, **parameters)
        if isinstance(said, Refusal):
            raise said
        headers = {"server": self.server}
        if self.date:
            headers["date"] = format_datetime(self.clock.now() + self.skew)
        return Reply(fields=said, headers=headers, root=self.roots.get(operation, ROOTS[operation]))

    def _add(self, name: str, *, at: datetime | None = None, **told: Any) -> None:
        self._count += 1
        entry = {
            "Key": name,
            "LastModified": at or self.clock.now(),
            "VersionId": f"v{self._count:06}" if self.versioned else "null",
            "IsLatest": True,
            **told,
        }
        before = self._kept.get(name, []) if self.versioned else []
        self._kept[name] = [entry, *({**each, "IsLatest": False} for each in before)]

    def _answer(self, operation: str, **parameters: Any) -> Mapping[str, Any] | Refusal:
        match operation:
            case "ListObjectVersions" | "ListObjectsV2":
                return self._list(operation, **parameters)
            case "GetBucketVersioning":
                return {"Status": "Enabled"} if self.versioned else {}
            case "GetObjectRetention" if parameters["Key"] not in self._kept:
                return Refusal(404, "NoSuchKey")
        return Refusal(404, NOT_SET[operation])

    def _list(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        prefix = parameters.get("Prefix", "")
        found = [
            entry
            for name in sorted(self._kept)
            for entry in self._kept[name]
            if name.startswith(prefix)
        ]
        if operation == "ListObjectsV2":
            found = [entry for entry in found if entry["IsLatest"] and "deleted" not in entry]
        if parameters.get("Delimiter"):
            return _top(operation, found, prefix, self.page)
        begin = int(parameters.get("KeyMarker") or parameters.get("ContinuationToken") or 0)
        shown, rest = found[begin : begin + self.page], found[begin + self.page :]
        marker = str(begin + self.page)
        more = {"IsTruncated": True, "NextKeyMarker": marker, "NextContinuationToken": marker}
        return {**_listed(operation, shown), **(more if rest else {"IsTruncated": False})}


def _listed(operation: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    kept = [entry for entry in entries if "deleted" not in entry]
    markers = [entry for entry in entries if "deleted" in entry]
    if operation == "ListObjectsV2":
        return {"Contents": kept}
    return {"Versions": kept, "DeleteMarkers": markers}


def _top(operation: str, entries: list[dict[str, Any]], prefix: str, page: int) -> dict[str, Any]:
    below = [(entry, entry["Key"][len(prefix) :]) for entry in entries]
    folders = sorted({prefix + name.split("/")[0] + "/" for _, name in below if "/" in name})
    files = [entry for entry, name in below if "/" not in name]
    shown = _listed(operation, files[:page])
    folders_ = [{"Prefix": each} for each in folders]
    return {**shown, "CommonPrefixes": folders_, "IsTruncated": len(files) > page}


@dataclass
class _Looking:
    store: FakeS3
    target: Target

    def look(self, looking: Looking) -> StorageLook | NoLook:
        return look(_InTime(self.store, looking), looking, self.target)


@dataclass
class _InTime:
    """Refuses as the real client does once the time is spent."""

    store: FakeS3
    looking: Looking

    def call(self, operation: str, **parameters: Any) -> Reply:
        if self.looking.clock.monotonic() >= self.looking.deadline:
            raise Refusal(0, "time-spent")
        return self.store.call(operation, **parameters)
