"""Which store is it? What some answer is no answer, and has to be known as such.

MinIO answers every question about ACLs with "the owner alone", and those about logging with
"none", whatever is the case. So only stores that are known to mean it are believed when they say
that nobody else gets in; what speaks against a bucket is believed of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """The stores told apart."""

    AWS = "aws"
    MINIO = "minio"
    SEAWEEDFS = "seaweedfs"
    CEPH = "ceph"
    BACKBLAZE = "backblaze"
    WASABI = "wasabi"
    RCLONE = "rclone"
    UNKNOWN = "unknown"


MEANT_ACLS = frozenset({Kind.AWS, Kind.SEAWEEDFS, Kind.CEPH, Kind.BACKBLAZE, Kind.WASABI})
"""Their ACLs are what they go by."""
DUMMIES = frozenset({Kind.MINIO, Kind.RCLONE})
"""They answer some questions without knowing."""
SILENT_ABOUT_LOGGING = frozenset({Kind.SEAWEEDFS})
"""They have no such setting, and say that it is not made."""

_HOSTS = (
    (".amazonaws.com", Kind.AWS),
    (".amazonaws.com.cn", Kind.AWS),
    (".backblazeb2.com", Kind.BACKBLAZE),
    (".wasabisys.com", Kind.WASABI),
)
_SERVERS = (
    ("amazons3", Kind.AWS),
    ("minio", Kind.MINIO),
    ("seaweedfs", Kind.SEAWEEDFS),
    ("ceph", Kind.CEPH),
    ("rclone", Kind.RCLONE),
    ("wasabis3", Kind.WASABI),
)


def recognise(host: str | None, headers: Mapping[str, str]) -> Kind:
    """Say which store answers.

    Args:
        host: of the endpoint; None for AWS's own.
        headers: of any answer, names in lower case.
    """
    if host is None:
        return Kind.AWS
    for ending, kind in _HOSTS:
        if host.endswith(ending):
            return kind
    return _by_headers(headers)


def _by_headers(headers: Mapping[str, str]) -> Kind:
    server = headers.get("server", "").lower()
    for word, kind in _SERVERS:
        if server.startswith(word):
            return kind
    if any(name.startswith("x-minio-") for name in headers):
        return Kind.MINIO
    if any(name.startswith("x-rgw-") for name in headers) or _is_gateway(headers):
        return Kind.CEPH
    return Kind.UNKNOWN


def _is_gateway(headers: Mapping[str, str]) -> bool:
    """Say whether a request's id is of the form that Ceph's gateway gives (`tx000..-zone`)."""
    request = headers.get("x-amz-request-id", "")
    return request.startswith("tx0") and request.count("-") >= _PARTS_OF_ID


_PARTS_OF_ID = 3
