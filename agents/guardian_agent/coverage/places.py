"""Where live data usually lies on a server: homes, shares, mail, web, container volumes, disks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardian_agent.config import AgentConfig
from guardian_agent.coverage import clusters
from guardian_agent.coverage.area import Area, Finder
from guardian_agent.exposure.volumes.mounts import Mount, Mounts
from guardian_agent.restore.livedata import is_below, roots
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

MOST_AREAS = 512

_EACH = (("home", "home"), ("srv", "srv"), ("var/www", "web"), ("var/vmail", "mail"))
"""Folders of which each folder in them is an area; what lies beside those is one, too."""
_WHOLE = (("var/mail", "mail"), ("var/spool/mail", "mail"))
_VOLUMES = ("var/lib/docker/volumes", "var/lib/containers/storage/volumes")
_SHARED = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(/[^\n]*)$", re.MULTILINE)
_EXPORTED = re.compile(r"^(/[^\s#]+)[ \t]", re.MULTILINE)
_MOUNTS = "/proc/self/mountinfo"
_MOUNTS_BYTES = 1024 * 1024
_SMALL = 64 * 1024

DISKS = frozenset(
    (
        *("bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk"),
        *("jfs", "nilfs2", "ntfs", "ntfs3", "reiserfs", "vfat", "xfs", "zfs"),
    )
)
"""File systems that keep data on this machine; what others show lies elsewhere or nowhere."""
_THE_SYSTEMS = (
    *("/boot", "/dev", "/efi", "/etc", "/nix", "/proc", "/run", "/snap", "/sys", "/usr"),
    *("/tmp", "/var/lib/containers", "/var/lib/docker", "/var/log", "/var/tmp"),  # noqa: S108
)
_ABOVE = frozenset({"/", "/var", "/var/lib", "/opt", "/root", "/home", "/srv"})
"""Mounts that the usual places lie on."""


class Places:
    """The areas of a server, and which folders a walk through them must not enter."""

    def __init__(self, areas: tuple[Area, ...], elsewhere: frozenset[str], reason: Reason) -> None:
        self.areas = areas[:MOST_AREAS]
        self.elsewhere = elsewhere
        """Mounts of what is no disk of this machine."""
        self.reason = Reason.OUTPUT_LIMIT if len(areas) > MOST_AREAS else reason


def find(config: AgentConfig, system: System) -> Places:
    """Find the areas; of two that are the same folder the more telling kind stays."""
    finder = Finder(system.files)
    mounts = _mounts(finder)
    for root in config.coverage.roots:
        below = root.rstrip("/") + "/"
        clusters.find(below, config.coverage.databases, finder)
        _usual(below, finder)
    if mounts is None:
        finder.reason = Reason.UNREADABLE_ANSWER
    for mount in _disks(mounts or (), config.coverage.roots):
        if finder.is_folder(mount.point):
            finder.add(mount.point, "mount")
    _configured(config, finder)
    elsewhere = frozenset(each.point for each in mounts or () if each.kind not in DISKS)
    return Places(finder.found, elsewhere, finder.reason)


def _mounts(finder: Finder) -> tuple[Mount, ...] | None:
    text = finder.text(_MOUNTS, _MOUNTS_BYTES)
    return None if text is None else Mounts(text).all


def _usual(root: str, finder: Finder) -> None:
    for folder in _VOLUMES:
        for volume in finder.folders(root + folder, "container_volume"):
            if finder.is_folder(f"{volume.path}/_data"):
                finder.add(f"{volume.path}/_data", "container_volume")
    whole = [(path, "share") for path in _shares(root, finder)]
    for folder, kind in _EACH:
        whole += [(each.path, kind) for each in finder.folders(root + folder, kind)]
    whole += [(root + folder, kind) for folder, kind in (*_EACH, *_WHOLE)]
    for path, kind in whole:
        if finder.is_folder(path):
            finder.add(path, kind)


def _shares(root: str, finder: Finder) -> Iterator[str]:
    """Yield what Samba and the kernel's NFS server give to others; a `%` is each user's own."""
    shared = _SHARED.findall(finder.text(f"{root}etc/samba/smb.conf", _SMALL) or "")
    exported = _EXPORTED.findall(finder.text(f"{root}etc/exports", _SMALL) or "")
    for path in (each.rstrip(" \t").rstrip("/") for each in (*shared, *exported)):
        if "%" not in path and path not in (*_ABOVE, "", "/var/spool/samba"):
            yield path


def _disks(mounts: tuple[Mount, ...], below: tuple[str, ...]) -> Iterator[Mount]:
    for mount in mounts:
        is_data = mount.kind in DISKS and mount.point not in _ABOVE
        is_the_systems = any(is_below(mount.point, each) for each in _THE_SYSTEMS)
        is_asked_for = any(is_below(mount.point, root) for root in below)
        if is_data and is_asked_for and not (is_the_systems and "/" in below):
            yield mount


def _configured(config: AgentConfig, finder: Finder) -> None:
    """Add what backup sets say that must be recoverable, and what else the operator named."""
    named = [path for each in config.backup_sets for path in roots(each)]
    for path in (*config.coverage.paths, *named):
        place = path.rstrip("/")
        known = any(is_below(place, area.path) for area in finder.found)
        if place and not known and finder.is_folder(place):
            finder.add(place, "configured")
