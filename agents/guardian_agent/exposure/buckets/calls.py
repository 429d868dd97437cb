"""What is asked about a bucket: the call, what it takes to be allowed it, how it says "not set".

The names of permissions are those of AWS's page "Required permissions for Amazon S3 API
operations"; the codes for what is absent are those that stores were seen to answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.wire.names import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation."""

    operation: str
    permission: Slug
    absent: frozenset[str] = frozenset()
    """The codes that say, with 404, that there is no such setting."""
    root: str = ""
    """The element that its answer consists of; another one answers another question."""
    bodyless: bool = False
    """A HEAD request: its errors have no code but their status."""


def _call(
    operation: str, permission: str, *, absent: str = "", root: str = "", bodyless: bool = False
) -> Call:
    return Call(
        operation=operation,
        permission=Slug(permission),
        absent=frozenset(absent.split()),
        root=root,
        bodyless=bodyless,
    )


ENCRYPTION = _call(
    "GetBucketEncryption",
    "s3.getencryptionconfiguration",
    absent="ServerSideEncryptionConfigurationNotFoundError",
    root="ServerSideEncryptionConfiguration",
)
ACCESS_BLOCK = _call(
    "GetPublicAccessBlock",
    "s3.getbucketpublicaccessblock",
    absent="NoSuchPublicAccessBlockConfiguration",
    root="PublicAccessBlockConfiguration",
)
ACCOUNT_BLOCK = _call(
    "GetPublicAccessBlock",
    "s3.getaccountpublicaccessblock",
    absent="NoSuchPublicAccessBlockConfiguration",
    root="PublicAccessBlockConfiguration",
)
"""Of the account as a whole: asked elsewhere, and answered alike."""
POLICY = _call("GetBucketPolicy", "s3.getbucketpolicy", absent="NoSuchBucketPolicy NoSuchPolicy")
ACL = _call("GetBucketAcl", "s3.getbucketacl", root="AccessControlPolicy")
VERSIONING = _call("GetBucketVersioning", "s3.getbucketversioning", root="VersioningConfiguration")
LOCK = _call(
    "GetObjectLockConfiguration",
    "s3.getbucketobjectlockconfiguration",
    absent="ObjectLockConfigurationNotFoundError NoSuchObjectLockConfiguration",
    root="ObjectLockConfiguration",
)
RETENTION = _call(
    "GetObjectRetention",
    "s3.getobjectretention",
    absent="NoSuchObjectLockConfiguration ObjectLockConfigurationNotFoundError",
    root="Retention",
)
LOGGING = _call("GetBucketLogging", "s3.getbucketlogging", root="BucketLoggingStatus")
LIST = _call("ListObjectsV2", "s3.listbucket", root="ListBucketResult")
HEAD_BUCKET = _call("HeadBucket", "s3.listbucket", bodyless=True)
HEAD = _call("HeadObject", "s3.getobject", bodyless=True)
READ = _call("GetObject", "s3.getobject")
