"""What is mounted over the network, and whether it travels encrypted.

Sources: nfs(5) (`sec=krb5p`, `xprtsec=`), mount.cifs(8) (`seal`), and `/proc/fs/cifs/DebugData` as
the kernel's `cifs_debug.c` writes it: a server may ask for encryption of a client that did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.here import is_here
from guardian_agent.exposure.travelling import NFS, SHARES, SMB, SSH
from guardian_agent.exposure.volumes.found import Found, failed, safe, unsafe, unsupported
from guardian_agent.exposure.volumes.mounts import Mount
from guardian_agent.exposure.volumes.tables import text_of
from guardian_agent.system import Files

_DEBUG = "/proc/fs/cifs/DebugData"
_SESSION = re.compile(r"^\s*\d+\) (?=Address: |Name: )", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*\d+\) ", re.MULTILINE)
_SEALED = re.compile(r"SessionId: \S+ encrypted")


def is_share(mount: Mount) -> bool:
    """Say whether what is mounted lies on another machine."""
    return mount.kind in SHARES


def on_its_way(mount: Mount, files: Files) -> Found:
    """Say whether a share's data can be read by whoever listens."""
    if is_here(mount.options.get("addr", "")):
        return safe("loopback")
    if mount.kind in NFS:
        return _nfs(mount)
    if mount.kind in SMB:
        return _smb(mount, files)
    if mount.kind in SSH:
        return safe("ssh")
    if mount.kind == "fuse.curlftpfs":
        return unsafe("ftp")
    return unsupported("network-mount")


def _nfs(mount: Mount) -> Found:
    if mount.options.get("sec") == "krb5p":
        return safe("nfs-krb5p")
    if mount.options.get("xprtsec") in ("tls", "mtls"):
        return safe("nfs-tls")
    return unsafe("nfs-plain")


def _smb(mount: Mount, files: Files) -> Found:
    if "seal" in mount.options:
        return safe("smb-seal")
    try:
        told = text_of(files, _DEBUG) or ""
    except ProbeError:
        told = ""
    sealed = list(_sealed(mount.source.replace("/", "\\").lower(), told))
    if not sealed:
        return failed("smb-not-told")
    return safe("smb-encrypted") if all(sealed) else unsafe("smb-plain")


def _sealed(share: str, told: str) -> Iterator[bool]:
    """Yield of each connection that has a share whether its session or the share is encrypted."""
    for session in _SESSION.split(told)[1:]:
        head, _, shares = session.partition("Shares:")
        for entry in _NUMBERED.split(shares)[1:]:
            if entry.lower().split(" ", 1)[0] == share:
                yield _SEALED.search(head) is not None or " encrypted" in entry
