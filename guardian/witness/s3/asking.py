"""One question, and what it means when there is no answer: the heart of not guessing.

"There is none", "this store has no such thing", "you may not ask" and "it did not answer" are four
different things, and only the first says anything about the bucket.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.wire.names import Slug

from guardian.domain.storage import Lack, Question
from guardian.witness.s3.port import Client, Refusal, Reply

_UNSUPPORTED = frozenset({"NotImplemented", "XNotImplemented", "MethodNotAllowed"})
_UNSUPPORTED_STATUS = frozenset({405, 501})
_REFUSED_STATUS = frozenset({401, 403})
_NOT_LET_IN = frozenset(
    {
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
"""With these no permission is missing: the credentials are wrong."""
_CLOCK = "RequestTimeTooSkewed"
_MOVED_STATUS = frozenset({301, 302, 307, 308})
_NOT_FOUND = 404
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation: the permission that it takes, and how a store says that there is none."""

    operation: str
    question: Question
    permission: str
    absent: frozenset[str] = frozenset()
    root: str = ""
    """The element that its answer consists of; another one answers another question."""

    def lack(self, reason: str) -> Lack:
        """Return why it has no answer; the permission is named where it may be what is missing."""
        missing = self.permission if reason == "permission-missing" else None
        return Lack(question=self.question, reason=Slug(reason), permission=missing)


def _call(operation: str, question: Question, permission: str, root: str, *absent: str) -> Call:
    return Call(
        operation=operation,
        question=question,
        permission=permission,
        absent=frozenset(absent),
        root=root,
    )


LIST = _call("ListObjectsV2", Question.POINTS, "s3:ListBucket", "ListBucketResult")
LIST_VERSIONS = _call(
    "ListObjectVersions", Question.VERSIONS, "s3:ListBucketVersions", "ListVersionsResult"
)
VERSIONING = _call(
    "GetBucketVersioning",
    Question.VERSIONING,
    "s3:GetBucketVersioning",
    "VersioningConfiguration",
)
LOCK_RULE = _call(
    "GetObjectLockConfiguration",
    Question.LOCK_RULE,
    "s3:GetBucketObjectLockConfiguration",
    "ObjectLockConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "NoSuchObjectLockConfiguration",
)
RETENTION = _call(
    "GetObjectRetention",
    Question.RETENTION,
    "s3:GetObjectRetention",
    "Retention",
    "NoSuchObjectLockConfiguration",
    "ObjectLockConfigurationNotFoundError",
)
LIFECYCLE = _call(
    "GetBucketLifecycleConfiguration",
    Question.LIFECYCLE,
    "s3:GetLifecycleConfiguration",
    "LifecycleConfiguration",
    "NoSuchLifecycleConfiguration",
)
REPLICATION = _call(
    "GetBucketReplication",
    Question.REPLICATION,
    "s3:GetReplicationConfiguration",
    "ReplicationConfiguration",
    "ReplicationConfigurationNotFoundError",
)


class Absent(Exception):
    """The store says that there is no such setting."""


def ask(client: Client, call: Call, **parameters: object) -> Reply | Lack:
    """Ask, and return the answer or why there is none.

    Raises:
        Absent: the answer is that there is no such setting; only where the call has `absent` codes.
    """
    try:
        reply = client.call(call.operation, **parameters)
    except Refusal as refusal:
        if refusal.status == _NOT_FOUND and refusal.code in call.absent:
            raise Absent from None
        return call.lack(reason(refusal))
    if reply.root not in (call.root, f"{call.operation}Response"):
        # Some stores do not know the question and answer another one.
        return call.lack("another-answer")
    return reply


def reason(refusal: Refusal) -> str:
    """Say in a word what a refusal means."""
    status, code = refusal.status, refusal.code
    if status in _UNSUPPORTED_STATUS or code in _UNSUPPORTED:
        return "not-implemented"
    if code == _CLOCK:
        return "clock-differs"
    if code in _NOT_LET_IN:
        return "credentials-refused"
    if status in _REFUSED_STATUS:
        return "permission-missing"
    if status == 0:
        return code if code in ("time-spent", "too-long", "unreadable") else "no-answer"
    return _other(status, code)


def _other(status: int, code: str) -> str:
    if status in _MOVED_STATUS:
        return "bucket-elsewhere"
    if status == _NOT_FOUND:
        return "no-such-bucket" if code == "NoSuchBucket" else "not-found"
    return "server-error" if status >= _SERVER_ERROR else "unknown-answer"
