"""A repository's address: how it travels there, or which local path it names. Pure.

Sources: "Preparing a new repository" in restic's documentation (`rest:`, `s3:`, `sftp:`, `rclone:`
and the services that speak HTTPS alone), "Repository URLs" in borg's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardian_agent.exposure.here import is_here
from guardian_agent.exposure.volumes.found import Found, safe, unsafe, unsupported

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^/]*@)?(\[[^\]]*\]|[^/:?#]*)", re.IGNORECASE)
_PREFIX = re.compile(r"(rest|s3|sftp|rclone|b2|azure|gs|swift|local):(.*)", re.DOTALL)
_BY_SSH = re.compile(r"(?:[^/:@\s]+@)?[^/:@\s]+:.+", re.DOTALL)
_PLAIN = {
    "http": "http",
    "ftp": "ftp",
    "rsync": "rsync-daemon",
    "nfs": "nfs-plain",
    "smb": "smb-plain",
    "cifs": "smb-plain",
    "telnet": "telnet",
    "dav": "http",
    "webdav": "http",
    "tftp": "tftp",
}
_ENCRYPTED = {
    "https": "https",
    "ssh": "ssh",
    "sftp": "ssh",
    "scp": "ssh",
    "rsync+ssh": "ssh",
    "ftps": "tls",
    "davs": "https",
    "webdavs": "https",
}
_HTTPS_ALONE = frozenset({"b2", "azure", "gs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How data travel to a place, or the local path that it is."""

    found: Found | None = None
    path: str | None = None


def place_of(text: str, *, by_ssh: bool = False) -> Place:
    """Return what an address or a path says; `by_ssh`: `host:path` is one that SSH goes to."""
    if text.startswith("/"):
        return Place(path=text)
    prefixed = _PREFIX.fullmatch(text)
    if prefixed is not None and not prefixed[2].startswith("//"):
        return _prefixed(prefixed[1], prefixed[2])
    addressed = _ADDRESS.match(text)
    if addressed is not None:
        return _addressed(addressed, text)
    if by_ssh and _BY_SSH.fullmatch(text):
        return Place(found=safe("ssh"))
    return Place(found=unsupported("unknown-place"))


def _prefixed(backend: str, rest: str) -> Place:
    if backend == "local":
        return place_of(rest)
    if backend == "sftp":
        return Place(found=safe("ssh"))
    if backend in _HTTPS_ALONE:
        return Place(found=safe("https"))
    if backend == "rclone":
        return Place(found=unsupported("rclone-remote"))
    addressed = _ADDRESS.match(rest)
    if addressed is not None:
        return _addressed(addressed, rest)
    if backend == "s3":  # without a scheme restic takes HTTPS
        return Place(found=safe("https"))
    return Place(found=unsupported("unknown-place"))


def _addressed(found: re.Match[str], text: str) -> Place:
    scheme, host = found[1].lower(), found[2].strip("[]")
    if scheme == "file":
        path = text[found.end() :]
        return (
            Place(path=path) if path.startswith("/") else Place(found=unsupported("unknown-place"))
        )
    if scheme in _ENCRYPTED:
        return Place(found=safe(_ENCRYPTED[scheme]))
    if scheme in _PLAIN:
        return Place(found=safe("loopback") if is_here(host) else unsafe(_PLAIN[scheme]))
    return Place(found=unsupported("unknown-place"))
