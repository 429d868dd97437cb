"""Which store is it? For people, and because some answers of some stores are none."""

from __future__ import annotations

from collections.abc import Mapping

from guardian_agent.wire.names import Slug

AWS, RCLONE, UNKNOWN = Slug("aws"), Slug("rclone"), Slug("unknown")
_HOSTS = (
    (".amazonaws.com", AWS),
    (".amazonaws.com.cn", AWS),
    (".backblazeb2.com", Slug("backblaze")),
    (".wasabisys.com", Slug("wasabi")),
)
_SERVERS = (
    ("amazons3", AWS),
    ("minio", Slug("minio")),
    ("seaweedfs", Slug("seaweedfs")),
    ("ceph", Slug("ceph")),
    ("rclone", RCLONE),
    ("wasabis3", Slug("wasabi")),
)


def recognise_store(host: str | None, headers: Mapping[str, str]) -> Slug:
    """Say which store answers: by its host, else by how it calls itself in its headers."""
    if host is None:
        return AWS
    by_host = next((store for ending, store in _HOSTS if host.endswith(ending)), None)
    server = headers.get("server", "").lower()
    by_header = next((store for word, store in _SERVERS if server.startswith(word)), UNKNOWN)
    return by_host or by_header
