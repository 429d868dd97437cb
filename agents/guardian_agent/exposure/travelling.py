"""May a copy's data leave this machine? Asked of every copy in every pass, so it loads nothing."""

from __future__ import annotations

from guardian_agent.config import Copy
from guardian_agent.errors import StateError
from guardian_agent.system.ports import Files

PLACES = ("repository", "path", "archive", "remote", "url")
"""What probes call the places of a copy."""

KEPT_HERE = ("dataset",)
"""What they call a place that is this machine's own, whatever its name."""

NFS = frozenset({"nfs", "nfs4"})
SMB = frozenset({"cifs", "smb3", "smbfs"})
SSH = frozenset({"fuse.sshfs"})
SHARES = (
    NFS
    | SMB
    | SSH
    | {"ceph", "glusterfs", "lustre", "afs", "gfs2", "ocfs2", "beegfs", "davfs"}
    | {"fuse.ceph", "fuse.curlftpfs", "fuse.davfs", "fuse.glusterfs", "fuse.goofys"}
    | {"fuse.rclone", "fuse.s3fs", "fuse.juicefs"}
)
"""File systems that lie on another machine."""

_MOUNTS = "/proc/self/mountinfo"
_BYTES = 4 * 1024 * 1024


def may_travel(copy: Copy, files: Files) -> bool:
    """Say whether it takes a closer look to know how a copy's data travels.

    False: its settings name places, none but folders of this machine, and no share is mounted here.
    """
    if copy.tool == "pgbackrest":  # its own configuration names the places
        return True
    named = [copy.settings[key] for key in PLACES if key in copy.settings]
    if not all(isinstance(each, str) and each.startswith("/") for each in named):
        return True
    if not named:
        return not any(key in copy.settings for key in KEPT_HERE)
    return not _all_is_here(files)


def _all_is_here(files: Files) -> bool:
    """Say whether all mounts are seen, from the root on, and none of them is a share.

    A mount's place is its fifth field and its kind follows a dash of its own (proc(5)); blanks in
    names are written otherwise.
    """
    try:
        table = files.read(_MOUNTS, _BYTES)
    except FileNotFoundError:
        return True
    except (OSError, StateError):
        return False
    places = (line.split(b" ", 5)[4:5] for line in table.splitlines())
    return [b"/"] in places and not any(f" - {kind} ".encode() in table for kind in SHARES)
